import LinuxCalls
import Millrace
import MillraceServices
import Testing

/// One side does nothing, or everything comes at once.
@Suite("A relayed connection whose peer stalls", .timeLimit(.minutes(8)))
struct StallTests {
  /// given a client that never reads, and an upstream that sends more than fits in between; when the idle time is up; then the
  /// log says how much the client took and how much it did not, and the upstream is reset: nobody takes a part for the whole.
  @Test("because the client does not read ends when its time is up, and says what is missing")
  func client() async throws {
    let (sent, send) = AsyncStream.makeStream(of: EndpointError?.self)
    let server = try TestServer { connection in
      do throws(EndpointError) {
        // Never to its end: the buffers of a loopback connection hold some megabytes.
        for _ in 0..<1000 { try await connection.write([UInt8](repeating: 1, count: 1 << 20)) }
        send.yield(nil)
      } catch {
        send.yield(error)
      }
    }
    // Long, for the server is one of many tests that wait for their turn.
    try await RelayRig.run(to: [server.target], { $0.idleTimeout = .seconds(15) }) { rig in
      let client = try await rig.connect()
      let line = await rig.log.connection(0)
      #expect(line["ended"] == "timed out idle")
      let received = try #require(line["received"].flatMap { Int($0) })
      #expect(received > 0)
      if let truncated = line["received-truncated"] { #expect(try #require(Int(truncated)) > 0) }
      for await error in sent {
        #expect(error?.errno == .connectionReset)
        break
      }
      client.close()
    }
    server.stop()
  }

  /// given an upstream that accepts, reads and never answers; when the idle time is up; then the client is reset.
  @Test("because the upstream never answers ends when its time is up")
  func upstream() async throws {
    let server = try TestServer { connection in
      await #expect(throws: EndpointError.self) { _ = try await connection.readAll() }
    }
    try await RelayRig.run(to: [server.target], { $0.idleTimeout = .milliseconds(50) }) { rig in
      let client = try await rig.connect()
      try await client.write([1, 2, 3])
      let error = await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
      #expect(error?.errno == .connectionReset)
      let line = await rig.log.connection(0)
      #expect(line["ended"] == "timed out idle")
      #expect(line["sent"] == "3")
      client.close()
    }
    server.stop()
  }

  /// given an upstream that reads nothing until it is told to; when the client has sent so much that the pipe in between is
  /// full, and its end right after; then the upstream gets every byte, and the end only after them.
  @Test("with the pipe full and the end behind it loses nothing")
  func fullPipe() async throws {
    let bytes = noise(24 << 20)
    let (isFull, tell) = AsyncStream.makeStream(of: Void.self)
    let server = try TestServer { connection in
      for await _ in isFull { break }
      let all = try await connection.readAll()
      #expect(isSame(all, bytes))
      try await connection.write([7])
    }
    try await RelayRig.run(to: [server.target]) { rig in
      let client = try await rig.connect()
      let writing = Task {
        try await client.write(bytes)
        try client.finishWriting()
      }
      // A pipe on lease while everything stands still holds what the upstream did not take.
      var before = -1
      while true {
        let metrics = await rig.relay.reactorMetrics()[0]
        let moved = metrics.bytesByRoute.values.reduce(0, +)
        if metrics.pipesLeased == 1, moved == before, metrics.tasks.runnable == 0 { break }
        before = moved
        try await Task.sleep(for: .milliseconds(20))
      }
      tell.yield()
      try await writing.value
      #expect(try await client.readAll() == [7])
      client.close()
      let line = await rig.log.connection(0)
      #expect(line["sent"] == "\(bytes.count)")
      #expect(line["sent-route"]?.contains("splice-through-pipe") == true)
      #expect(line["ended"] == "client closed")
    }
    server.stop()
  }
}
