/// Connections that come, ask once, and go.
struct ShortConnections: Scenario {
  let name = "service-short"
  let title = "short connections: connect, 1 KiB each way, close; 32 at a time"
  let subjects: [Subject] = [.relay] + Lineup.peers
  let metrics: [Metric] = [.timePerConnection, .cpuPerConnection]
  let references: [Subject] = Lineup.peers
  let targets = Target.relayShort

  private struct Done: Decodable {
    var connections: Int
    var seconds: Double
  }

  func measure(_ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass) throws -> Measurement {
    let server = try crew.listen(.load, ["echo-server", "--listen", "0"])
    let relay = try subject.relay(to: server.ports, crew)
    let before = try relay.child.cpuSeconds()
    let load = try crew.start(
      .load,
      [
        "short", "--connect", String(relay.ports[0]), "--connections", "32", "--count",
        String(max(100, 20_000 / rig.echoDivisor)),
      ])
    let done: Done = try crew.line(of: load)
    let spent = try relay.child.cpuSeconds() - before
    try load.end(before: crew.deadline)
    return [
      .timePerConnection: done.seconds * 1e6 / Double(done.connections),
      .cpuPerConnection: spent * 1e6 / Double(done.connections),
    ]
  }
}
