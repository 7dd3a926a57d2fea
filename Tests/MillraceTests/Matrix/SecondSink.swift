import Millrace

/// The second sink of a teed case: a connection, a pipe or a file, drained by a thread of its own.
struct SecondSink: Sendable {
  let sink: any ByteSink
  private let number: Int32
  private let drained: Task<[UInt8], any Error>?
  private let release: @Sendable () -> Void

  init(_ seed: UInt64) throws {
    switch seed % 3 {
    case 0:
      let (engine, peer) = try PlainPair.unix()
      let connection = try Connection(taking: FileDescriptor(rawValue: engine))
      (sink, number, release) = (connection, engine, connection.close)
      drained = startThread { try peer.read() }
    case 1:
      let (engine, peer) = try PlainPair.pipeFromEngine()
      let end = try PipeEnd(taking: FileDescriptor(rawValue: engine))
      (sink, number, release) = (end, engine, end.close)
      drained = startThread { try peer.read() }
    default:
      let file = File(taking: FileDescriptor(rawValue: try PlainFile.make([])))
      (sink, number, release) = (file, file.fileDescriptor.rawValue, file.close)
      drained = nil
    }
  }

  var name: String? { Descriptors.name(of: number) }

  /// What is wrong with what it got and with what the report says of it. It is closed.
  func problems(_ expected: [UInt8], _ report: CopyReport.TeeReport?) async -> [String] {
    var problems: [String] = []
    do {
      let contents = drained == nil ? try PlainFile.contents(of: number) : []
      release()
      let got = try await drained?.value ?? contents
      if let difference = Pattern.difference(got, expected) { problems.append("the second sink has \(difference)") }
    } catch {
      problems.append("the second sink: \(error)")
    }
    guard let report else { return problems }
    if report.delivered != expected.count || report.missed != 0 || report.detached != nil {
      problems.append("the report says of the second sink \(report), with \(expected.count) bytes to get")
    }
    return problems
  }
}
