import Millrace
import Testing

@Suite("A file copied to itself")
struct SameFileTests {
  private let number: Int32
  private let file: File
  private let bytes = Pattern.bytes(10_000)
  private let end: Int64 = 10_000

  init() throws {
    number = try PlainFile.make(bytes)
    file = File(taking: FileDescriptor(rawValue: number))
  }

  private func expectRefused(_ body: () async throws -> CopyReport) async throws {
    let error = try await #require(throws: CopyError.self) { _ = try await body() }
    guard case .sameFile = error.cause else {
      Issue.record("refused for another reason: \(error)")
      return
    }
    #expect(error.report.delivered == 0)
    #expect(try PlainFile.contents(of: number) == bytes)
  }

  /// given one file, opened once or through two descriptors; when it is copied onto itself; then it is refused, and the
  /// file is as it was.
  @Test("is refused where the ranges overlap")
  func overlapping() async throws {
    let twin = File(taking: FileDescriptor(rawValue: try PlainTwin.reopen(number, appending: false)))
    try await expectRefused { try await copy(from: file, to: file) }
    try await expectRefused { try await copy(from: file, to: twin) }
    try await expectRefused {
      try await copy(from: file.section(offset: 0, length: 6000), to: twin.section(offset: 5000))
    }
  }

  /// given a range without an end; when it is copied behind itself; then it is refused, for it would read what it wrote
  /// and never end.
  @Test("is refused where it would follow itself for ever")
  func unbounded() async throws {
    let appending = File(taking: FileDescriptor(rawValue: try PlainTwin.reopen(number, appending: true)))
    try await expectRefused { try await copy(from: file, to: appending) }
    try await expectRefusedBeforeItRunsAway(file.section(offset: 0), file.section(offset: end))
  }

  /// Cancelled when it has gone too far, so that a copy that is not refused does not fill the disk.
  private func expectRefusedBeforeItRunsAway(_ source: some ByteSource, _ sink: some ByteSink) async throws {
    let most = 3 * bytes.count
    try await expectRefused {
      try await withThrowingTaskGroup(of: CopyReport.self) { group in
        let (gone, goesTooFar) = AsyncStream.makeStream(of: Void.self)
        group.addTask {
          let observed: WrappedSource = source.observed { if $0.delivered > most { goesTooFar.finish() } }
          return try await copy(from: observed, to: sink)
        }
        group.addTask {
          for await _ in gone {}
          throw CancellationError()
        }
        defer { group.cancelAll() }
        return try await group.next() ?? { throw CancellationError() }()
      }
    }
  }

  /// given a range with a prefix, copied to a place before it; when the prefix pushes the bytes over the range; then it is
  /// refused, for they would be overwritten before they are read.
  @Test("is refused where a prefix makes the ranges overlap")
  func prefixed() async throws {
    let source = file.section(offset: 100, length: 100)
    try await expectRefused {
      try await copy(from: source.prefixed(by: Pattern.bytes(150)), to: file.section(offset: 0))
    }
    // Behind the end there is nothing to read until the prefix is written there.
    try await expectRefusedBeforeItRunsAway(
      file.section(offset: end).prefixed(by: Pattern.bytes(200)), file.section(offset: end - 100))
  }

  /// given a second sink in the file that is copied from; then it is as with the first.
  @Test("is refused where a second sink would overwrite it, or make it grow for ever")
  func secondSink() async throws {
    let other = File(taking: FileDescriptor(rawValue: try PlainFile.make([])))
    let appending = File(taking: FileDescriptor(rawValue: try PlainTwin.reopen(number, appending: true)))
    try await expectRefused {
      try await copy(
        from: file.section(offset: 0, length: 6000).teed(to: file.section(offset: 5000)), to: other.section(offset: 0))
    }
    try await expectRefused {
      let source = file.section(offset: 100, length: 100).prefixed(by: Pattern.bytes(150))
      return try await copy(from: source.teed(to: file.section(offset: 0)), to: other.section(offset: 0))
    }
    for second in [appending.sinkShape, file.section(offset: end).sinkShape] {
      try await expectRefusedBeforeItRunsAway(
        file.section(offset: 0).teed(to: ShapedSink(sinkShape: second)), other.section(offset: 0))
    }
    // No first sink of the kernel's is needed for that.
    try await expectRefusedBeforeItRunsAway(
      file.section(offset: 0).teed(to: file.section(offset: end)), WriterSink(writer: ArrayWriter()))
    #expect(try await other.size() == 0)
  }

  /// given two ranges of one file that do not overlap; when one is copied onto the other; then it is as with two files.
  @Test("is copied where the ranges do not overlap")
  func apart() async throws {
    let report = try await copy(from: file.section(offset: 0, length: 4000), to: file.section(offset: 5000))
    #expect(report.delivered == 4000)
    let expected = bytes.prefix(5000) + bytes.prefix(4000) + bytes.dropFirst(9000)
    #expect(try PlainFile.contents(of: number) == Array(expected))
  }

  /// given a prefix and a second sink whose ranges do not overlap with what is read; then they are as in another file.
  @Test("is copied behind a prefix, and to a second sink, where the ranges do not overlap")
  func apartWithMore() async throws {
    let prefix = Pattern.bytes(150, from: 1 << 20)
    let source = file.section(offset: 200, length: 1000)
    let second = file.section(offset: 1200, length: 1000)
    let report = try await copy(
      from: source.teed(to: second).prefixed(by: prefix), to: file.section(offset: 50, length: 150))
    #expect(report.delivered == 150)
    #expect(report.tees.first?.delivered == 0)
    try await copy(from: source.teed(to: second).prefixed(by: prefix), to: file.section(offset: 5000))
    var expected = bytes
    expected.replaceSubrange(50..<200, with: prefix)
    expected.replaceSubrange(1200..<2200, with: bytes[200..<1200])
    expected.replaceSubrange(5000..<6150, with: prefix + bytes[200..<1200])
    #expect(Pattern.difference(try PlainFile.contents(of: number), expected) == nil)
  }

  /// given no bytes to copy; then there is nothing to refuse.
  @Test("of which nothing is copied is left alone")
  func nothing() async throws {
    let report = try await copy(from: file, to: file, limit: 0)
    #expect(report.delivered == 0)
    #expect(try PlainFile.contents(of: number) == bytes)
  }
}

private struct ShapedSink: ByteSink {
  let sinkShape: SinkShape
}
