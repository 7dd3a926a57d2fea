/// How fast a small request stays while bulk transfers run on the same reactor.
struct Beside: Scenario {
  let name = "beside"
  let title = "1 KiB echo, 8 connections, alone and beside two bulk copies"
  let subjects: [Subject] = [.engineAutomatic, .engineBuffered, .bareSplice, .bareBuffered]
  let metrics: [Metric] = [.besideRatio, .aloneP99, .besideP99, .throughput]
  let references: [Subject] = []
  let targets: [Target] = [.beside]

  func measure(
    _ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass
  ) throws -> Measurement {
    let server = try crew.listen(.load, ["echo-server", "--listen", "0"])
    let sink = try crew.listen(
      .load,
      ["sink", "--listen", "0", "--announce", String(32 << 20), "--drain", pass.drain])
    let relay = try subject.relay(to: [server.ports[0], sink.ports[0]], crew)
    guard relay.ports.count == 2 else {
      throw Failure("\(subject.rawValue) listens on \(relay.ports.count) ports instead of 2.")
    }
    let count = max(8, 16_000 / rig.echoDivisor)
    func echo() throws -> EchoLoad {
      try EchoLoad(crew, port: relay.ports[0], size: 1024, connections: 8, count: count)
    }

    let alone = try echo().run()
    // More bytes than the echoes can outlast.
    let source = try crew.start(
      .load,
      [
        "source", "--connect", String(relay.ports[1]), "--bytes", String(1 << 50),
        "--connections", "2",
      ])
    // On few cores the echo would otherwise wait for the far ends of the bulk to leave one, and not for the reactor.
    for busy in [source, sink.child] { try busy.stepBack() }
    _ = try crew.line(of: sink.child, as: Flowing.self)
    let beside = try echo().run()
    source.stop()
    sink.child.interrupt()
    let bulk: Transfer = try crew.line(of: sink.child)
    return [
      .besideRatio: beside.p99 / max(alone.p99, 0.1),
      .aloneP99: alone.p99,
      .besideP99: beside.p99,
      .throughput: Double(bulk.bytes) / gibibyte / max(bulk.seconds, 1e-9),
    ]
  }
}

/// What the sink says once the bulk transfers are under way.
private struct Flowing: Decodable {
  var flowing: Bool
}
