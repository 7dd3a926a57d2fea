import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// What ends a copy from outside.
enum Interruption: CaseIterable, Sendable {
  case cancel, deadline, idle

  /// Short, for it is waited for; and long enough to get to the wait that is meant.
  private static let patience = Duration.milliseconds(40)

  func options(_ routes: RouteChoice = .automatic) -> CopyOptions {
    var options = CopyOptions(routes: routes)
    switch self {
    case .cancel: break
    case .deadline: options.deadline = .now + Self.patience
    case .idle: options.idleTimeout = Self.patience
    }
    return options
  }

  func isCause(_ cause: CopyError.Cause) -> Bool {
    switch (self, cause) {
    case (.cancel, .cancelled), (.deadline, .deadline), (.idle, .idle): true
    default: false
    }
  }
}

@Suite("A copy that is cancelled, or whose time is up", .serialized)
struct InterruptionTests {
  static let routes: [RouteChoice] = [.automatic, .only(.pipedSplice), .only(.buffered)]

  /// Expects that `copying` ends by `interruption` and answers its error.
  private func error(
    of copying: Task<Result<CopyReport, CopyError>, any Error>, by interruption: Interruption
  ) async throws -> CopyError {
    if interruption == .cancel { copying.cancel() }
    guard case .failure(let error) = try await copying.value else { throw Missing("it was not interrupted") }
    #expect(error.side == .copy)
    #expect(interruption.isCause(error.cause), "\(error)")
    #expect(error.report.consumed == error.report.delivered + error.residue.count)
    return error
  }

  @Test("while it waits for its source leaves both ends as usable as before", arguments: Interruption.allCases, routes)
  func waitingForTheSource(_ interruption: Interruption, _ routes: RouteChoice) async throws {
    try await Rig.onReactor { reactor in
      // Given a source that gave some bytes and then says nothing.
      let (sourceEnd, feeder) = try PlainPair.tcp()
      let source = try Connection(taking: FileDescriptor(rawValue: sourceEnd))
      let sink = try WatchedSink(.unix)
      try feeder.write(Pattern.bytes(1000))
      let copying = reactor.task { await Rig.attempt(source, sink.endpoint, interruption.options(routes)) }
      // A time limit comes by itself, and may come before anybody has looked.
      if interruption == .cancel {
        try await Rig.untilTaken(from: sourceEnd)
        try await Rig.untilWaiting(on: reactor)
      }

      // When it is interrupted.
      let error = try await error(of: copying, by: interruption)

      // Then nothing is lost, and the next copy goes on.
      #expect(error.residue.count == 0)
      try feeder.write(Pattern.bytes(1000, from: 1000))
      feeder.finishWriting()
      let report = try await Rig.attempt(source, sink.endpoint).get()
      #expect(error.report.delivered + report.delivered == 2000)
      #expect(try await sink.received() == Pattern.bytes(2000))
      source.close()
    }
  }

  @Test("while it waits for its sink gives back what it holds", arguments: Interruption.allCases, routes)
  func waitingForTheSink(_ interruption: Interruption, _ routes: RouteChoice) async throws {
    try await Rig.onReactor { reactor in
      // Given a sink that takes little and then nothing.
      let original = Pattern.bytes(4 << 20)
      let source = try FedSource(.tcp, original)
      let (sinkEnd, staller) = try PlainPair.unix(buffer: 4096)
      let sink = try Connection(taking: FileDescriptor(rawValue: sinkEnd))
      let copying = reactor.task { await Rig.attempt(source.endpoint, sink, interruption.options(routes)) }
      if interruption == .cancel { try await Rig.untilSinkStalls(from: source.fd, on: reactor) }

      // When it is interrupted.
      let error = try await error(of: copying, by: interruption)

      // Then the residue and the rest go the same way, and the original arrives.
      let arrived = staller.drain()
      try await Millrace.copy(from: error.residue, to: sink)
      _ = try await Rig.attempt(source.endpoint, sink).get()
      sink.close()
      let isWhole = try await arrived.value == original
      #expect(isWhole)
      _ = try await source.rest()
    }
  }

  @Test("while its throttle holds it back loses nothing", arguments: [Interruption.cancel, .deadline])
  func throttled(_ interruption: Interruption) async throws {
    try await Rig.onReactor { reactor in
      let original = Pattern.bytes(1000)
      let source = try FedSource(.pipe, original)
      let sink = try WatchedSink(.unix)
      func copySlowly(_ source: some ByteSource) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(source.throttled(to: 5), sink.endpoint, interruption.options())
      }
      let copying = reactor.task { await copySlowly(source.endpoint) }
      if interruption == .cancel { try await Rig.untilWaiting(on: reactor) }

      let error = try await error(of: copying, by: interruption)

      #expect(error.report.delivered < 10)
      let outcome = Outcome(
        original: original, result: .failure(error), received: try await sink.received(), rest: try await source.rest())
      outcome.expectEveryByteAccountedFor()
    }
  }

  @Test("by idleness is not what a slow throttle is")
  func throttleIsNoIdleness() async throws {
    try await Rig.onReactor { _ in
      let source = try FedSource(.pipe, [1, 2, 3, 4])
      let sink = try WatchedSink(.unix)
      func copySlowly(_ source: some ByteSource) async throws -> CopyReport {
        try await Rig.attempt(
          source.throttled(to: 4), sink.endpoint, CopyOptions(idleTimeout: .milliseconds(150))
        ).get()
      }

      #expect(try await copySlowly(source.endpoint).delivered == 4)
      #expect(try await sink.received() == [1, 2, 3, 4])
    }
  }

  /// given a sink whose queue has room again only when most of it is gone, and a peer that takes longer for that than the idle
  /// time; then that is no idleness, for bytes arrive.
  @Test("by idleness is not what a slow reader is", .timeLimit(.minutes(2)))
  func slowReaderIsNotIdle() async throws {
    try await Rig.onReactor { reactor in
      let original = Pattern.bytes(1 << 20)
      let source = try FedSource(.tcp, original)
      let (sinkEnd, reader) = try PlainPair.tcp(buffer: 16 * 1024)
      // As much as may be had without privilege, while the reader has little.
      try Linux.setOption(.sendBuffer, of: sinkEnd, to: 212_992)
      let sink = try Connection(taking: FileDescriptor(rawValue: sinkEnd))
      let idle = Duration.seconds(3)
      let copying = reactor.task { await Rig.attempt(source.endpoint, sink, CopyOptions(idleTimeout: idle)) }
      let reading = startThread {
        var bytes: [UInt8] = []
        let start = ContinuousClock.now
        while ContinuousClock.now - start < idle * 2.5 {
          bytes += try reader.read(2048)
          usleep(75_000)
        }
        return bytes + (try reader.read(original.count - bytes.count))
      }
      #expect(try await copying.value.get().delivered == original.count)
      #expect(Pattern.difference(try await reading.value, original) == nil)
      sink.close()
      _ = try await source.rest()
    }
  }

  static let busyLanes = [
    Lane(.file, .tcp, by: .sendfile), Lane(.file, .file, by: .copyFileRange), Lane(.tcp, .file, by: .pipedSplice),
    Lane(.pipe, .file, by: .splice), Lane(.tcp, .tcp, by: .pipedSplice, choice: .only(.pipedSplice)),
    Lane(.file, .file, by: .buffered, choice: .only(.buffered)), Lane(.unix, .pipe, by: .splice),
  ]

  @Test(
    "while it is busy, in a turn or in the blocking pool, stops soon and accounts for every byte", arguments: busyLanes)
  func busy(_ lane: Lane) async throws {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(lane.payload)
      let source = try FedSource(lane.source, original)
      let sink = try WatchedSink(lane.sink)
      let short = Faults.shared.arm(.init(.copyFileRange, on: source.fd, .short(64 * 1024), times: nil))
      defer { Faults.shared.disarm(short) }
      let options = CopyOptions(routes: lane.choice, progress: { _ in withUnsafeCurrentTask { $0?.cancel() } })

      let result = await Task { await Rig.attempt(source.endpoint, sink.endpoint, options) }.value

      let outcome = Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest())
      outcome.expectEveryByteAccountedFor()
      guard case .cancelled = outcome.error?.cause else { throw Missing("it was not cancelled: \(result)") }
      #expect(outcome.report.delivered > 0)
    }
  }
}

@Suite("A copy that may not even begin")
struct InterruptedBeforeTests {
  static let lanes = [
    Lane(.file, .tcp, by: .sendfile), Lane(.file, .file, by: .copyFileRange), Lane(.unix, .unix, by: .buffered),
    Lane(.pipe, .tcp, by: .splice),
  ]

  @Test("because its deadline is past delivers nothing", arguments: lanes)
  func pastDeadline(_ lane: Lane) async throws {
    let outcome = try await begin(lane, CopyOptions(deadline: .now - .seconds(1)))
    guard case .deadline = outcome.error?.cause else { throw Missing("\(outcome)") }
  }

  @Test("because its task is cancelled delivers nothing", arguments: lanes)
  func cancelled(_ lane: Lane) async throws {
    let outcome = try await begin(lane, CopyOptions(), isCancelled: true)
    guard case .cancelled = outcome.error?.cause else { throw Missing("\(outcome)") }
  }

  private func begin(_ lane: Lane, _ options: CopyOptions, isCancelled: Bool = false) async throws -> Outcome {
    try await Rig.onReactor { reactor in
      let original = Pattern.bytes(10_000)
      let source = try FedSource(lane.source, original)
      let sink = try WatchedSink(lane.sink)
      let copying = reactor.task {
        if isCancelled { withUnsafeCurrentTask { $0?.cancel() } }
        return await Rig.attempt(source.endpoint, sink.endpoint, options)
      }
      let result = try await copying.value
      let outcome = Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest())
      outcome.expectEveryByteAccountedFor()
      #expect(outcome.report.consumed == 0)
      return outcome
    }
  }
}
