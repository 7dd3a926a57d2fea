@testable import Millrace
import Testing

@Suite("A file with nothing left to give")
struct NothingLeftTests {
  private static let cases: [(SinkKind, Route)] = [
    (.tcp, .sendfile), (.unix, .sendfile), (.file, .copyFileRange), (.file, .pipedSplice), (.pipe, .splice),
    (.tcp, .buffered),
  ]

  /// given an empty file, or one that stands at its end; when one route is asked for and no other; then the copy comes to
  /// its end by that route with nothing to explain: a call that gives nothing is no refusal here.
  @Test("is the end on every route, and no refusal", arguments: cases, [0, 5000])
  func end(test: (sink: SinkKind, route: Route), size: Int) async throws {
    let reactors = try MatrixReactor()
    try await reactors.group.all[0].task {
      let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(size))))
      file.position = Int64(size)
      let to = try SinkRig(test.sink, length: nil)
      let report = try await copy(from: file, to: to.sink, options: CopyOptions(routes: .only(test.route)))
      #expect(report.delivered == 0)
      #expect(report.end == .sourceEnded)
      #expect(report.declined == [])
      file.close()
      to.close()
    }.value
    try await reactors.expectNothingLeased()
  }

  /// given bytes in front of a socket, and the buffered route asked for; when they are copied together; then all of them
  /// count for that route.
  @Test("a prefix counts for the one route that was asked for")
  func prefix() async throws {
    let reactors = try MatrixReactor()
    try await reactors.group.all[0].task {
      let from = try SourceRig(.unix, Pattern.bytes(100))
      let to = try SinkRig(.tcp, length: nil)
      try from.feeder?.write(from.bytes)
      from.feeder?.finishWriting()
      let report = try await copy(
        from: from.source.prefixed(by: [1, 2, 3]), to: to.sink, options: CopyOptions(routes: .only(.buffered)))
      #expect(report.bytesByRoute == [.buffered: 103])
      from.close()
      to.close()
    }.value
    try await reactors.expectNothingLeased()
  }
}
