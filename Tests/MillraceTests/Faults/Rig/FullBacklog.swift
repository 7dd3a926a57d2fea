import LinuxCalls
import Millrace

/// A TCP port that answers no more: its backlog is full, and further handshakes are left hanging.
final class FullBacklog: Sendable {
  let address: Address
  private let sockets: [PlainDescriptor]

  init(_ place: Address = .loopback(port: 0)) throws {
    let listening = PlainDescriptor(try Linux.socket(SocketFamily.v4, SocketType.stream))
    try Linux.bind(listening.number, to: place.raw)
    try Linux.listen(listening.number, backlog: 0)
    let raw = try Linux.localAddress(of: listening.number)
    address = Address(raw: raw)
    // A backlog of n takes n + 1; one more is on the safe side.
    let clients = try (0..<2).map { _ in
      let client = PlainDescriptor(try Linux.socket(SocketFamily.v4, SocketType.stream))
      _ = try Linux.connect(client.number, to: raw)
      return client
    }
    sockets = [listening] + clients
  }

  /// The kernel's names of the sockets of this machine that wait for its answer. proc_net(5), /proc/net/tcp
  func waiting() throws -> Set<String> {
    let table = PlainDescriptor(try Linux.open("/proc/net/tcp", .read))
    let hexPort = String(address.port ?? 0, radix: 16, uppercase: true)
    let remote = ":" + String(repeating: "0", count: 4 - hexPort.count) + hexPort
    let synSent = "02"
    var names: Set<String> = []
    for line in String(decoding: try table.read(), as: UTF8.self).split(separator: "\n").dropFirst() {
      let columns = line.split(separator: " ")
      if columns[2].hasSuffix(remote), columns[3] == synSent { names.insert("socket:[\(columns[9])]") }
    }
    return names
  }
}
