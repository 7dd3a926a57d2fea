/// What idle relayed connections cost, and whether those that talk notice them.
struct IdleBeside: Scenario {
  let name = "service-idle"
  let connections: Int

  var title: String { "\(connections) idle connections, and an echo of 64 bytes on 32 others" }
  // Not Go: its io.Copy keeps a pipe for each direction of a connection that waits, six descriptors in all, and 8,000 of them
  // are more than a process may have.
  let subjects: [Subject] = [.relay] + Lineup.peers.filter { $0 != .go }
  let metrics: [Metric] = [.bytesPerConnection, .besideRatio]
  let references: [Subject] = []
  let targets = Target.relayIdle

  func measure(_ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass) throws -> Measurement {
    let server = try crew.listen(.load, ["echo-server", "--listen", "0"])
    let relay = try subject.relay(to: server.ports, crew)
    func echo() throws -> Double {
      let load = try EchoLoad(
        crew, port: relay.ports[0], size: 64, connections: 32, count: max(32, 40_000 / rig.echoDivisor))
      return try load.run().p50
    }
    // Also what a relay has once and not for each connection.
    let alone = try echo()
    let memoryBefore = try relay.child.privateBytes()
    let idle = try crew.start(
      .load,
      [
        "idle", "--connect", String(relay.ports[0]), "--connections", String(connections), "--hold",
        String(crew.deadline.seconds),
      ])
    _ = try crew.line(of: idle, as: Ready.self)
    let grown = try relay.child.privateBytes() - memoryBefore
    return [.bytesPerConnection: Double(grown) / Double(connections), .besideRatio: try echo() / max(alone, 0.1)]
  }
}
