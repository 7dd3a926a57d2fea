/// Bulk from a file in the page cache to sockets.
struct FileBulk: Scenario {
  let connections: Int

  var name: String { "file-bulk-\(connections)" }
  var title: String { "bulk, file to socket, \(connections) connection(s)" }
  var subjects: [Subject] { [.engineAutomatic, .engineBuffered, .bareSendfile] }
  var metrics: [Metric] { [.cpuPerGiB, .throughput] }
  var references: [Subject] { [.bareSendfile] }
  var targets: [Target] { Target.bulk(connections, against: [.bareSendfile]) }

  func measure(
    _ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass
  ) throws -> Measurement {
    let repeats = max(1, rig.bytes / (rig.fileBytes * UInt64(connections)))
    guard let program = subject.program else { throw Failure("\(subject.rawValue) serves no files.") }
    let server = try crew.listen(program, subject.serving(rig.file))
    let before = try server.child.cpuSeconds()
    let fetch = try crew.start(
      .load,
      [
        "fetch", "--connect", String(server.ports[0]), "--connections", String(connections),
        "--repeat", String(repeats), "--drain", pass.drain,
      ])
    let arrived: Transfer = try crew.line(of: fetch)
    let spent = try server.child.cpuSeconds() - before
    try fetch.end(before: crew.deadline)
    let expected = rig.fileBytes * UInt64(connections) * repeats
    return try arrived.measurement(expecting: expected, by: subject, cpuSeconds: spent)
  }
}
