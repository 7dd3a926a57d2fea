import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A call on an endpoint that is cancelled while it waits", .serialized)
struct EndpointInterruptionTests {
  @Test("read: leaves the connection as it was")
  func read() async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.tcp()
      let connection = try Connection(taking: FileDescriptor(rawValue: end))
      let reading = reactor.task { try await connection.read() }
      try await Rig.untilWaiting(on: reactor)

      reading.cancel()

      let error = await #expect(throws: EndpointError.self) { try await reading.value }
      #expect(error?.description == "cannot read from the connection: the task was cancelled")
      try peer.write([1, 2, 3])
      #expect(try await connection.read() == [1, 2, 3])
      connection.close()
    }
  }

  @Test("write: leaves the connection as it was, with some bytes sent")
  func write() async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.unix(buffer: 4096)
      let connection = try Connection(taking: FileDescriptor(rawValue: end))
      let writing = reactor.task { try await connection.write(Pattern.bytes(1 << 20)) }
      try await Rig.untilWaiting(on: reactor)

      writing.cancel()

      await #expect(throws: EndpointError.self) { try await writing.value }
      let arrived = peer.drain()
      try await connection.write([42])
      connection.close()
      let bytes = try await arrived.value
      #expect(bytes.last == 42)
      #expect(Array(bytes.dropLast()) == Pattern.bytes(bytes.count - 1))
    }
  }

  @Test("accept: leaves the listener as it was")
  func accept() async throws {
    try await Rig.onReactor { reactor in
      let listener = try Listener.bind(to: .loopback(port: 0))
      let accepting = reactor.task { try await listener.accept() }
      try await Rig.untilWaiting(on: reactor)

      accepting.cancel()

      await #expect(throws: EndpointError.self) { try await accepting.value }
      let client = try await Connection.connect(to: listener.address)
      let accepted = try await listener.accept()
      for connection in [client, accepted] { connection.close() }
      listener.close()
    }
  }

  @Test("accept: ends when the listener is closed")
  func closedListener() async throws {
    try await Rig.onReactor { reactor in
      let listener = try Listener.bind(to: .loopback(port: 0))
      let accepting = reactor.task { try await listener.accept() }
      try await Rig.untilWaiting(on: reactor)

      listener.close()

      let error = await #expect(throws: EndpointError.self) { try await accepting.value }
      #expect(error?.reason == "it was closed meanwhile")
    }
  }

  @Test("connect: ends, and the socket is gone")
  func connect() async throws {
    try await Rig.onReactor { reactor in
      let full = try FullBacklog()
      let connecting = reactor.task { try await Connection.connect(to: full.address) }
      try await Rig.untilWaiting(on: reactor)

      connecting.cancel()

      let error = await #expect(throws: EndpointError.self) { try await connecting.value }
      #expect(error?.errno == .canceled)
    }
  }

  @Test("connect: ends when its time is up")
  func connectTimeout() async throws {
    try await Rig.onReactor { _ in
      let full = try FullBacklog()

      let error = await #expect(throws: EndpointError.self) {
        try await Connection.connect(to: full.address, timeout: .milliseconds(30))
      }

      #expect(error?.errno == .timedOut)
      #expect(error?.description == "cannot connect to \(full.address): the time is up")
    }
  }

  @Test("sleep: ends at once")
  func sleep() async throws {
    try await Rig.onReactor { reactor in
      let sleeping = reactor.task { try await reactor.sleep(for: .seconds(3600)) }
      try await Rig.untilWaiting(on: reactor)

      sleeping.cancel()

      await #expect(throws: CancellationError.self) { try await sleeping.value }
    }
  }
}
