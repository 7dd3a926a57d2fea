import Millrace
import MillraceServices
import Testing

@Suite("The end of a relay", .timeLimit(.minutes(8)))
struct DrainTests {
  private static let answer = noise(2_000_000, seed: 5)

  /// given 50 transfers under way; when the relay is to end; then it takes no more clients, every one of the 50 gets its bytes
  /// to the last, and it ends after them.
  @Test("loses no byte of the transfers that are under way")
  func drains() async throws {
    let server = try TestServer { connection in
      // One that only looked whether somebody still listens says nothing.
      guard try await connection.read() == [1] else { return }
      try await connection.write(Self.answer)
      #expect(try await connection.read() == [2])
      try await connection.write([3])
    }
    try await RelayRig.run(to: [server.target], reactors: 2) { rig in
      var clients: [Connection] = []
      for _ in 0..<50 {
        let client = try await rig.connect()
        try await client.write([1])
        #expect(try await client.read(upTo: 1) == Array(Self.answer.prefix(1)))
        clients.append(client)
      }
      await rig.beginShutDown()
      while (try? await rig.connect().close()) != nil { await Task.yield() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in clients {
          group.addTask {
            var rest: [UInt8] = []
            while rest.count < Self.answer.count - 1 { rest += try await client.read(upTo: 1 << 20) }
            #expect(isSame(rest, Array(Self.answer.dropFirst())))
            try await client.write([2])
            #expect(try await client.readAll() == [3])
            client.close()
          }
        }
        try await group.waitForAll()
      }
      while rig.log.connections.count(where: { $0["received"] == "\(Self.answer.count + 1)" }) < 50 {
        await Task.yield()
      }
    }
    server.stop()
  }

  @Test("resets what does not end in time, and says so")
  func cut() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(to: [server.target], { $0.drainTimeout = .milliseconds(20) }) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      try await rig.shutDown()
      let error = await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
      #expect(error?.errno == .connectionReset)
      #expect(rig.log.endings == ["drained"])
      client.close()
    }
    server.stop()
  }

  @Test("is at once where its task is cancelled")
  func cancelled() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(to: [server.target], { $0.drainTimeout = .seconds(3600) }) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      await rig.cancel()
      #expect(rig.log.endings == ["drained"])
      client.close()
    }
    server.stop()
  }

  /// given room for one, and others that wait in the backlog; when the relay is to end and the one goes; then the others have
  /// their turn before the listener is closed: nobody who got through to it is reset.
  @Test("serves who waits already", arguments: [1, 2])
  func backlog(reactors: Int) async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(to: [server.target], reactors: reactors, { $0.maxConnections = 1 }) { rig in
      let held = try await rig.connect()
      try await held.write([1])
      #expect(try await held.read() == [1])
      var waiting: [Connection] = []
      for place in 0..<20 {
        let client = try await rig.connect()
        try await client.write([UInt8(place)])
        try client.finishWriting()
        waiting.append(client)
      }
      await rig.beginShutDown()
      _ = await rig.log.line(where: { $0.message == "draining" })
      held.close()
      for (place, client) in waiting.enumerated() {
        #expect(try await client.readAll() == [UInt8(place)])
        client.close()
      }
      try await rig.shutDown()
      #expect(rig.log.endings == Array(repeating: "client closed", count: 21))
    }
    server.stop()
  }

  /// given room for one that does not go; when the time to end is up; then who waits is reset, and nothing waits for ever.
  @Test("does not wait for room for longer than it may take")
  func noRoom() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.maxConnections = 1
        $0.drainTimeout = .milliseconds(30)
      }
    ) { rig in
      let held = try await rig.connect()
      try await held.write([1])
      #expect(try await held.read() == [1])
      let waiting = try await rig.connect()
      try await rig.shutDown()
      for client in [held, waiting] {
        let error = await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
        #expect(error?.errno == .connectionReset)
        client.close()
      }
    }
    server.stop()
  }

  /// given a client whose upstream does not answer the connection; when the relay is to end at once; then it does not wait
  /// for as long as connecting may take.
  @Test("does not wait for an upstream that is being connected to")
  func connecting() async throws {
    let silent = try Silent()
    try await RelayRig.run(
      to: [silent.target],
      {
        $0.connectTimeout = .seconds(3600)
        $0.drainTimeout = .milliseconds(1)
      }
    ) { rig in
      let client = try await rig.connect()
      while await rig.relay.reactorMetrics()[0].timers == 0 { await Task.yield() }
      await rig.beginShutDown()
      #expect(await rig.log.connection(0)["ended"] == "drained")
      client.close()
    }
    silent.stop()
  }
}
