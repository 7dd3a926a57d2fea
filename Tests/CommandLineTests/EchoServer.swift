import Millrace
import Synchronization

/// Sends back what comes, and then the end.
final class EchoServer: Sendable {
  let port: UInt16
  private let listener: Listener

  init() throws {
    let listener = try Listener.bind(to: .loopback(port: 0))
    self.listener = listener
    port = listener.address.port ?? 0
    Task {
      await withDiscardingTaskGroup { group in
        while let client = try? await listener.accept() {
          group.addTask {
            do { try await Self.echo(client) } catch { client.reset() }
            client.close()
          }
        }
      }
    }
  }

  private static func echo(_ client: Connection) async throws {
    while true {
      let bytes = try await client.read(upTo: 1 << 16)
      if bytes.isEmpty { return try client.finishWriting() }
      try await client.write(bytes)
    }
  }

  func stop() { listener.close() }

  /// One connection through a relay at this port.
  func talk(through port: UInt16) async throws {
    let client = try await Connection.connect(to: .loopback(port: port))
    try await client.write([1, 2, 3])
    try client.finishWriting()
    guard try await client.readAll() == [1, 2, 3] else { throw Broken() }
    client.close()
  }

  private struct Broken: Error {}
}

/// Something that one task tells the others.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}

extension Connection {
  /// Reads to the end of the stream.
  func readAll() async throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let more = try await read(upTo: 1 << 20)
      if more.isEmpty { return all }
      all += more
    }
  }
}
