import LinuxCalls
import Millrace
@testable import MillraceServices
import Testing

@Suite("A mirror", .timeLimit(.minutes(8)))
struct MirrorTests {
  /// Everything that each connection brought, in the order of their ends.
  private final class Collected: Sendable {
    private let (stream, add) = AsyncStream.makeStream(of: [UInt8].self)
    func add(_ bytes: [UInt8]) { add.yield(bytes) }
    func next() async -> [UInt8]? {
      for await bytes in stream { return bytes }
      return nil
    }
  }

  private func mirror(_ collected: Collected, answering answer: [UInt8] = []) throws -> TestServer {
    try TestServer { connection in
      try await connection.write(answer)
      collected.add(try await connection.readAll())
      try await connection.write(answer)
    }
  }

  /// given a mirror that answers, too; when a client talks a little, or sends bulk; then the mirror has the same bytes as the
  /// upstream, PROXY header included, and the client never sees the mirror's answers.
  @Test("gets what the upstream gets", arguments: [10, 6 << 20])
  func same(size: Int) async throws {
    let bytes = noise(size)
    let (mine, its) = (Collected(), Collected())
    let server = try TestServer { connection in
      mine.add(try await connection.readAll())
      try await connection.write([7])
    }
    let second = try mirror(its, answering: noise(100_000, seed: 2))
    try await RelayRig.run(
      to: [server.target],
      {
        $0.mirror = second.target.address
        // Whatever else this machine does meanwhile, this one reads.
        $0.mirrorPatience = .seconds(60)
        $0.sendProxy = .v1
      }
    ) { rig in
      let client = try await rig.connect()
      let local = try #require(client.localAddress)
      try await client.write(bytes)
      try client.finishWriting()
      #expect(try await client.readAll() == [7])
      client.close()
      let header = Array("PROXY TCP4 127.0.0.1 127.0.0.1 \(local.port ?? 0) \(rig.address.port ?? 0)\r\n".utf8)
      for collected in [mine, its] {
        let all = try #require(await collected.next())
        #expect(isSame(all, header + bytes))
      }
      let line = await rig.log.connection(0)
      #expect(line["mirror"] == "\(header.count + size)")
      #expect(line["ended"] == "client closed")
      if size > 1 << 20 { #expect(line["sent-route"]?.contains("splice-through-pipe") == true) }
    }
    for server in [server, second] { server.stop() }
  }

  /// given a mirror that accepts and never reads; when a client sends more than may wait for it; then the client and the
  /// upstream go on at their own pace to the end, and the log says that the mirror was let go.
  @Test("that takes nothing holds up nobody", arguments: [1000, 24 << 20])
  func stalls(size: Int) async throws {
    let bytes = noise(size)
    let server = try TestServer { connection in
      let all = try await connection.readAll()
      #expect(isSame(all, bytes))
      try await connection.write([7])
    }
    let (isOver, end) = AsyncStream.makeStream(of: Void.self)
    let second = try TestServer { _ in for await _ in isOver {} }
    try await RelayRig.run(to: [server.target], { $0.mirror = second.target.address }) { rig in
      let client = try await rig.connect()
      try await client.write(bytes)
      try client.finishWriting()
      #expect(try await client.readAll() == [7])
      client.close()
      let line = await rig.log.connection(0)
      #expect(line["ended"] == "client closed")
      #expect(line["sent"] == "\(size)")
      if size > 1 << 20 {
        #expect(line["mirror"]?.hasSuffix(", then let go: it took nothing for 0.0 ms with its backlog full") == true)
      } else {
        #expect(line["mirror"] == "\(size)")
      }
    }
    end.finish()
    for server in [server, second] { server.stop() }
  }

  /// given a mirror that nobody listens at; when clients come; then none of them notices, and after some failures it is left
  /// out for a while.
  @Test("that is not there is left out after a while")
  func absent() async throws {
    let server = try TestServer.echo()
    let dead = try Nobody()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.mirror = dead.target.address
        $0.ejectTime = .seconds(3600)
        $0.maxEjectTime = .seconds(3600)
      }
    ) { rig in
      for number in 0..<5 {
        let client = try await rig.connect()
        try await client.write([1])
        #expect(try await client.read() == [1])
        try client.finishWriting()
        #expect(try await client.readAll() == [])
        client.close()
        let line = await rig.log.connection(number)
        #expect(line["ended"] == "client closed")
        if number < 3 {
          #expect(line["mirror"]?.hasPrefix("0, then let go:") == true, "\(line["mirror"] ?? "")")
          #expect(line["mirror"]?.contains("refused") == true, "\(line["mirror"] ?? "")")
        } else {
          #expect(line["mirror"] == "skipped")
        }
      }
    }
    server.stop()
  }

  /// given a mirror that resets in the middle; then the rest of the connection goes on without it.
  @Test("that breaks off is let go")
  func breaks() async throws {
    let server = try TestServer.echo()
    let second = try TestServer { connection in
      _ = try await connection.read()
      connection.reset()
    }
    try await RelayRig.run(to: [server.target], { $0.mirror = second.target.address }) { rig in
      let client = try await rig.connect()
      for number in 0..<200 {
        try await client.write([UInt8(number)])
        #expect(try await client.read() == [UInt8(number)])
      }
      try client.finishWriting()
      #expect(try await client.readAll() == [])
      client.close()
      let line = await rig.log.connection(0)
      #expect(line["sent"] == "200")
      #expect(line["ended"] == "client closed")
    }
    for server in [server, second] { server.stop() }
  }

  private static let answer = noise(100_000, seed: 9)

  /// A client that has said everything, and an upstream that answers then, beside a mirror that never takes a byte and is
  /// waited for however long it takes.
  private func behind(
    _ change: (inout RelayConfiguration) -> Void, _ body: (RelayRig, Connection) async throws -> Void
  ) async throws {
    let server = try TestServer { connection in
      _ = try await connection.readAll()
      try await connection.write(Self.answer)
    }
    let second = try Silent(overTCP: true)
    try await RelayRig.run(
      to: [server.target],
      {
        $0.mirror = second.target.address
        $0.mirrorPatience = .seconds(3600)
        change(&$0)
      }
    ) { rig in
      let client = try await rig.connect()
      try await client.write(noise(100_000))
      try client.finishWriting()
      try await body(rig, client)
      client.close()
    }
    server.stop()
    second.stop()
  }

  /// when the half-closed time is up; then both have their ends and every byte, and only the mirror is let go.
  @Test("that is behind at the end costs neither side a byte")
  func tail() async throws {
    try await behind({ $0.halfClosedTimeout = .seconds(2) }) { rig, client in
      // Read when everything is over, and what the client did not take is in the kernel's buffers.
      let line = await rig.log.connection(0)
      let answer = try await client.readAll()
      #expect(isSame(answer, Self.answer))
      #expect(line["ended"] == "client closed")
      #expect(line["mirror"]?.hasSuffix(", then let go: the copy ended before it had taken the rest") == true)
    }
  }

  /// when the relay is to end at once; then the two sides, which have everything, are not reset.
  @Test("that is behind when the relay ends is let go, and nobody else")
  func tailAtTheEnd() async throws {
    try await behind({ $0.drainTimeout = .milliseconds(1) }) { rig, client in
      let answer = try await client.readAll()
      #expect(isSame(answer, Self.answer))
      await rig.beginShutDown()
      #expect(await rig.log.connection(0)["ended"] == "client closed")
    }
  }

  /// given a mirror that never closes; when more clients come than may linger; then no more links are kept than that.
  @Test("that never closes keeps no more than its share of descriptors")
  func linger() async throws {
    let server = try TestServer.echo()
    let (isOver, end) = AsyncStream.makeStream(of: Void.self)
    let second = try TestServer { _ in for await _ in isOver {} }
    try await RelayRig.run(to: [server.target], { $0.mirror = second.target.address }) { rig in
      for number in 0..<RelayWorker.mostLingering + 40 {
        let client = try await rig.connect()
        try await client.write([1])
        try client.finishWriting()
        #expect(try await client.readAll() == [1])
        client.close()
        _ = await rig.log.connection(number)
      }
      let metrics = await rig.relay.reactorMetrics()[0]
      // Each link has a timer of its own.
      #expect(metrics.timers <= RelayWorker.mostLingering + 4)
    }
    end.finish()
    for server in [server, second] { server.stop() }
  }

  @Test("that refuses is named so though nothing was sent")
  func nothingSent() async throws {
    let server = try TestServer { _ in }
    let dead = try Nobody()
    try await RelayRig.run(to: [server.target], { $0.mirror = dead.target.address }) { rig in
      let client = try await rig.connect()
      #expect(try await client.readAll() == [])
      try client.finishWriting()
      client.close()
      #expect(await rig.log.connection(0)["mirror"] == "0, then let go: Connection refused")
    }
    server.stop()
  }
}
