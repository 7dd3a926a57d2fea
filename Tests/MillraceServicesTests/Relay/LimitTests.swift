import Glibc
import LinuxCalls
import Logging
import Millrace
@testable import MillraceServices
import Synchronization
import Testing

@Suite("The bounds of a relay", .timeLimit(.minutes(8)))
struct LimitTests {
  /// given a listener whose socket does not listen any more; when it would accept; then the log says so and it is closed, and
  /// the other one goes on.
  @Test("a listener that cannot accept is closed, and said to be")
  func broken() async throws {
    let server = try TestServer.echo()
    let listen = [ServiceAddress](repeating: .tcp(host: "127.0.0.1", port: 0), count: 2)
    try await RelayRig.run(listen: listen, to: [server.target]) { rig in
      let broken = try #require(rig.relay.reception.posts?.byReactor[0][0])
      let number = try broken.duplicate(from: 3)
      try Linux.shutdown(number, .both)
      try Linux.close(number)
      let line = await rig.log.line { $0.level == .error }
      #expect(line.message == "a listener was closed")
      #expect(line["listener"] == "\(broken.address)")
      #expect(line["reason"]?.contains("Invalid argument") == true)
      #expect(broken.isClosed)
      #expect(try #require(rig.relay.reception.posts).copies().numbers.count == 1, "a successor gets the other one")
      let client = try await Connection.connect(to: rig.addresses[1])
      try await client.write([1])
      #expect(try await client.read() == [1])
      client.close()
      _ = await rig.log.connection(0)
    }
    server.stop()
  }

  /// given a relay whose only listener fails; then it ends, and says so: whoever started it can start it anew.
  @Test("a relay without any listener left ends with that error")
  func deaf() async throws {
    let server = try TestServer.echo()
    let relay = Relay(
      RelayConfiguration(listen: [.tcp(host: "127.0.0.1", port: 0)], upstreams: [server.target]),
      logger: LogCapture().logger)
    _ = try await relay.bind()
    let number = try #require(relay.reception.posts?.byReactor[0][0]).duplicate(from: 3)
    for listener in try #require(relay.reception.posts).byReactor.joined().dropFirst() { listener.close() }
    let running = Task { try await relay.run() }
    try Linux.shutdown(number, .both)
    try Linux.close(number)
    let error = await #expect(throws: EndpointError.self) { try await running.value }
    #expect(error?.description.contains("every listener has failed") == true)
    server.stop()
  }

  /// given room for some; when many come, more at a time than there is room for; then each is served in its turn, and there
  /// never were more at once.
  @Test(
    "those that are too many wait for their turn",
    arguments: [(reactors: 1, most: 3, workers: 20, count: 200), (2, 3, 20, 200), (2, 100, 200, 2000)])
  func wait(reactors: Int, most: Int, workers: Int, count: Int) async throws {
    let present = Present()
    let server = try TestServer { connection in
      present.enter()
      let bytes = try await connection.readAll()
      // Before the answer: with it, the next client may come.
      present.leave()
      try await connection.write(bytes)
    }
    try await RelayRig.run(to: [server.target], reactors: reactors, { $0.maxConnections = most }) { rig in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<workers {
          group.addTask {
            for round in 0..<count / workers {
              let client = try await rig.connect()
              try await client.write([UInt8(worker), UInt8(round)])
              try client.finishWriting()
              #expect(try await client.readAll() == [UInt8(worker), UInt8(round)])
              client.close()
            }
          }
        }
        try await group.waitForAll()
      }
      _ = await rig.log.connection(count - 1)
      #expect(rig.log.endings.allSatisfy { $0 == "client closed" })
      #expect(present.most <= most)
    }
    server.stop()
  }

  /// How many were there at once.
  private final class Present: Sendable {
    private let counts = Guarded((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }
    func enter() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func leave() { counts.withLock { $0.now -= 1 } }
  }

  @Test("those that are too many are reset, where that is wanted")
  func refuse() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.maxConnections = 2; $0.whenFull = .refuse
      }
    ) { rig in
      var held: [Connection] = []
      for _ in 0..<2 {
        let client = try await rig.connect()
        try await client.write([1])
        #expect(try await client.read() == [1])
        held.append(client)
      }
      await rig.expectReset()
      #expect(await rig.log.connection(0)["ended"] == "limit: max-connections")
      for client in held { client.close() }
      _ = await rig.log.connection(2)
      let fourth = try await rig.connect()
      try await fourth.write([4])
      #expect(try await fourth.read() == [4])
      fourth.close()
    }
    server.stop()
  }

  /// given a log that takes nothing but errors; when a connection is one too many; then it is reset all the same.
  @Test("are kept whether or not anybody reads of it in the log")
  func quiet() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.maxConnections = 1
        $0.whenFull = .refuse
      }, logLevel: .error
    ) { rig in
      let held = try await rig.connect()
      try await held.write([1])
      #expect(try await held.read() == [1])
      await rig.expectReset()
      #expect(rig.log.lines.isEmpty)
      held.close()
    }
    server.stop()
  }

  @Test("are what the descriptors allow, and no more than was asked for")
  func budget() {
    #expect(DescriptorBudget(connections: nil, descriptors: 20_000).connections == 8718)
    #expect(DescriptorBudget(connections: 100, descriptors: 20_000).connections == 100)
    let short = DescriptorBudget(connections: 9000, descriptors: 20_000)
    #expect(short.connections == 8718 && short.isShort)
    #expect(DescriptorBudget(connections: nil, descriptors: 3).connections == 1)
    // A third descriptor for each with a mirror, and those of mirrors that linger.
    #expect(
      DescriptorBudget(connections: nil, each: 3, besides: 128, descriptors: 20_000).connections
        == (20_000 - 64 - 128 - 2500) / 3
    )
  }

  @Test("of one client address are counted for it alone")
  func perClient() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(
      listen: [.tcp(host: "127.0.0.1", port: 0), .unix(path: "@millrace-per-client-\(getpid())")], to: [server.target],
      { $0.maxConnectionsPerClient = 1 }
    ) { rig in
      func talk(_ client: Connection) async throws {
        try await client.write([1])
        #expect(try await client.read() == [1])
      }
      let first = try await rig.connect()
      try await talk(first)
      await rig.expectReset()
      #expect(await rig.log.connection(0)["ended"] == "limit: max-connections-per-client")
      // One without an address is no client's.
      let others = [
        try await Connection.connect(to: rig.addresses[1]), try await Connection.connect(to: rig.addresses[1]),
      ]
      for client in others { try await talk(client) }
      first.close()
      _ = await rig.log.connection(1)
      let again = try await rig.connect()
      try await talk(again)
      for client in others + [again] { client.close() }
    }
    server.stop()
  }

  /// given a rate of ten a second, so that one may come at once; when five come; then the last one is served, and not before
  /// its time.
  @Test("that come too fast wait for their turn")
  func rateWaits() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(to: [server.target], reactors: 2, { $0.maxAcceptRate = 10 }) { rig in
      let clock = ContinuousClock()
      let start = clock.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<5 {
          group.addTask {
            let client = try await rig.connect()
            try await client.write([UInt8(number)])
            try client.finishWriting()
            #expect(try await client.readAll() == [UInt8(number)])
            client.close()
          }
        }
        try await group.waitForAll()
      }
      // The pace is a lower bound of the time, whatever the machine does.
      #expect(clock.now - start >= .milliseconds(400))
      _ = await rig.log.connection(4)
      #expect(rig.log.endings.allSatisfy { $0 == "client closed" })
    }
    server.stop()
  }

  /// given a rate of one a second; when one comes after the other; then soon one comes too early, and is reset.
  @Test("that come too fast are reset, where that is wanted")
  func rateRefuses() async throws {
    let server = try TestServer { connection in try await connection.write([1]) }
    try await RelayRig.run(
      to: [server.target],
      {
        $0.maxAcceptRate = 1
        $0.whenFull = .refuse
      }
    ) { rig in
      var answer: [UInt8]?
      repeat {
        answer = try? await {
          let client = try await rig.connect()
          defer { client.close() }
          return try await client.readAll()
        }()
        #expect(answer == [1] || answer == nil)
      } while answer != nil
      await rig.log.line { $0["ended"] == "limit: max-accept-rate" }
    }
    server.stop()
  }
}
