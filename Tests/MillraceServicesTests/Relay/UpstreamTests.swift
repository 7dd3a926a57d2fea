import Logging
import Millrace
import MillraceServices
import Testing

@Suite("The upstreams of a relay", .timeLimit(.minutes(8)))
struct UpstreamTests {
  /// A server that says its number, and ends.
  private func numbered(_ number: UInt8) throws -> TestServer {
    try TestServer { connection in try await connection.write([number]) }
  }

  private func ask(_ rig: RelayRig) async throws -> [UInt8] {
    let client = try await rig.connect()
    defer { client.close() }
    return try await client.readAll()
  }

  @Test("take turns, each as often as its weight says")
  func turns() async throws {
    let servers = [try numbered(0), try numbered(1)]
    var targets = servers.map(\.target)
    targets[0].weight = 3
    try await RelayRig.run(to: targets) { rig in
      var counts = [0, 0]
      for _ in 0..<40 { counts[Int(try #require(try await ask(rig).first))] += 1 }
      #expect(counts == [30, 10])
    }
    for server in servers { server.stop() }
  }

  @Test("that hold a connection get fewer, where the fewest count")
  func leastConnections() async throws {
    let servers = try (0..<2).map { number in
      try TestServer { connection in
        try await connection.write([UInt8(number)])
        _ = try await connection.readAll()
      }
    }
    try await RelayRig.run(to: servers.map(\.target), { $0.balance = .leastConnections }) { rig in
      var held: [Connection] = []
      var counts = [0, 0]
      for _ in 0..<8 {
        let client = try await rig.connect()
        counts[Int(try #require(try await client.read().first))] += 1
        held.append(client)
      }
      #expect(counts == [4, 4])
      for client in held { client.close() }
    }
    for server in servers { server.stop() }
  }

  @Test("are the same for the same client, where its address counts")
  func clientHash() async throws {
    let servers = try (0..<5).map { try numbered(UInt8($0)) }
    try await RelayRig.run(to: servers.map(\.target), { $0.balance = .clientHash }) { rig in
      var seen: Set<[UInt8]> = []
      for _ in 0..<10 { seen.insert(try await ask(rig)) }
      #expect(seen.count == 1)
    }
    for server in servers { server.stop() }
  }

  /// given an upstream that nobody listens at, and one that works; when clients come; then none of them notices, the log says
  /// how many were tried, and after a while the dead one is not tried any more.
  @Test("that cannot be connected to are passed over, and left out after a while")
  func failover() async throws {
    let server = try numbered(7)
    let dead = try Nobody()
    try await RelayRig.run(
      to: [dead.target, server.target],
      {
        $0.ejectTime = .seconds(3600); $0.maxEjectTime = .seconds(3600)
      }
    ) { rig in
      for _ in 0..<20 {
        let answer = try await ask(rig)
        #expect(answer == [7])
      }
      _ = await rig.log.connection(19)
      #expect(rig.log.connections.count { $0["tried"] == "1" } == 3)
      #expect(
        rig.log.lines.contains { $0.level == .warning && $0.message.contains("gets no connections for 3600.0 s") })
    }
    server.stop()
  }

  @Test("that are all down are a reset, and a line in the log")
  func allDown() async throws {
    let dead = try Nobody()
    try await RelayRig.run(to: [dead.target]) { rig in
      for place in 0..<5 {
        await rig.expectReset()
        #expect(await rig.log.connection(place)["ended"] == "no upstream")
      }
    }
  }

  /// given an upstream that was left out; when its time is over and it works again; then it gets connections again.
  @Test("come back when they work again")
  func comesBack() async throws {
    let dead = try Nobody()
    try await RelayRig.run(
      to: [dead.target],
      {
        $0.ejectAfter = 1; $0.ejectTime = .milliseconds(1)
      }
    ) { rig in
      await rig.expectReset()
      let server = try TestServer(at: .loopback(port: dead.port)) { try await $0.write([9]) }
      while (try? await ask(rig)) != [9] { await Task.yield() }
      #expect(rig.log.lines.contains { $0.message.contains("gets connections again") })
      server.stop()
    }
  }

  @Test("that are replaced get no new connections, and keep those they have")
  func replaced() async throws {
    let (old, new) = (try TestServer.echo(), try numbered(2))
    try await RelayRig.run(to: [old.target]) { rig in
      let held = try await rig.connect()
      try await held.write([5])
      #expect(try await held.read() == [5])
      await rig.relay.replaceUpstreams(by: [new.target])
      #expect(try await ask(rig) == [2])
      try await held.write([6])
      #expect(try await held.read() == [6])
      held.close()
    }
    old.stop()
    new.stop()
  }

  /// given a relay that clients come to one after the other; when its upstream gets another weight, and a name before it that
  /// nobody knows, again and again; then none of them is reset, and the log says which name that is.
  @Test("that are replaced while clients come leave none of them without one")
  func replacedUnderLoad() async throws {
    let server = try numbered(3)
    let lost = UpstreamTarget(.tcp(host: "no-such-name.invalid", port: 1))
    try await RelayRig.run(to: [server.target]) { rig in
      for weight in 2...4 {
        var target = server.target
        target.weight = weight
        async let isDone = rig.relay.replaceUpstreams(by: [lost, target])
        for _ in 0..<20 {
          let answer = try await ask(rig)
          #expect(answer == [3])
        }
        let isReplaced = await isDone
        #expect(isReplaced)
      }
      #expect(rig.log.lines.contains { $0.level == .warning && $0.message.contains("no-such-name.invalid") })
      let isReplaced = await rig.relay.replaceUpstreams(by: [lost])
      #expect(!isReplaced)
      let answer = try await ask(rig)
      #expect(answer == [3])
      #expect(rig.log.lines.contains { $0.level == .error && $0.message.contains("stay as they were") })
      #expect(!rig.log.endings.contains("no upstream"))
    }
    server.stop()
  }
}
