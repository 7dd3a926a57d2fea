import Glibc
import Millrace
import MillraceServices
import Testing

/// In a process of its own, where nobody else opens or closes anything.
@Suite("The descriptors of a relay")
struct DescriptorTests {
  @Test("are all closed when it has ended, whatever became of its connections")
  func noneIsLeft() async {
    await #expect(processExitsWith: .success) {
      alarm(100)
      // Given everything that is started once: the reactors of clients and servers.
      try await Endings.all()
      let before = try OpenDescriptors.all()

      // When all of it happens again, several times.
      for _ in 0..<3 { try await Endings.all() }

      // Then there are the same sockets and pipes, and no more of the others: Dispatch may close one of its own.
      let after = try OpenDescriptors.all()
      func streams(_ all: [Int32: String]) -> Set<String> {
        Set(all.values.filter { $0.hasPrefix("socket:") || $0.hasPrefix("pipe:") })
      }
      #expect(streams(after) == streams(before))
      // Dispatch has timers and bells when it needs them.
      func others(_ all: [Int32: String]) -> Int { all.values.count { !$0.hasSuffix("fd]") } }
      #expect(others(after) <= others(before))
    }
  }
}

/// The ways in which a relay's connections end.
private enum Endings {
  static func all() async throws {
    try await relayed()
    try await failed()
    try await refused()
    try await mirrored()
    try await brokenOff()
    try await aborted()
    try await checked()
  }

  private static func exchange(_ bytes: [UInt8], with rig: RelayRig) async throws {
    let client = try await rig.connect()
    async let answer = client.readAll()
    try await client.write(bytes)
    try client.finishWriting()
    #expect(isSame(try await answer, bytes))
    client.close()
  }

  private static func relayed() async throws {
    let server = try TestServer.echo()
    for listen in [
      ServiceAddress.tcp(host: "127.0.0.1", port: 0), .unix(path: "@millrace-descriptors-\(getpid())"),
    ] {
      try await RelayRig.run(listen: [listen], to: [server.target], reactors: 2, { $0.sendProxy = .none }) { rig in
        for size in [10, 4 << 20] { try await exchange(noise(size), with: rig) }
      }
    }
    await server.end()
  }

  /// Nobody listens, or nobody answers.
  private static func failed() async throws {
    let dead = try Nobody()
    let silent = [try Silent(), try Silent(overTCP: true)]
    try await RelayRig.run(
      to: [dead.target] + silent.map(\.target), { $0.connectTimeout = .milliseconds(10) }
    ) { rig in
      for _ in 0..<3 { await rig.expectReset() }
      #expect(rig.log.endings.allSatisfy { $0 == "no upstream" })
    }
    for one in silent { one.stop() }
  }

  private static func refused() async throws {
    let server = try TestServer.echo()
    for (all, each) in [(1, nil), (10, 1)] as [(Int, Int?)] {
      try await RelayRig.run(
        to: [server.target],
        {
          $0.maxConnections = all
          $0.maxConnectionsPerClient = each
          $0.whenFull = .refuse
        }
      ) { rig in
        let held = try await rig.connect()
        try await held.write([1])
        #expect(try await held.read() == [1])
        await rig.expectReset()
        held.close()
      }
    }
    try await RelayRig.run(
      to: [server.target], { $0.acceptProxyFrom = [try? Network("127.0.0.0/8")].compactMap { $0 } }
    ) { rig in
      let client = try await rig.connect()
      try await client.write(Array("none\r\n".utf8))
      await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
      client.close()
      #expect(await rig.log.connection(0)["ended"]?.hasPrefix("PROXY header") == true)
    }
    await server.end()
  }

  /// A mirror that takes everything, that takes nothing, that breaks off, that is not there, and that does not answer.
  private static func mirrored() async throws {
    let server = try TestServer.echo()
    let (isOver, end) = AsyncStream.makeStream(of: Void.self)
    let mirrors = [
      try TestServer { _ = try await $0.readAll() }, try TestServer { _ in for await _ in isOver {} },
      try TestServer { $0.reset() },
    ]
    let (dead, silent) = (try Nobody(), try Silent(overTCP: true))
    for target in mirrors.map(\.target) + [dead.target, silent.target] {
      try await RelayRig.run(to: [server.target], { $0.mirror = target.address }) { rig in
        for size in [10, 3 << 20] { try await exchange(noise(size), with: rig) }
      }
    }
    end.finish()
    for one in [server] + mirrors { await one.end() }
    silent.stop()
  }

  /// The client resets, or the upstream does, with bytes under way.
  private static func brokenOff() async throws {
    let server = try TestServer.echo()
    let rude = try TestServer { connection in
      _ = try await connection.read()
      connection.reset()
    }
    try await RelayRig.run(to: [server.target]) { rig in
      let client = try await rig.connect()
      try await client.write(noise(100_000))
      _ = try await client.read()
      client.reset()
      #expect(await rig.log.connection(0)["ended"] == "reset by client")
    }
    try await RelayRig.run(to: [rude.target]) { rig in
      let client = try await rig.connect()
      try? await client.write(noise(3 << 20))
      _ = try? await client.readAll()
      client.close()
      #expect(await rig.log.connection(0)["ended"] == "reset by upstream")
    }
    for one in [server, rude] { await one.end() }
  }

  /// The relay ends first: with a connection, with one that has no upstream yet, and at once.
  private static func aborted() async throws {
    let server = try TestServer.echo()
    let silent = try Silent()
    try await RelayRig.run(to: [server.target], { $0.drainTimeout = .milliseconds(1) }) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      try await rig.shutDown()
      client.close()
      #expect(rig.log.endings == ["drained"])
    }
    try await RelayRig.run(
      to: [silent.target],
      {
        $0.connectTimeout = .seconds(3600)
        $0.drainTimeout = .milliseconds(1)
      }
    ) { rig in
      let client = try await rig.connect()
      try await rig.shutDown()
      client.close()
    }
    try await RelayRig.run(to: [server.target], { $0.mirror = server.target.address }) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      await rig.cancel()
      client.close()
    }
    silent.stop()
    await server.end()
  }

  private static func checked() async throws {
    let (dead, server) = (try Nobody(), try TestServer { _ = try await $0.readAll() })
    try await RelayRig.run(to: [dead.target, server.target], { $0.checkInterval = .milliseconds(1) }) { rig in
      await rig.log.line { $0.message.hasSuffix("is down") }
    }
    await server.end()
  }
}
