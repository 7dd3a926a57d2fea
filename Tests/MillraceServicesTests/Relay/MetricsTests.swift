import Metrics
import MetricsTestKit
import Millrace
import MillraceServices
import Reactors
import Testing

@Suite("What a relay counts", .timeLimit(.minutes(8)))
struct MetricsTests {
  private func total(_ metrics: TestMetrics, _ name: String, _ dimensions: [(String, String)] = []) -> Int64 {
    (try? metrics.expectCounter("millrace_relay_\(name)", dimensions))?.totalValue ?? -1
  }

  /// given a client that sends bulk and gets a little back; then every byte is counted once, in its direction and under the
  /// route that the log names.
  @Test("has every byte, by direction and by route")
  func bytes() async throws {
    let metrics = TestMetrics()
    let bulk = noise(6 << 20)
    let server = try TestServer { connection in
      let all = try await connection.readAll()
      #expect(isSame(all, bulk))
      try await connection.write([1, 2, 3])
    }
    try await RelayRig.run(to: [server.target], metrics: metrics) { rig in
      let client = try await rig.connect()
      try await client.write(bulk)
      try client.finishWriting()
      #expect(try await client.readAll() == [1, 2, 3])
      client.close()
      _ = await rig.log.connection(0)
    }
    server.stop()

    let routes = Route.allCases.map { route in
      (route, total(metrics, "bytes_total", [("direction", "sent"), ("route", route.rawValue)]))
    }
    #expect(routes.reduce(0) { $0 + $1.1 } == 6 << 20)
    #expect(routes.first { $0.0 == .pipedSplice }?.1 ?? 0 > 0, "bulk is spliced")
    #expect(total(metrics, "bytes_total", [("direction", "received"), ("route", "buffered")]) == 3)
    #expect(total(metrics, "truncated_bytes_total", [("direction", "sent")]) == 0)
    #expect(total(metrics, "connections_total") == 1)
    #expect(total(metrics, "endings_total", [("reason", "client_closed")]) == 1)
    #expect(try metrics.expectMeter("millrace_relay_connections").lastValue == 0)
    #expect(try metrics.expectTimer("millrace_relay_connect_seconds").values.count == 1)
    #expect(try metrics.expectTimer("millrace_relay_connection_seconds").values.count == 1)
  }

  /// given counts that two relays read; when each passes on what it has read; then each part is passed on once.
  @Test("has what shared reactors do once")
  func shared() async throws {
    let reactors = try Reactors(count: 1)
    #expect(reactors.passOn("jobs", upTo: 5) == 5)
    #expect(reactors.passOn("jobs", upTo: 7) == 2)
    #expect(reactors.passOn("jobs", upTo: 6) == 0, "a reading that came late")
    #expect(reactors.passOn("wakeups", upTo: 6) == 6)
    await reactors.shutdown()
  }

  @Test("has those that were refused, and the upstreams that were not there")
  func refusals() async throws {
    let metrics = TestMetrics()
    let dead = try Nobody()
    try await RelayRig.run(to: [dead.target], { $0.ejectAfter = 0 }, metrics: metrics) { rig in
      for _ in 0..<3 { await rig.expectReset() }
      _ = await rig.log.connection(2)
    }
    #expect(total(metrics, "endings_total", [("reason", "no_upstream")]) == 3)
    #expect(total(metrics, "connect_failures_total") == 3)
    #expect(total(metrics, "endings_total", [("reason", "limit")]) == 0)

    let server = try TestServer.echo()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.maxConnections = 1
        $0.whenFull = .refuse
      }, metrics: metrics
    ) { rig in
      let held = try await rig.connect()
      try await held.write([1])
      #expect(try await held.read() == [1])
      await rig.expectReset()
      held.close()
      _ = await rig.log.connection(1)
    }
    server.stop()
    #expect(total(metrics, "endings_total", [("reason", "limit")]) == 1)
  }

  /// given one upstream that is there and one that is not, by checks; then the gauges say so at the end, and the reactor's
  /// counters have come to what the reactor says.
  @Test("has the state of upstreams and of reactors")
  func readings() async throws {
    let metrics = TestMetrics()
    let dead = try Nobody()
    let server = try TestServer.echo()
    try await RelayRig.run(
      to: [dead.target, server.target], { $0.checkInterval = .milliseconds(5) }, metrics: metrics
    ) { rig in
      await rig.log.line { $0.message.hasSuffix("is down") }
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      client.close()
      _ = await rig.log.connection(0)
    }
    server.stop()
    func up(_ target: UpstreamTarget) throws -> Double? {
      let name = "\(target.address)".dropFirst("tcp://".count)
      return try metrics.expectGauge("millrace_relay_upstream_up", [("upstream", String(name))]).lastValue
    }
    #expect(try up(dead.target) == 0)
    #expect(try up(server.target) == 1)
    func reactor(_ name: String, _ dimensions: [(String, String)] = []) throws -> Int64 {
      try metrics.expectCounter("millrace_reactor_\(name)", [("reactor", "0")] + dimensions).totalValue
    }
    #expect(try reactor("bytes_total", [("route", "buffered")]) == 2)
    #expect(try reactor("wakeups_total") > 0)
    #expect(try reactor("system_calls_total", [("call", "accept")]) > 0)
    #expect(
      try metrics.expectGauge("millrace_reactor_pipes", [("reactor", "0"), ("state", "leased")]).lastValue == 0)
  }
}
