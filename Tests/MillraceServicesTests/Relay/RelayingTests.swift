import Glibc
import Millrace
import MillraceServices
import Testing

@Suite("A relayed connection", .timeLimit(.minutes(8)))
struct RelayingTests {
  private static let request = noise(700_003)
  private static let answer = noise(3_000_001, seed: 2)

  /// given many clients at once that break off as soon as they have their answer, one connection after the other; then each is
  /// served, and nobody waits for anything at the end.
  @Test("serves those who break off, and whoever comes after them", arguments: [1, 2])
  func breakingOff(reactors: Int) async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(to: [server.target], reactors: reactors) { rig in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<32 {
          group.addTask {
            for round in 0..<20 {
              let client = try await rig.connect()
              try await client.write([UInt8(worker), UInt8(round)])
              #expect(try await client.read() == [UInt8(worker), UInt8(round)])
              client.reset()
            }
          }
        }
        try await group.waitForAll()
      }
    }
    server.stop()
  }

  /// given two peers that talk at the same time; when one ends long before the other; then each gets every byte and then the
  /// end of the other, and the log says how many, by which route, and who was the first to end.
  @Test("passes every byte and each end, whichever comes first", arguments: [true, false])
  func bothWays(clientFirst: Bool) async throws {
    let server = try TestServer { connection in
      if clientFirst {
        #expect(try await connection.readAll() == Self.request)
        try await connection.write(Self.answer)
      } else {
        try await connection.write(Self.answer)
        try connection.finishWriting()
        #expect(try await connection.readAll() == Self.request)
      }
    }
    try await RelayRig.run(to: [server.target]) { rig in
      let client = try await rig.connect()
      let local = try #require(client.localAddress)
      if clientFirst {
        try await client.write(Self.request)
        try client.finishWriting()
        let answer = try await client.readAll()
        #expect(isSame(answer, Self.answer))
      } else {
        let answer = try await client.readAll()
        #expect(isSame(answer, Self.answer))
        try await client.write(Self.request)
        try client.finishWriting()
      }
      let line = await rig.log.connection(0)
      #expect(line["client"] == "\(local)")
      #expect(line["upstream"] == "\(server.address)")
      #expect(line["listener"] == "\(rig.address)")
      #expect(line["sent"] == "\(Self.request.count)")
      #expect(line["received"] == "\(Self.answer.count)")
      #expect(line["received-route"]?.contains("splice-through-pipe:") == true)
      #expect(line["ended"] == (clientFirst ? "client closed" : "upstream closed"))
      #expect(line["sent-truncated"] == nil)
      client.close()
    }
    server.stop()
  }

  @Test("of small messages goes through memory, and says why")
  func small() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(to: [server.target]) { rig in
      let client = try await rig.connect()
      for round in 0..<20 {
        try await client.write([UInt8(round)])
        #expect(try await client.read() == [UInt8(round)])
      }
      client.close()
      let line = await rig.log.connection(0)
      #expect(line["sent-route"] == "buffered")
      #expect(line["sent-declined"]?.contains("the flow stayed small") == true)
      #expect(line["ended"] == "client closed")
    }
    server.stop()
  }

  @Test("that the client breaks off is reset on the other side, too", arguments: [true, false])
  func reset(byClient: Bool) async throws {
    let server = try TestServer { connection in
      _ = try await connection.read()
      if byClient {
        await #expect(throws: EndpointError.self) { _ = try await connection.readAll() }
      } else {
        connection.reset()
      }
    }
    try await RelayRig.run(to: [server.target]) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      if byClient {
        // Once the other side has it, there is nothing on its way that could turn the reset into something else.
        while await rig.sent() == 0 { await Task.yield() }
        client.reset()
      } else {
        let error = await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
        #expect(error?.errno == .connectionReset)
      }
      #expect(await rig.log.connection(0)["ended"] == "reset by \(byClient ? "client" : "upstream")")
      client.close()
    }
    server.stop()
  }

  @Test("on which nothing moves ends when its time is up, and both sides are reset")
  func idle() async throws {
    let server = try TestServer { connection in
      await #expect(throws: EndpointError.self) { _ = try await connection.readAll() }
    }
    try await RelayRig.run(to: [server.target], { $0.idleTimeout = .milliseconds(30) }) { rig in
      let client = try await rig.connect()
      let error = await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
      #expect(error?.errno == .connectionReset)
      #expect(await rig.log.connection(0)["ended"] == "timed out idle")
      client.close()
    }
    server.stop()
  }

  /// given a client that has finished, and an upstream that never answers; when the half-closed time is up; then it ends.
  @Test("that is half-closed has a time of its own")
  func halfClosed() async throws {
    let (isOver, end) = AsyncStream.makeStream(of: Void.self)
    let server = try TestServer { connection in
      let end = try await connection.read()
      #expect(end.isEmpty)
      for await _ in isOver {}
    }
    try await RelayRig.run(to: [server.target], { $0.halfClosedTimeout = .milliseconds(30) }) { rig in
      let client = try await rig.connect()
      try client.finishWriting()
      await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
      #expect(await rig.log.connection(0)["ended"] == "timed out half-closed")
      client.close()
    }
    end.finish()
    server.stop()
  }

  /// given a client that has finished, and an upstream that answers byte by byte for longer than the half-closed time; when
  /// each byte has come to the client before the next one goes; then it is never cut off.
  @Test("that is half-closed goes on for as long as bytes move")
  func halfClosedAndBusy() async throws {
    // Long, for both ends are of many tests that wait for their turn.
    let patience = Duration.seconds(12)
    let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
    let server = try TestServer { connection in
      let end = try await connection.read()
      #expect(end.isEmpty)
      let clock = ContinuousClock()
      let start = clock.now
      for await _ in arrived {
        if clock.now - start > patience * 1.2 { break }
        try await connection.write([1])
        // A hundredth of what it may take: the time has to pass, and no core has to be busy with it.
        try await Task.sleep(for: patience / 100)
      }
    }
    try await RelayRig.run(to: [server.target], { $0.halfClosedTimeout = patience }) { rig in
      let client = try await rig.connect()
      try client.finishWriting()
      arrive.yield()
      while true {
        let bytes = try await client.read()
        if bytes.isEmpty { break }
        // What the answer to this one is is the server's to say.
        arrive.yield()
      }
      client.close()
      #expect(await rig.log.connection(0)["ended"] == "client closed")
    }
    server.stop()
  }

  /// given a listener of both families; when a client comes by IPv4; then it is named as one of IPv4, and not by the address
  /// that the socket has it under: it is the same client wherever it comes in.
  @Test("by IPv4 to a listener of both families is named by its IPv4 address")
  func bothFamilies() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(listen: [.tcp(host: "*", port: 0)], to: [server.target]) { rig in
      let client = try await Connection.connect(to: .loopback(port: try #require(rig.address.port)))
      let local = try #require(client.localAddress)
      client.close()
      #expect(await rig.log.connection(0)["client"] == "\(local)")
    }
    server.stop()
  }

  @Test("may come by a Unix socket and go to one, on several reactors", arguments: [1, 3])
  func unix(reactors: Int) async throws {
    let (front, back) = ("@millrace-front-\(getpid())-\(reactors)", "@millrace-back-\(getpid())-\(reactors)")
    let server = try TestServer(at: try #require(Address(path: back))) { connection in
      try await connection.write(try await connection.readAll())
    }
    try await RelayRig.run(
      listen: [.unix(path: front), .tcp(host: "127.0.0.1", port: 0)], to: [server.target], reactors: reactors
    ) { rig in
      for place in 0..<10 {
        let client = try await Connection.connect(to: rig.addresses[place % 2])
        try await client.write(noise(100_000, seed: UInt64(place)))
        try client.finishWriting()
        #expect(try await client.readAll() == noise(100_000, seed: UInt64(place)))
        client.close()
        #expect(await rig.log.connection(place)["client"]?.hasPrefix(place % 2 == 0 ? "unix" : "127.0.0.1:") == true)
      }
    }
    server.stop()
  }
}

extension RelayRig {
  /// How often something was sent on so far.
  func sent() async -> Int { await relay.reactorMetrics().reduce(0) { $0 + ($1.systemCalls["send"] ?? 0) } }
}
