/// Bulk from socket to socket through a relay.
struct RelayBulk: Scenario {
  let connections: Int
  var lineup = Lineup.engine

  var name: String { lineup == .engine ? "relay-bulk-\(connections)" : lineup.name("bulk-\(connections)") }
  var title: String { "bulk, socket to socket, \(connections) connection(s)" }
  var metrics: [Metric] { [.cpuPerGiB, .throughput] }
  var references: [Subject] { lineup == .engine ? [.bareSplice] : [.bareSplice] + Lineup.peers }
  var targets: [Target] {
    lineup == .engine ? Target.bulk(connections, against: [.bareSplice]) : Target.relayBulk(connections)
  }

  var subjects: [Subject] {
    if lineup == .relay { return [.relay, .bareSplice] + Lineup.peers }
    let all: [Subject] = [.engineAutomatic, .engineBuffered, .engineSpliced, .bareSplice]
    // The blocking loops serve one connection at a time.
    return connections == 1 ? all + [.bareBlocking] : all
  }

  func measure(
    _ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass
  ) throws -> Measurement {
    let sink = try crew.listen(
      .load,
      ["sink", "--listen", "0", "--connections", String(connections), "--drain", pass.drain])
    let relay = try subject.relay(to: sink.ports, crew)
    let before = try relay.child.cpuSeconds()
    let source = try crew.start(
      .load,
      [
        "source", "--connect", String(relay.ports[0]), "--bytes", String(rig.bytes),
        "--connections", String(connections),
      ])
    let arrived: Transfer = try crew.line(of: sink.child)
    let spent = try relay.child.cpuSeconds() - before
    try source.end(before: crew.deadline)
    return try arrived.measurement(expecting: rig.bytes, by: subject, cpuSeconds: spent)
  }
}
