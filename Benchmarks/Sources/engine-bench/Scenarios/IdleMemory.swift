/// What a relayed connection costs that has moved a byte each way and now waits.
struct IdleMemory: Scenario {
  let name = "idle"
  let connections: Int

  var title: String { "memory of \(connections) idle relayed connections" }
  var subjects: [Subject] { [.engineAutomatic, .engineBuffered, .engineSpliced, .bareSplice] }
  var metrics: [Metric] { [.bytesPerConnection, .pipes] }
  var references: [Subject] { [] }
  var targets: [Target] { [.idleMemory, .idlePipes] }

  func measure(
    _ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass
  ) throws -> Measurement {
    let server = try crew.listen(.load, ["echo-server", "--listen", "0"])
    let relay = try subject.relay(to: server.ports, crew)
    // The first connections bring in what a relay has once, not per connection:
    // lazily bound code, a pool, a scratch buffer.
    try hold(64, crew, relay.ports[0])
    let memoryBefore = try relay.child.privateBytes()
    let endsBefore = try relay.child.pipeEnds()
    try hold(connections, crew, relay.ports[0])
    let grown = try relay.child.privateBytes() - memoryBefore
    let ends = try relay.child.pipeEnds() - endsBefore
    return [
      .bytesPerConnection: Double(grown) / Double(connections),
      .pipes: Double(ends) / 2,
    ]
  }

  /// Opens connections and leaves them open; the crew ends them.
  private func hold(_ count: Int, _ crew: Crew, _ port: Int) throws {
    let idle = try crew.start(
      .load,
      [
        "idle", "--connect", String(port), "--connections", String(count), "--hold",
        String(crew.deadline.seconds),
      ])
    _ = try crew.line(of: idle, as: Ready.self)
  }
}
