import LinuxCalls
import Millrace
import MillraceServices
import Synchronization

private struct Held: ~Copyable, Sendable {
  let number: Int32
  deinit { try? Linux.close(number) }
}

/// An upstream that nobody listens at. Its port stays taken until it is let go: another test's server must not get it.
final class Nobody: Sendable {
  private let held: Guarded<Held?>
  let target: UpstreamTarget
  let port: UInt16

  init() throws {
    let descriptor = Held(number: try Linux.socket(SocketFamily.v4, SocketType.stream))
    try Linux.setOption(.reuseAddress, of: descriptor.number, to: 1)
    try Linux.bind(descriptor.number, to: Address.loopback(port: 0).raw)
    port = try Address(raw: Linux.localAddress(of: descriptor.number)).port ?? 0
    target = UpstreamTarget(.tcp(host: "127.0.0.1", port: port))
    held = Guarded(descriptor)
  }

  /// Lets its port go, for a server to listen at.
  func release() -> UInt16 {
    held.withLock { $0 = nil }
    return port
  }
}

/// An upstream that neither accepts nor refuses: the queue of its listener is full. A client that connects waits.
final class Silent: Sendable {
  private let listener: Listener
  private let waiting: [Connection]
  let target: UpstreamTarget

  init(overTCP: Bool = false) throws {
    let path = "@millrace-silent-\(UInt64.random(in: .min ... .max))"
    let unix = overTCP ? nil : Address(path: path)
    listener = try Listener.bind(to: unix ?? .loopback(port: 0), backlog: 0)
    target = UpstreamTarget(
      unix == nil ? .tcp(host: "127.0.0.1", port: listener.address.port ?? 0) : .unix(path: path))
    // With a backlog of 0 one may wait to be accepted; of TCP, the handshakes of the others are left unanswered then.
    waiting = try (0..<(overTCP ? 3 : 1)).map { [listener] _ in try Self.connect(to: listener.address) }
  }

  private static func connect(to address: Address) throws -> Connection {
    let number = try Linux.socket(address.raw.family, SocketType.stream)
    _ = try Linux.connect(number, to: address.raw)
    return try Connection(taking: .init(rawValue: number))
  }

  /// Answers from now on: lets those go that it kept waiting, and gives the next connection.
  func answer() async throws -> Connection {
    for _ in waiting { try await listener.accept().close() }
    return try await listener.accept()
  }

  func stop() {
    for connection in waiting { connection.close() }
    listener.close()
  }
}
