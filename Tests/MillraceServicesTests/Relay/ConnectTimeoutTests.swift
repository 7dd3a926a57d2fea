import Metrics
import MetricsTestKit
import Millrace
import MillraceServices
import Testing

@Suite("An upstream that does not answer", .timeLimit(.minutes(8)))
struct ConnectTimeoutTests {
  private func counted(_ metrics: TestMetrics, _ name: String) throws -> Int64 {
    try metrics.expectCounter("millrace_relay_\(name)").totalValue
  }

  /// given an upstream whose backlog is full and one that works, in turn; when clients come and send at once; then each has its
  /// answer and nothing else, and the log and the metrics have each attempt that came to nothing.
  @Test("is given up for the next one, and the client notices nothing", arguments: [true, false])
  func next(overTCP: Bool) async throws {
    let metrics = TestMetrics()
    let server = try TestServer.echo()
    let silent = try Silent(overTCP: overTCP)
    try await RelayRig.run(
      to: [silent.target, server.target],
      {
        $0.connectTimeout = .milliseconds(100)
        $0.ejectAfter = 0
      }, metrics: metrics
    ) { rig in
      for number in 0..<4 {
        let bytes = noise(50_000, seed: UInt64(number + 1))
        let client = try await rig.connect()
        try await client.write(bytes)
        try client.finishWriting()
        let answer = try await client.readAll()
        #expect(isSame(answer, bytes))
        client.close()
        let line = await rig.log.connection(number)
        #expect(line["tried"] == (number % 2 == 0 ? "1" : nil))
        #expect(line["upstream"] == "\(server.address)")
        #expect(line["ended"] == "client closed")
      }
    }
    #expect(try counted(metrics, "connect_failures_total") == 2)
    #expect(try metrics.expectTimer("millrace_relay_connect_seconds").values.count == 4)
    silent.stop()
    await server.end()
  }

  /// given nothing but upstreams that do not answer; when a client comes; then each of them is tried once, and the client is
  /// reset.
  @Test("is no reason to wait for ever where there is no other")
  func none() async throws {
    let metrics = TestMetrics()
    let silent = [try Silent(overTCP: true), try Silent(overTCP: false)]
    try await RelayRig.run(
      to: silent.map(\.target), { $0.connectTimeout = .milliseconds(20) }, metrics: metrics
    ) { rig in
      await rig.expectReset()
      let line = await rig.log.connection(0)
      #expect(line["ended"] == "no upstream")
      #expect(line["tried"] == "2")
      #expect(line["upstream"] == nil)
    }
    #expect(try counted(metrics, "connect_failures_total") == 2)
    #expect(try metrics.expectTimer("millrace_relay_connect_seconds").values.isEmpty)
    for one in silent { one.stop() }
  }

  /// given one that does not answer beside one that works; when it has come to nothing as often as it may; then the next clients
  /// are not kept waiting for it.
  @Test("is left out after a while")
  func leftOut() async throws {
    let metrics = TestMetrics()
    let server = try TestServer { connection in try await connection.write([5]) }
    let silent = try Silent(overTCP: true)
    try await RelayRig.run(
      to: [silent.target, server.target],
      {
        $0.connectTimeout = .milliseconds(20)
        $0.ejectAfter = 2
        $0.ejectTime = .seconds(3600)
        $0.maxEjectTime = .seconds(3600)
      }, metrics: metrics
    ) { rig in
      for number in 0..<10 {
        let client = try await rig.connect()
        #expect(try await client.readAll() == [5])
        client.close()
        _ = await rig.log.connection(number)
      }
      #expect(rig.log.connections.count { $0["tried"] == "1" } == 2)
      #expect(rig.log.lines.contains { $0.message.contains("gets no connections for 3600.0 s") })
    }
    #expect(try counted(metrics, "connect_failures_total") == 2)
    silent.stop()
    await server.end()
  }
}
