import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// EAGAIN from what nobody can wait for: a regular file, as FUSE and tracefs may have it.
@Suite("A file that says EAGAIN", .serialized)
struct FruitlessWaitTests {
  @Test("fails as the source, and is not asked for ever")
  func source() async throws {
    let outcome = try await Rig.copy(over: Lane(.file, .tcp, by: .buffered, choice: .only(.buffered))) { source, _ in
      [.init(.pread, on: source, .error(.wouldBlock), times: nil)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error?.side == .source)
    #expect(outcome.error?.errno == .wouldBlock)
  }

  @Test("fails as the sink, and is not asked for ever")
  func sink() async throws {
    let outcome = try await Rig.copy(over: Lane(.tcp, .file, by: .buffered, choice: .only(.buffered))) { _, sink in
      [.init(.pwrite, on: sink, .error(.wouldBlock), times: nil)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error?.side == .sink)
    #expect(outcome.error?.errno == .wouldBlock)
  }

  /// given a file from which sendfile says EAGAIN while the socket has room; when it is copied; then the socket is not waited
  /// for, which would be for ever, and the bytes go another way.
  @Test("is not taken for a full socket")
  func sendfile() async throws {
    let outcome = try await Rig.copy(over: Lane(.file, .tcp, by: .sendfile)) { source, _ in
      [.init(.sendfile, on: source, .error(.wouldBlock), times: nil)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.report.bytesByRoute == [.buffered: outcome.original.count])
    #expect(outcome.report.declined.contains { $0.route == .sendfile && $0.reason.contains("EAGAIN") })
  }
}
