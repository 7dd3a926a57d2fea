import Glibc
import LinuxCalls
import Millrace
import Synchronization
import SystemPackage
import Testing

@Suite("A file that becomes shorter while it is sent", .serialized)
struct ShrinkingFileTests {
  private static let size = 3 << 20
  private static let left = 1 << 21

  static let lanes = [
    Lane(.file, .tcp, by: .sendfile),
    Lane(.file, .unix, by: .buffered, choice: .only(.buffered)),
    Lane(.file, .pipe, by: .splice),
    Lane(.file, .file, by: .copyFileRange),
    Lane(.file, .file, by: .buffered, choice: .only(.buffered)),
  ]

  @Test("is an error with the exact debt when its length was promised", arguments: lanes)
  func promised(_ lane: Lane) async throws {
    try await Rig.onReactor { _ in
      let (file, result, received) = try await copyShrinking(lane) { $0.section(offset: 0, length: Self.size) }

      guard case .failure(let error) = result, case .truncated(let owed) = error.cause else {
        throw Missing("no truncation was told: \(result)")
      }
      #expect(error.side == .source)
      #expect(owed == Self.size - Self.left)
      #expect(error.report.delivered == Self.left)
      #expect(error.residue.count == 0)
      #expect(received == Pattern.bytes(Self.left))
      #expect(error.report.mainRoute == lane.route)
      file.close()
    }
  }

  @Test("simply ends earlier when nothing was promised", arguments: lanes)
  func notPromised(_ lane: Lane) async throws {
    try await Rig.onReactor { _ in
      let (file, result, received) = try await copyShrinking(lane) { $0 }

      let report = try result.get()
      #expect(report.end == .sourceEnded)
      #expect(report.delivered == Self.left)
      #expect(received == Pattern.bytes(Self.left))
      #expect(file.position == Int64(Self.left))
      file.close()
    }
  }

  @Test("owes everything beyond its end when it was too short from the start", arguments: lanes)
  func tooShort(_ lane: Lane) async throws {
    try await Rig.onReactor { _ in
      let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(100))))
      let sink = try WatchedSink(lane.sink)
      func copySection(_ sink: some ByteSink) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(file.section(offset: 60, length: 1000), sink, CopyOptions(routes: lane.choice))
      }

      let result = await copySection(sink.endpoint)

      guard case .failure(let error) = result, case .truncated(960) = error.cause else {
        throw Missing("no truncation was told: \(result)")
      }
      #expect(error.report.delivered == 40)
      #expect(try await sink.received() == Pattern.bytes(40, from: 60))
      file.close()
    }
  }

  /// Cuts the file off as soon as its first bytes are delivered.
  private func copyShrinking<Source: ByteSource>(
    _ lane: Lane, _ part: (File) -> Source
  ) async throws -> (File, Result<CopyReport, CopyError>, [UInt8]) {
    let fd = try PlainFile.make(Pattern.bytes(Self.size))
    let file = File(taking: FileDescriptor(rawValue: fd))
    let sink = try WatchedSink(lane.sink)
    // copy_file_range would be done with it in one call.
    let short = Faults.shared.arm(.init(.copyFileRange, on: fd, .short(1 << 20), times: nil))
    defer { Faults.shared.disarm(short) }
    let options = CopyOptions(routes: lane.choice, progress: { _ in ftruncate(fd, off_t(Self.left)) })
    func copyAny(_ sink: some ByteSink) async -> Result<CopyReport, CopyError> {
      await Rig.attempt(part(file), sink, options)
    }
    let result = await copyAny(sink.endpoint)
    return (file, result, try await sink.received())
  }
}
