import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A second sink that fails", .serialized)
struct SecondSinkFailureTests {
  /// Copies tcp → unix with a second sink, a fault lying in wait at one of its calls.
  private func copyTeed(
    _ whenFailed: Tee.WhenFailed, _ routes: RouteChoice, _ fault: @escaping @Sendable (Int32) -> Faults.Fault
  ) async throws -> (Outcome, second: [UInt8]) {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(5 << 19)
      let source = try FedSource(.tcp, original)
      let sink = try WatchedSink(.unix)
      let second = try WatchedSink(.tcp)
      let ambush = Ambush(fault(second.fd), after: 1)
      let options = CopyOptions(routes: routes, progress: { ambush.progress($0) })
      func copyTo(_ branch: some ByteSink, _ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(source.teed(to: branch, whenFailed: whenFailed), sink.endpoint, options)
      }
      let result = await copyTo(second.endpoint, source.endpoint)
      let struck = ambush.lift()
      let outcome = Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest(),
        struck: struck)
      return (outcome, try await second.received())
    }
  }

  static let failures: [(SystemCall, RouteChoice)] = [(.splice, .automatic), (.send, .only(.buffered))]

  @Test(
    "is let go, and the first gets everything", arguments: failures, [Errno.brokenPipe, .connectionReset, .ioError])
  func detached(_ way: (call: SystemCall, routes: RouteChoice), _ errno: Errno) async throws {
    let (outcome, second) = try await copyTeed(.detach, way.routes) { .init(way.call, on: $0, .error(errno)) }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.received.count == outcome.original.count)
    let tee = try #require(outcome.report.tees.first)
    #expect(tee.detached?.contains("\(errno)") == true, "\(tee)")
    #expect(tee.delivered == second.count)
    #expect(tee.delivered + tee.missed == outcome.original.count)
    #expect(Pattern.difference(second, Pattern.bytes(second.count)) == nil)
  }

  /// given a second sink that cannot be spliced to after all; when the copy goes on; then it gets its bytes by writes.
  @Test(
    "gets its bytes through memory where splice is not for it",
    arguments: [Errno.invalidArgument, .noFunction, .notSupportedOnSocket])
  func throughMemory(_ errno: Errno) async throws {
    let (outcome, second) = try await copyTeed(.fail, .automatic) { .init(.splice, on: $0, .error(errno), times: nil) }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(Pattern.difference(second, outcome.original) == nil)
    #expect(outcome.report.bytesByRoute == [.pipedSplice: outcome.original.count])
    #expect(outcome.report.tees.first?.detached == nil)
  }

  @Test("fails the copy where the policy says so, and no byte of the first is lost", arguments: failures)
  func failing(_ way: (call: SystemCall, routes: RouteChoice)) async throws {
    let (outcome, second) = try await copyTeed(.fail, way.routes) { .init(way.call, on: $0, .error(.brokenPipe)) }

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    guard case .secondSink(_, .brokenPipe) = error.cause else { throw Missing("\(error)") }
    #expect(error.side == .sink)
    #expect(Pattern.difference(second, Pattern.bytes(second.count)) == nil)
  }

  /// Copies tcp → unix with a second sink that takes nothing and that epoll refuses to watch.
  private func copyUnwatched(_ whenFailed: Tee.WhenFailed, _ routes: RouteChoice) async throws -> Outcome {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(5 << 19)
      let source = try FedSource(.tcp, original)
      let sink = try WatchedSink(.unix)
      let (engine, peer) = try PlainPair.unix()
      let second = try Connection(taking: FileDescriptor(rawValue: engine))
      let ambush = Ambush(.init(.epollControl, on: engine, .error(.noMemory), times: nil))
      func copyTo(_ sink: some ByteSink, _ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        // With a time of its own, which must not outlive the wait that never came.
        let teed: WrappedSource = source.teed(
          to: second, whenStalled: .detach(after: .seconds(3600)), whenFailed: whenFailed)
        return await Rig.attempt(teed, sink, CopyOptions(routes: routes))
      }
      let result = await copyTo(sink.endpoint, source.endpoint)
      let struck = ambush.lift()
      second.close()
      peer.close()
      return Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest(),
        struck: struck)
    }
  }

  @Test("is let go when it cannot be waited for", arguments: [RouteChoice.automatic, .only(.buffered)])
  func unwatchedDetached(_ routes: RouteChoice) async throws {
    let outcome = try await copyUnwatched(.detach, routes)

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.struck > 0)
    #expect(outcome.received.count == outcome.original.count)
    let detached = try #require(outcome.report.tees.first?.detached)
    #expect(detached == "epoll_ctl failed: \(Errno.noMemory)")
  }

  /// given the same, and a policy that takes it seriously; then the copy fails, and leaves no timer behind (the rig looks).
  @Test(
    "fails the copy when it cannot be waited for, where the policy says so",
    arguments: [RouteChoice.automatic, .only(.buffered)])
  func unwatchedFailing(_ routes: RouteChoice) async throws {
    let outcome = try await copyUnwatched(.fail, routes)

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    guard case .secondSink("epoll_ctl", .noMemory) = error.cause else { throw Missing("\(error)") }
    #expect(error.side == .sink)
  }

  /// given a second sink that lags, and that epoll refuses to watch; when the copy waits for its source; then it is let go
  /// there and then, and not forgotten until the copy ends.
  @Test("is let go when it cannot be waited for while the source is")
  func unwatchedBesideSource() async throws {
    try await Rig.onReactor { reactor in
      let source = try FedSource(.tcp, Pattern.bytes(600_000), ends: false)
      let (engine, peer) = try PlainPair.unix()
      let second = try Connection(taking: FileDescriptor(rawValue: engine))
      let writer = ArrayWriter()
      let ambush = Ambush(.init(.epollControl, on: engine, .error(.noMemory), times: nil))
      func copyAll(_ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(source.teed(to: second), WriterSink(writer: writer), CopyOptions(routes: .only(.buffered)))
      }
      let copying = reactor.task { await copyAll(source.endpoint) }
      try await Rig.until("all of it is delivered") { writer.bytes.count == 600_000 }
      try await Rig.untilWaiting(on: reactor)
      copying.cancel()

      guard case .failure(let error) = try await copying.value else { throw Missing("it ended by itself") }
      #expect(ambush.lift() > 0)
      #expect(error.report.delivered == 600_000)
      #expect(error.report.tees.first?.detached == "epoll_ctl failed: \(Errno.noMemory)")
      second.close()
      peer.close()
      source.peer?.finishWriting()
      #expect(try await source.rest() == [])
    }
  }

  @Test("is interrupted by signals unnoticed", arguments: failures)
  func interrupted(_ way: (call: SystemCall, routes: RouteChoice)) async throws {
    let (outcome, second) = try await copyTeed(.fail, way.routes) {
      .init(way.call, on: $0, .error(.interrupted), times: 20)
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.struck == 20)
    #expect(Pattern.difference(second, outcome.original) == nil)
  }
}
