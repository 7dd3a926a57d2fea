import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite(
  "A disk that becomes full", .serialized,
  .enabled("needs the right to mount a tmpfs (root)") { await SmallDisk.isAllowed.value })
struct FullDiskTests {
  static let lanes = [
    Lane(.tcp, .file, by: .pipedSplice),
    Lane(.pipe, .file, by: .splice),
    Lane(.tcp, .file, by: .buffered, choice: .only(.buffered)),
    Lane(.file, .file, by: .buffered, choice: .only(.buffered)),
    Lane(.file, .file, by: .pipedSplice, choice: .without([.copyFileRange])),
  ]

  @Test("fails the sink with the residue exact, and the copy can be completed once there is room", arguments: lanes)
  func fullDisk(_ lane: Lane) async throws {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(SmallDisk.size + 300_000)
      let source = try FedSource(lane.source, original)
      let fd = try #require(await SmallDisk.files(1)).first ?? -1
      let sink = File(taking: FileDescriptor(rawValue: fd))
      func copyAll(_ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(source, sink, CopyOptions(routes: lane.choice))
      }

      let result = await copyAll(source.endpoint)

      let outcome = Outcome(
        original: original, result: result, received: try PlainFile.contents(of: fd).prefix(sink.position),
        rest: try await source.rest())
      outcome.expectEveryByteAccountedFor()
      let error = try #require(outcome.error)
      #expect(error.side == .sink)
      #expect(error.errno == .noSpace)
      #expect(error.report.mainRoute == lane.route)
      #expect(Int64(error.report.delivered) == sink.position)

      // When there is room again, the residue goes where the copy stopped.
      let delivered = error.report.delivered
      try Linux.truncate(fd, to: 0)
      sink.position = 0
      try await Millrace.copy(from: error.residue, to: sink)
      #expect(try PlainFile.contents(of: fd) == Array(original[delivered..<error.report.consumed]))
      sink.close()
    }
  }

  @Test("fails copy_file_range with the sink named and the positions where they belong")
  func betweenFilesOfIt() async throws {
    try await Rig.onReactor { _ in
      let fds = try #require(await SmallDisk.files(2))
      let original = Pattern.bytes(700_000)
      let (source, sink) = (
        File(taking: FileDescriptor(rawValue: fds[0])), File(taking: FileDescriptor(rawValue: fds[1]))
      )
      try await Millrace.copy(from: Bytes(original), to: source)
      source.position = 0

      let result = await Rig.attempt(source, sink)

      guard case .failure(let error) = result else { throw Missing("it fitted: \(result)") }
      #expect(error.side == .sink)
      #expect(error.errno == .noSpace)
      #expect(error.report.consumed == error.report.delivered + error.residue.count)
      #expect(source.position == Int64(error.report.consumed))
      #expect(sink.position == Int64(error.report.delivered))
      let received = try PlainFile.contents(of: fds[1], from: 0, count: error.report.delivered)
      #expect(received + error.residue.array == Array(original.prefix(error.report.consumed)))
      source.close()
      sink.close()
    }
  }
}

@Suite("/dev/full")
struct DevFullTests {
  @Test(
    "is a sink that fails, from memory, a file, a pipe and a connection", arguments: [EndRole.file, .pipe, .tcp, .unix])
  func devFull(_ role: EndRole) async throws {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(200_000)
      let source = try FedSource(role, original)
      let sink = try await File.open("/dev/full", for: .write)
      func copyAll(_ source: some ByteSource) async -> Result<CopyReport, CopyError> { await Rig.attempt(source, sink) }

      let result = await copyAll(source.endpoint)

      let outcome = Outcome(original: original, result: result, received: [], rest: try await source.rest())
      outcome.expectEveryByteAccountedFor()
      let error = try #require(outcome.error)
      #expect(error.side == .sink)
      #expect(error.errno == .noSpace)
      sink.close()
    }
  }
}

extension Array {
  fileprivate func prefix(_ count: Int64) -> [Element] { Array(prefix(Int(count))) }
}
