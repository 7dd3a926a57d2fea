import Millrace
import Testing

@Suite("A section as second sink")
struct SecondSinkSectionTests {
  private static let total = 1_500_000
  private let bytes = Pattern.bytes(total)
  private let before = Pattern.bytes(2_000_000, from: 7_000_000)
  private let offset = 1000
  private let number: Int32
  private let file: File

  init() throws {
    number = try PlainFile.make(before)
    file = File(taking: FileDescriptor(rawValue: number))
  }

  static let ways: [(RouteChoice, Route)] = [(.automatic, .pipedSplice), (.only(.buffered), .buffered)]

  /// given a file with something in it; when a section of it is a second sink; then what lies around the section stays,
  /// and the report tells what the section had no room for. Even where a failure would fail the copy: it is none.
  @Test("gets what it has room for", arguments: ways, [0, 5000, 700_001, total])
  func bounded(_ way: (routes: RouteChoice, route: Route), _ length: Int) async throws {
    let section = file.section(offset: Int64(offset), length: length)
    let (report, received) = try await copyOver(way.routes) { $0.teed(to: section, whenFailed: .fail) }

    #expect(report.bytesByRoute == [way.route: bytes.count])
    #expect(Pattern.difference(received, bytes) == nil)
    try expectFilled(report, with: Array(bytes.prefix(length)), missed: bytes.count - length)
  }

  /// given a prefix that the second sink does not see; then its section begins with what follows the prefix.
  @Test("has room for the bytes it sees, not for a prefix put in front of them")
  func behindPrefix() async throws {
    let section = file.section(offset: Int64(offset), length: 5000)
    let (report, received) = try await copyOver(.automatic) {
      $0.teed(to: section).prefixed(by: Pattern.bytes(3000, from: 9_000_000))
    }

    #expect(received.count == bytes.count + 3000)
    try expectFilled(report, with: Array(bytes.prefix(5000)), missed: bytes.count - 5000)
  }

  private func copyOver(
    _ routes: RouteChoice, _ wrapped: (Connection) -> WrappedSource
  ) async throws -> (CopyReport, received: [UInt8]) {
    let (engine, feeder) = try PlainPair.tcp()
    let source = try Connection(taking: FileDescriptor(rawValue: engine))
    let sink = try WatchedSink(.unix)
    feeder.feed(bytes)
    func copyTo(_ sink: some ByteSink) async throws -> CopyReport {
      try await copy(from: wrapped(source), to: sink, options: CopyOptions(routes: routes))
    }
    let report = try await copyTo(sink.endpoint)
    source.close()
    return (report, try await sink.received())
  }

  private func expectFilled(_ report: CopyReport, with filling: [UInt8], missed: Int) throws {
    let tee = try #require(report.tees.first)
    #expect(tee.delivered == filling.count)
    #expect(tee.missed == missed)
    #expect(tee.detached == (missed > 0 ? "its section of \(filling.count) bytes is full" : nil))
    let expected = before.prefix(offset) + filling + before.dropFirst(offset + filling.count)
    #expect(Pattern.difference(try PlainFile.contents(of: number), Array(expected)) == nil)
    file.close()
  }
}

@Suite("Wrappers around a second sink")
struct WrappedSecondSinkTests {
  static let wrappers = ["observed", "throttled", "hashed", "teed"]

  /// given a second sink with someone who wants to look on or to set the pace; when the copy begins; then it is refused
  /// in so many words, and not made as if they were not there.
  @Test("are refused", arguments: wrappers)
  func refused(_ wrapper: String) async throws {
    let number = try PlainFile.make([])
    let file = File(taking: FileDescriptor(rawValue: number))
    let second: WrappedSink =
      switch wrapper {
      case "observed": file.observed { _ in }
      case "throttled": file.throttled(to: 1 << 30)
      case "hashed": file.hashed(into: Checksum64())
      default: file.teed(to: File(taking: FileDescriptor(rawValue: try PlainFile.make([]))))
      }
    let source = Bytes(Pattern.bytes(1000))

    let result = await Rig.attempt(source, WriterSink(writer: ArrayWriter()).teed(to: second))

    guard case .failure(let error) = result else { throw Missing("\(wrapper) is not refused") }
    guard case .unsupported(let reason) = error.cause else { throw Missing("\(error)") }
    #expect(error.side == .sink)
    #expect(reason.contains("wrap"))
    #expect(error.report.delivered == 0)
    #expect(try PlainFile.contents(of: number) == [])
    file.close()
  }
}
