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

  static let lanes = [
    Lane(.file, .tcp, by: .sendfile), Lane(.file, .pipe, by: .splice), Lane(.pipe, .file, by: .splice),
  ]

  /// given a file whose kernel route says EAGAIN while the stream at the other end is ready; when it is copied; then the
  /// stream is not waited for, which would be for ever, and the bytes go another way.
  @Test("is not taken for a stream that must be waited for", arguments: lanes, Moment.allCases)
  func kernelRoute(_ lane: Lane, _ moment: Moment) async throws {
    // So that a copy that waits for ever fails, and does not hang the tests.
    let options = CopyOptions(deadline: .now + .seconds(10))
    let outcome = try await Rig.copy(over: lane, at: moment, options: options) { source, _ in
      [.init(lane.route == .sendfile ? .sendfile : .splice, on: source, .error(.wouldBlock), times: nil)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.report.delivered == outcome.original.count)
    #expect((outcome.report.bytesByRoute[lane.route] ?? 0 > 0) == (moment != .beforeTheFirstByte))
    #expect(outcome.report.bytesByRoute[.buffered] ?? 0 > 0)
    #expect(outcome.report.declined.contains { $0.route == lane.route && $0.reason.contains("EAGAIN") })
  }
}
