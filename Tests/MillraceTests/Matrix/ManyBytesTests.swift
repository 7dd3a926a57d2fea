import Glibc
@testable import Millrace
import Testing

@Suite("Many bytes")
struct ManyBytesTests {
  /// given two sockets; when a small message and then many MiB are copied, of which the first stand there already; then the
  /// message went through the buffer, most of the bulk through a pipe, and nothing is left to explain.
  @Test("between sockets bulk is spliced, and small messages are not", arguments: [SourceKind.tcp, .unix])
  func adaptive(source: SourceKind) async throws {
    let reactors = try MatrixReactor()
    let bytes = Pattern.bytes(12 << 20)
    let reports = try await reactors.group.all[0].task {
      let from = try SourceRig(source, bytes, buffer: 1 << 20)
      let to = try SinkRig(.unix, length: nil)
      let (feeder, drain) = (try #require(from.feeder), try #require(to.drain))
      let message = Array(bytes.prefix(100))
      try feeder.write(message)
      let small = try await copy(from: from.source, to: to.sink, limit: 100)
      #expect(try drain.read(100) == message)
      let feeding = startThread {
        try feeder.write(bytes)
        feeder.finishWriting()
      }
      let source = from.source
      let waiting = startThread {
        while from.queued < 2 * FlowGauge.stream { sched_yield() }
      }
      try await waiting.value
      let draining = startThread { try drain.read() }
      let bulk = try await copy(from: source, to: to.sink)
      try await feeding.value
      to.end()
      #expect(Pattern.difference(try await draining.value, bytes) == nil)
      from.close()
      to.close()
      return [small, bulk]
    }.value
    #expect(reports[0].bytesByRoute == [.buffered: 100])
    #expect(reports[0].declined.map(\.route) == [.pipedSplice])
    // How much of it is spliced goes by how fast the rest comes, but it is bulk from the first look.
    #expect(reports[1].delivered == bytes.count)
    #expect(reports[1].bytesByRoute[.pipedSplice, default: 0] > bytes.count / 2)
    #expect(reports[1].bytesByRoute[.buffered, default: 0] >= FlowGauge.stream)
    #expect(reports[1].declined == [])
    try await reactors.expectNothingLeased()
  }

  /// given a source that has always more, and a sink that is the slower side, so that the buffer is never empty when a
  /// turn begins; when many MiB are copied; then all but the first of it is spliced.
  @Test("bulk is spliced where the sink is the slower side")
  func slowSink() async throws {
    let reactors = try MatrixReactor()
    let bytes = Pattern.bytes(8 << 20)
    let report = try await reactors.group.all[0].task {
      let from = try SourceRig(.tcp, bytes, buffer: 1 << 20)
      let to = try SinkRig(.unix, length: nil)
      let (feeder, drain) = (try #require(from.feeder), try #require(to.drain))
      let feeding = startThread {
        try feeder.write(bytes)
        feeder.finishWriting()
      }
      let source = from.source
      let waiting = startThread {
        while from.queued < 2 * FlowGauge.stream { sched_yield() }
      }
      try await waiting.value
      let draining = startThread {
        while to.hasRoom { sched_yield() }
        return try drain.read()
      }
      let report = try await copy(from: source, to: to.sink)
      try await feeding.value
      to.end()
      #expect(Pattern.difference(try await draining.value, bytes) == nil)
      from.close()
      to.close()
      return report
    }.value
    #expect(report.bytesByRoute[.buffered, default: 0] <= 4 * FlowGauge.stream)
    #expect(report.bytesByRoute[.pipedSplice, default: 0] >= bytes.count - 4 * FlowGauge.stream)
    try await reactors.expectNothingLeased()
  }

  /// given a throttle and a sink that stalls with bytes held; when it goes on; then what it missed is not made up for by
  /// a burst: over every stretch the rate holds, but for what was let through at once.
  @Test("a throttled copy does not burst when its sink has stalled")
  func throttledAfterStall() async throws {
    let (rate, count) = (400_000, 150_000)
    let log = ProgressLog()
    let reactors = try MatrixReactor()
    try await reactors.group.all[0].task {
      let from = try SourceRig(.unix, Pattern.bytes(count))
      let to = try SinkRig(.pipe, length: nil)
      let (feeder, drain) = (try #require(from.feeder), try #require(to.drain))
      let bytes = from.bytes
      detachThread {
        try? feeder.write(bytes)
        feeder.finishWriting()
      }
      // Nothing is taken until the pipe has no room left: then the copy waits with bytes in its hands.
      let draining = startThread {
        while to.hasRoom { sched_yield() }
        return try drain.read()
      }
      let options = CopyOptions(
        deadline: .now + .seconds(30), passesEnd: true, routes: .only(.buffered), progress: { log.note($0) })
      try await copy(from: from.source.throttled(to: rate), to: to.sink, options: options)
      _ = try await draining.value
      from.close()
      to.close()
    }.value
    let burst = Double(2 * rate / 50 + 2 * rate / 50)
    var worst = 0.0
    for (index, start) in log.all.enumerated() {
      for end in log.all[index...] {
        let seconds = (end.elapsed - start.elapsed) / .seconds(1)
        worst = max(worst, Double(end.delivered - start.delivered) - seconds * Double(rate) - burst)
      }
    }
    #expect(worst <= 0, "\(worst) bytes more than the rate allows")
    try await reactors.expectNothingLeased()
  }

  /// given a writer that never suspends; when many bytes are copied to it; then the copy lets others have their turn.
  @Test("a copy to a writer that is always ready takes turns with others")
  func turns() async throws {
    let reactors = try MatrixReactor()
    let report = try await reactors.group.all[0].task {
      try await copy(from: Bytes(Pattern.bytes(8 << 20)), to: WriterSink(writer: ArrayWriter()))
    }.value
    #expect(report.waits.turn >= 2)
    try await reactors.expectNothingLeased()
  }

  /// given bytes in memory; when a route is asked for that does not begin there; then the copy fails and says so.
  @Test("a route that is asked for and does not exist is an error", arguments: [Route.sendfile, .splice, .pipedSplice])
  func onlyRoute(route: Route) async throws {
    let (_, sink) = try PipeEnd.pair()
    let error = try await #require(throws: CopyError.self) {
      try await copy(from: Bytes("x"), to: sink, options: CopyOptions(routes: .only(route)))
    }
    guard case .routeUnavailable(route, let reason) = error.cause else {
      Issue.record("it failed for another reason: \(error)")
      return
    }
    #expect(!reason.isEmpty)
  }
}
