import Foundation
import Millrace
import Testing

/// Files whose size is said to be 0 and which have bytes all the same.
@Suite("Files in /proc")
struct ProcFileTests {
  private static let path = "/proc/version"

  private func expected() throws -> [UInt8] {
    let number = open(Self.path, O_RDONLY)
    guard number >= 0 else { throw PlainFailure(call: "open") }
    return try PlainDescriptor(number).read()
  }

  /// The kernel's shortcut moved nothing and said so; another way moved all.
  private func expectAll(_ report: CopyReport, _ count: Int, notBy route: Route) {
    #expect(report.delivered == count)
    #expect(report.bytesByRoute[route] == nil)
    #expect(report.declined.contains { $0.route == route && !$0.reason.isEmpty })
    #expect(report.end == .sourceEnded)
  }

  /// given a file in /proc; when it is copied to a file that stands at a position; then every byte is there, by splice,
  /// and the report says why copy_file_range did not do it.
  @Test("are copied whole to a file, at its position")
  func toFile() async throws {
    let expected = try expected()
    let source = try await File.open(FilePath(Self.path))
    let sink = File(taking: FileDescriptor(rawValue: try PlainFile.make([1, 2, 3, 4])))
    sink.position = 2
    let report = try await copy(from: source, to: sink)
    expectAll(report, expected.count, notBy: .copyFileRange)
    #expect(report.bytesByRoute == [.pipedSplice: expected.count])
    #expect(try PlainFile.contents(of: sink.fileDescriptor.rawValue) == [1, 2] + expected)
    #expect(sink.position == Int64(2 + expected.count))
    #expect(source.position == Int64(expected.count))
  }

  /// given the same; when it is sent to a socket; then every byte arrives: sendfile moved them, or the report says why
  /// it did not.
  @Test("are sent whole to a socket")
  func toSocket() async throws {
    let expected = try expected()
    let source = try await File.open(FilePath(Self.path))
    let (engine, peer) = try PlainPair.unix()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    let report = try await copy(from: source, to: connection)
    connection.close()
    #expect(try peer.read() == expected)
    #expect(report.delivered == expected.count)
    // Its size says that there is nothing to wait for, which is no promise.
    #expect(report.waits.blockingPool > 0)
    if report.bytesByRoute[.sendfile] == nil { expectAll(report, expected.count, notBy: .sendfile) }
  }

  /// given a file that answers a read at its start alone, as those with one number do; when all of it is read; then it is
  /// read whole.
  @Test("with a number in them are read whole")
  func number() async throws {
    let path = "/proc/sys/kernel/pid_max"
    let source = try await File.open(FilePath(path))
    #expect(try await readAll(from: source) == Array(try String(contentsOfFile: path, encoding: .utf8).utf8))
  }

  /// given the same; when all of it is read; then every byte is in memory.
  @Test("are read whole into memory")
  func toMemory() async throws {
    let source = try await File.open(FilePath(Self.path))
    #expect(try await readAll(from: source, limit: 1 << 20) == (try expected()))
  }
}
