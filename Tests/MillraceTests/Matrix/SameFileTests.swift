import Millrace
import Testing

@Suite("A file copied to itself")
struct SameFileTests {
  private let number: Int32
  private let file: File
  private let bytes = Pattern.bytes(10_000)

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
    let end = Int64(bytes.count)
    let appending = File(taking: FileDescriptor(rawValue: try PlainTwin.reopen(number, appending: true)))
    try await expectRefused { try await copy(from: file, to: appending) }
    // Cancelled when it has gone too far, so that a copy that is not refused does not fill the disk.
    let task = Task {
      try await withThrowingTaskGroup(of: CopyReport.self) { group in
        let (gone, goesTooFar) = AsyncStream.makeStream(of: Void.self)
        group.addTask {
          let source: WrappedSource = file.section(offset: 0).observed {
            if $0.delivered > 3 * end { goesTooFar.finish() }
          }
          return try await copy(from: source, to: file.section(offset: Int64(end)))
        }
        group.addTask {
          for await _ in gone {}
          throw CancellationError()
        }
        defer { group.cancelAll() }
        return try await group.next() ?? { throw CancellationError() }()
      }
    }
    try await expectRefused { try await task.value }
  }

  /// given two ranges of one file that do not overlap; when one is copied onto the other; then it is as with two files.
  @Test("is copied where the ranges do not overlap")
  func apart() async throws {
    let report = try await copy(from: file.section(offset: 0, length: 4000), to: file.section(offset: 5000))
    #expect(report.delivered == 4000)
    let expected = bytes.prefix(5000) + bytes.prefix(4000) + bytes.dropFirst(9000)
    #expect(try PlainFile.contents(of: number) == Array(expected))
  }

  /// given no bytes to copy; then there is nothing to refuse.
  @Test("of which nothing is copied is left alone")
  func nothing() async throws {
    let report = try await copy(from: file, to: file, limit: 0)
    #expect(report.delivered == 0)
    #expect(try PlainFile.contents(of: number) == bytes)
  }
}
