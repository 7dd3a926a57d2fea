import LinuxCalls
@testable import Millrace
import SystemPackage
import Testing

@Suite("tee(2) that fails", .serialized)
struct TeeCallTests {
  /// The call that goes wrong.
  private enum Place { case tee, spliceToFirstSink }

  /// Copies file → unix with a second sink by tee(2), and `effect` at one of its calls after that went well `passes` times.
  /// A file is never waited for, so that the copy keeps its pipes.
  private func copyTeed(
    _ effect: FaultEffect, at place: Place = .tee, after passes: Int, times: Int?
  ) async throws -> (Outcome, [UInt8]) {
    try await Rig.onReactor { reactor in
      let original = Pattern.bytes(5 << 19)
      let source = try FedSource(.file, original)
      let sink = try WatchedSink(.unix)
      let second = try WatchedSink(.tcp)
      // The pool is last in, first out: this is the pipe that the copy will lease.
      let pipe = try reactor.pipes.lease()
      let fault =
        switch place {
        case .tee: Faults.Fault(.tee, on: pipe.readEnd, effect, skipping: passes, times: times)
        case .spliceToFirstSink: Faults.Fault(.splice, on: sink.fd, effect, skipping: passes, times: times)
        }
      reactor.pipes.giveBack(pipe, isEmpty: true)
      let token = Faults.shared.arm(fault)
      // So that tee is called often.
      let short = Faults.shared.arm(.init(.splice, on: source.fd, .short(64 * 1024), times: nil))
      func copyTo(_ branch: some ByteSink, _ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(source.teed(to: branch, whenFailed: .fail), sink.endpoint)
      }
      let result = await copyTo(second.endpoint, source.endpoint)
      Faults.shared.disarm(short)
      let struck = Faults.shared.disarm(token)
      let outcome = Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest(),
        struck: struck)
      return (outcome, try await second.received())
    }
  }

  /// given a kernel that refuses to duplicate, at once or after a while; when the copy goes on; then both sinks get
  /// everything through memory, none of it twice, and the report has the reason.
  @Test(
    "hands over to memory, with every byte for both sinks",
    arguments: [Errno.invalidArgument, .noMemory, .noFunction, .ioError], [0, 1, 10])
  func refused(_ errno: Errno, _ passes: Int) async throws {
    let (outcome, second) = try await copyTeed(.error(errno), after: passes, times: nil)

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.struck == 1)
    #expect(Pattern.difference(outcome.received, outcome.original) == nil)
    #expect(Pattern.difference(second, outcome.original) == nil)
    #expect(outcome.report.declined.map(\.reason).contains("tee: \(errno)"))
    #expect((outcome.report.bytesByRoute[.pipedSplice] ?? 0 > 0) == (passes > 0))
    #expect(outcome.report.bytesByRoute[.buffered] ?? 0 > 0)
    #expect(
      outcome.report.tees == [CopyReport.TeeReport(delivered: outcome.original.count, missed: 0, detached: nil)])
  }

  /// given a first sink that refuses what is duplicated for the second already; then that does not get it a second time.
  @Test("is not needed where splice to the first sink is refused, and gives nothing twice", arguments: [0, 1, 10])
  func firstSinkRefuses(_ passes: Int) async throws {
    let (outcome, second) = try await copyTeed(
      .error(.invalidArgument), at: .spliceToFirstSink, after: passes, times: nil)

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.struck == 1)
    #expect(Pattern.difference(outcome.received, outcome.original) == nil)
    #expect(Pattern.difference(second, outcome.original) == nil)
    #expect(outcome.report.declined.map(\.reason).contains("splice: \(Errno.invalidArgument)"))
    #expect(outcome.report.bytesByRoute[.buffered] ?? 0 > 0)
  }

  @Test(
    "is made again after a signal, after EAGAIN, and where it duplicated few bytes",
    arguments: [FaultEffect.error(.interrupted), .error(.wouldBlock), .short(1), .short(4095)])
  func partial(_ effect: FaultEffect) async throws {
    let (outcome, second) = try await copyTeed(effect, after: 2, times: 20)

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.struck == 20)
    #expect(outcome.report.bytesByRoute == [.pipedSplice: outcome.original.count])
    #expect(Pattern.difference(second, outcome.original) == nil)
  }
}
