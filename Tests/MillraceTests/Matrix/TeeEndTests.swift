import LinuxCalls
@testable import Millrace
import Testing

/// Everything is with the first sink, and the second one still has some to take: less than its backlog may be.
@Suite("At the end of a copy a second sink that is behind", .serialized)
struct TeeEndTests {
  private static let total = 200 * 1024

  /// Returns once the first sink has everything and the copy waits.
  private func untilOnlyTheSecondIsLeft(_ log: ProgressLog, on reactor: Reactor) async throws {
    try await Rig.until("the copy waits for the second sink alone") {
      guard log.all.last?.delivered == Self.total else { return false }
      await reactor.yield()
      return await reactor.metrics().tasks.waiting > 0
    }
  }

  /// given a second sink that is let go as soon as its backlog is full, which it never is; when it takes the rest only after
  /// the first sink has everything; then it gets every byte.
  @Test("is waited for though there is no patience with a full backlog", arguments: StalledTeeTests.ways)
  func patience(_ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { reactor in
      let stalled = try StalledTee(Self.total)
      let log = ProgressLog()
      let options = CopyOptions(routes: way.choice, progress: log.note)
      let copying = reactor.task { await stalled.copy(.detach(after: .zero), options) }
      try await untilOnlyTheSecondIsLeft(log, on: reactor)

      let second = stalled.peer.drain()
      let report = try await copying.value.get()
      stalled.second.close()

      #expect(report.tees == [CopyReport.TeeReport(delivered: Self.total, missed: 0, detached: nil)])
      #expect(Pattern.difference(try await second.value, Pattern.bytes(Self.total)) == nil)
      _ = try await stalled.sink.received()
      _ = try await stalled.source.rest()
    }
  }

  /// given the same; when it takes nothing any more; then it is let go, and the report does not speak of a full backlog.
  @Test("is let go when it takes nothing", arguments: StalledTeeTests.ways)
  func letGo(_ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { _ in
      let stalled = try StalledTee(Self.total)
      let report = try await stalled.copy(.detach(after: .zero), CopyOptions(routes: way.choice)).get()
      stalled.second.close()
      let got = try stalled.peer.read()

      #expect(report.delivered == Self.total)
      let reason = "it took nothing for 1.0 s at the end of the copy"
      let tee = CopyReport.TeeReport(delivered: got.count, missed: Self.total - got.count, detached: reason)
      #expect(report.tees == [tee])
      _ = try await stalled.sink.received()
      _ = try await stalled.source.rest()
    }
  }

  /// given a second sink that takes nothing, and a copy that passes the end on; then the first sink has its end before the
  /// second has its bytes: whoever reads there waits for nobody.
  @Test("does not hold up the end of the stream", arguments: StalledTeeTests.ways)
  func endOfStream(_ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { reactor in
      let stalled = try StalledTee(Self.total)
      let (engine, far) = try PlainPair.unix(buffer: 1 << 20)
      let sink = try Connection(taking: FileDescriptor(rawValue: engine))
      func copyAll(_ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(
          source.teed(to: stalled.second, whenStalled: .detach(after: .seconds(3600))), sink,
          CopyOptions(passesEnd: true, routes: way.choice))
      }
      let copying = reactor.task { await copyAll(stalled.source.endpoint) }

      // To the end of the stream.
      let first = try await far.drain().value
      #expect(Pattern.difference(first, Pattern.bytes(Self.total)) == nil)

      let second = stalled.peer.drain()
      let report = try await copying.value.get()
      #expect(report.tees == [CopyReport.TeeReport(delivered: Self.total, missed: 0, detached: nil)])
      // The end is passed on to the second sink, too.
      #expect(Pattern.difference(try await second.value, Pattern.bytes(Self.total)) == nil)
      for end in [sink, stalled.second] { end.close() }
      _ = try await stalled.sink.received()
      _ = try await stalled.source.rest()
    }
  }

  /// given one that is to be waited for; when the copy is interrupted meanwhile; then the first sink has everything, and the
  /// report says what the second one missed.
  @Test("does not keep a copy that is interrupted", arguments: Interruption.allCases, StalledTeeTests.ways)
  func interrupted(_ interruption: Interruption, _ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { reactor in
      let stalled = try StalledTee(Self.total)
      let log = ProgressLog()
      var options = interruption.options(way.choice)
      options.progress = log.note
      let copying = reactor.task { [options] in await stalled.copy(.wait, options) }
      if interruption == .cancel {
        try await untilOnlyTheSecondIsLeft(log, on: reactor)
        copying.cancel()
      }

      let result = try await copying.value

      stalled.second.close()
      let got = try stalled.peer.read()
      let outcome = Outcome(
        original: Pattern.bytes(Self.total), result: result, received: try await stalled.sink.received(),
        rest: try await stalled.source.rest())
      outcome.expectEveryByteAccountedFor()
      let error = try #require(outcome.error)
      #expect(error.side == .copy)
      #expect(interruption.isCause(error.cause), "\(error)")
      // A time limit comes by itself, and on a busy machine before the end.
      if interruption == .cancel { #expect(outcome.report.delivered == Self.total) }
      #expect(outcome.report.tees.map(\.delivered) == [got.count])
      #expect(outcome.report.tees.map(\.missed) == [outcome.report.delivered - got.count])
    }
  }
}
