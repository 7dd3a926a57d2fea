import LinuxCalls
@testable import Millrace
import Synchronization
import Testing

/// A copy tcp → unix with a second sink that takes nothing.
struct StalledTee: Sendable {
  static let total = 5 << 20

  let source: FedSource
  let sink: WatchedSink
  let second: Connection
  let peer: PlainDescriptor

  init(_ total: Int = total) throws {
    source = try FedSource(.tcp, Pattern.bytes(total))
    sink = try WatchedSink(.unix)
    let (engine, peer) = try PlainPair.unix(buffer: 4096)
    second = try Connection(taking: FileDescriptor(rawValue: engine))
    self.peer = peer
  }

  func copy(_ policy: Tee.WhenStalled, _ options: CopyOptions) async -> Result<CopyReport, CopyError> {
    func copyAll(_ source: some ByteSource) async -> Result<CopyReport, CopyError> {
      await Rig.attempt(source.teed(to: second, whenStalled: policy), sink.endpoint, options)
    }
    return await copyAll(source.endpoint)
  }

  /// Returns once the copy waits although its source has bytes and its first sink has room: for the second sink.
  func untilCopyWaits(on reactor: Reactor, _ log: ProgressLog) async throws {
    try await Rig.until("the copy waits for the second sink") {
      guard await reactor.metrics().tasks.waiting > 0, try Linux.readableBytes(in: source.fd) > 0,
        try Linux.wait(for: sink.fd, .writable, milliseconds: 0)
      else { return false }
      // The reactor looks for events, and lets those go on who waited for one: the copy, if it waited for either.
      let delivered = log.all.last?.delivered
      await reactor.yield()
      return await reactor.metrics().tasks.waiting > 0 && log.all.last?.delivered == delivered
    }
  }
}

@Suite("A second sink that stalls", .serialized)
struct StalledTeeTests {
  /// By tee(2), and through memory.
  static let ways: [(choice: RouteChoice, route: Route)] = [
    (.only(.pipedSplice), .pipedSplice), (.only(.buffered), .buffered),
  ]

  /// given a second sink that takes a little and then nothing, and a patience with it; when that is over; then it is let go
  /// with what it got, the first sink gets everything, and the report counts both.
  @Test("is let go when the patience with it is over", arguments: ways, [Duration.zero, .milliseconds(30)])
  func detached(_ way: (choice: RouteChoice, route: Route), _ patience: Duration) async throws {
    try await Rig.onReactor { _ in
      let stalled = try StalledTee()
      // So that a copy that waits for ever fails, and does not hang the tests.
      let options = CopyOptions(deadline: .now + .seconds(30), routes: way.choice)
      let report = try await stalled.copy(.detach(after: patience), options).get()
      stalled.second.close()
      let got = try stalled.peer.read()

      #expect(report.bytesByRoute == [way.route: StalledTee.total])
      #expect(Pattern.difference(try await stalled.sink.received(), Pattern.bytes(StalledTee.total)) == nil)
      #expect(Pattern.difference(got, Pattern.bytes(got.count)) == nil)
      #expect(!got.isEmpty)
      let reason = "it took nothing for \(patience == .zero ? "0.0" : "30.0") ms with its backlog full"
      let tee = CopyReport.TeeReport(
        delivered: got.count, missed: StalledTee.total - got.count, detached: reason)
      #expect(report.tees == [tee])
      _ = try await stalled.source.rest()
    }
  }

  /// given a second sink that an earlier copy on this reactor has filled, so that its readiness says no before the first
  /// call; when the patience with it is over; then it is let go, as one that stalls later is.
  @Test("is let go when it was full from the start", arguments: ways)
  func fullFromTheStart(_ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { _ in
      let stalled = try StalledTee()
      let filling = CopyOptions(idleTimeout: .milliseconds(20))
      let filled = await Rig.attempt(Bytes(Pattern.bytes(1 << 20)), stalled.second, filling)
      guard case .failure(let error) = filled, case .idle = error.cause else { throw Missing("\(filled)") }

      // So that a copy that asks for ever fails, and does not hang the tests.
      let options = CopyOptions(deadline: .now + .seconds(5), routes: way.choice)
      let report = try await stalled.copy(.detach(after: .milliseconds(30)), options).get()
      stalled.second.close()

      #expect(report.bytesByRoute == [way.route: StalledTee.total])
      let tee = CopyReport.TeeReport(
        delivered: 0, missed: StalledTee.total, detached: "it took nothing for 30.0 ms with its backlog full")
      #expect(report.tees == [tee])
      #expect(Pattern.difference(try await stalled.sink.received(), Pattern.bytes(StalledTee.total)) == nil)
      _ = try await stalled.source.rest()
    }
  }

  /// given the same and no end to the patience; when the copy waits for it; then the first sink is no further ahead than
  /// the backlog; and when it takes again, both get everything.
  @Test("paces the copy where it is to be waited for", arguments: ways)
  func waited(_ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { reactor in
      let stalled = try StalledTee()
      let log = ProgressLog()
      let options = CopyOptions(deadline: .now + .seconds(60), routes: way.choice, progress: log.note)
      let copying = reactor.task { await stalled.copy(.wait, options) }
      try await stalled.untilCopyWaits(on: reactor, log)
      let ahead = log.all.last?.delivered ?? 0
      #expect(ahead > 0)
      #expect(ahead < 2 * TeeBranch.mostBacklog)

      let second = stalled.peer.drain()
      let report = try await copying.value.get()
      stalled.second.close()

      #expect(report.bytesByRoute == [way.route: StalledTee.total])
      #expect(report.waits.sink > 0)
      #expect(report.tees == [CopyReport.TeeReport(delivered: StalledTee.total, missed: 0, detached: nil)])
      #expect(Pattern.difference(try await second.value, Pattern.bytes(StalledTee.total)) == nil)
      #expect(Pattern.difference(try await stalled.sink.received(), Pattern.bytes(StalledTee.total)) == nil)
      _ = try await stalled.source.rest()
    }
  }

  /// given the same; when the copy is interrupted while it waits; then no byte of the first sink's is lost.
  @Test("does not keep a copy that is interrupted", arguments: Interruption.allCases, ways)
  func interrupted(_ interruption: Interruption, _ way: (choice: RouteChoice, route: Route)) async throws {
    try await Rig.onReactor { reactor in
      let stalled = try StalledTee()
      let log = ProgressLog()
      var options = interruption.options(way.choice)
      options.progress = log.note
      let copying = reactor.task { [options] in await stalled.copy(.wait, options) }
      if interruption == .cancel {
        try await stalled.untilCopyWaits(on: reactor, log)
        copying.cancel()
      }

      let result = try await copying.value

      stalled.second.close()
      let outcome = Outcome(
        original: Pattern.bytes(StalledTee.total), result: result, received: try await stalled.sink.received(),
        rest: try await stalled.source.rest())
      outcome.expectEveryByteAccountedFor()
      let error = try #require(outcome.error)
      #expect(error.side == .copy)
      #expect(interruption.isCause(error.cause), "\(error)")
      let got = try stalled.peer.read()
      #expect(error.report.tees.map(\.delivered) == [got.count])
      #expect(Pattern.difference(got, Pattern.bytes(got.count)) == nil)
    }
  }
}
