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
  private let first: Connection
  let target: UpstreamTarget

  init() throws {
    let path = "@millrace-silent-\(UInt64.random(in: .min ... .max))"
    listener = try Listener.bind(to: Address(path: path) ?? .loopback(port: 0), backlog: 0)
    target = UpstreamTarget(.unix(path: path))
    first = try Self.fill(listener.address)
  }

  /// With a backlog of 0 one may wait to be accepted. unix(7)
  private static func fill(_ address: Address) throws -> Connection {
    let number = try Linux.socket(SocketFamily.unix, SocketType.stream)
    _ = try Linux.connect(number, to: address.raw)
    return try Connection(taking: .init(rawValue: number))
  }

  func stop() {
    first.close()
    listener.close()
  }
}
