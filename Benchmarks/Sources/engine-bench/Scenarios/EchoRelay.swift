/// Small messages there and back through a relay.
struct EchoRelay: Scenario {
  let size: Int
  var lineup = Lineup.engine
  let connections = 32

  var name: String { lineup.name("echo-\(size)") }
  var title: String { "echo of \(size) bytes, \(connections) connections" }
  var metrics: [Metric] { [.cpuPerEcho, .median, .p99] }
  // No bare loop is best at every size: the bar is whichever won the round.
  var references: [Subject] { lineup == .engine ? [.bareSplice, .bareBuffered] : Lineup.peers }
  var targets: [Target] { lineup == .engine ? Target.echo(size) : [Target.relayEcho] }

  var subjects: [Subject] {
    if lineup == .relay { return [.relay] + Lineup.peers }
    return [.engineAutomatic, .engineBuffered, .engineSpliced, .bareSplice, .bareBuffered]
  }

  func measure(
    _ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass
  ) throws -> Measurement {
    let server = try crew.listen(.load, ["echo-server", "--listen", "0"])
    let relay = try subject.relay(to: server.ports, crew)
    let count = max(connections, (size >= 65536 ? 12_000 : 40_000) / rig.echoDivisor)
    let echo = try EchoLoad(
      crew, port: relay.ports[0], size: size, connections: connections, count: count)
    let before = try relay.child.cpuSeconds()
    let result = try echo.run()
    let spent = try relay.child.cpuSeconds() - before
    return [
      .cpuPerEcho: spent * 1e6 / Double(result.echoes), .median: result.p50, .p99: result.p99,
    ]
  }
}
