import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A sink that appends", .serialized)
struct AppendingSinkTests {
  static let roles: [EndRole] = [.file, .tcp, .unix, .pipe]

  @Test("gets its bytes at its end by the buffered route, though the flag was set behind our back", arguments: roles)
  func setLate(_ role: EndRole) async throws {
    try await Rig.onReactor { _ in
      // Given a file that was opened without O_APPEND, has content, and has been copied to before.
      let fd = try PlainFile.make([])
      let sink = File(taking: FileDescriptor(rawValue: fd))
      try await Millrace.copy(from: Bytes("before "), to: sink)
      sink.position = 3
      try Linux.setFlags(of: fd, to: try Linux.flags(of: fd).union(.append))
      let original = Pattern.bytes(300_000)
      let source = try FedSource(role, original)
      func copyAll(_ source: some ByteSource) async throws -> CopyReport {
        try await Millrace.copy(from: source, to: sink)
      }

      // When something is copied to it.
      let report = try await copyAll(source.endpoint)

      // Then it stands behind what was there, whatever the position says.
      let isAppended = try PlainFile.contents(of: fd) == Array("before ".utf8) + original
      #expect(isAppended)
      #expect(report.bytesByRoute == [.buffered: original.count])
      #expect(report.declined.contains { $0.reason == "sink appends" })
      sink.close()
    }
  }

  @Test("is refused a kernel route that was asked for, before a byte is moved")
  func forced() async throws {
    try await Rig.onReactor { _ in
      let fd = try PlainFile.make(Array("before".utf8), appending: true)
      let sink = File(taking: FileDescriptor(rawValue: fd))
      let source = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(1000))))

      let result = await Rig.attempt(source, sink, CopyOptions(routes: .only(.copyFileRange)))

      guard case .failure(let error) = result, case .routeUnavailable(.copyFileRange, "sink appends") = error.cause
      else { throw Missing("it was not refused: \(result)") }
      #expect(error.report.consumed == 0)
      #expect(try PlainFile.contents(of: fd) == Array("before".utf8))
      source.close()
      sink.close()
    }
  }
}
