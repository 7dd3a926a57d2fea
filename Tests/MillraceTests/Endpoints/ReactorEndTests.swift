import LinuxCalls
import Millrace
import Synchronization
import Testing

/// A reader that answers when it is let go on.
private struct HeldReader: ByteReader, ByteSource {
  let gate: Gate
  let hasGiven = Box()

  final class Box: Sendable {
    let value = Guarded(false)
  }

  var sourceShape: SourceShape { .reader(self) }

  func read(upTo most: Int) async throws -> [UInt8] {
    await gate.pass()
    return hasGiven.value.withLock { hasGiven in
      defer { hasGiven = true }
      return hasGiven ? [] : [1, 2, 3]
    }
  }
}

@Suite("The end of a reactor", .timeLimit(.minutes(8)))
struct ReactorEndTests {
  /// given a copy that awaits someone else's reader; when the reactor is to end; then it ends after the copy.
  @Test("waits for a copy that awaits someone else's code")
  func copyFromReader() async throws {
    let reactors = try Reactors(count: 1)
    let (gate, collected) = (Gate(), ArrayWriter())
    let copying = reactors.all[0].task {
      try await copy(from: HeldReader(gate: gate), to: WriterSink(writer: collected))
    }
    while gate.arrivals == 0 { await Task.yield() }
    async let end: Void = reactors.shutdown()
    for _ in 0..<1000 { await Task.yield() }
    gate.open()
    #expect(try await copying.value.delivered == 3)
    #expect(collected.bytes == [1, 2, 3])
    await end
  }

  /// given a task that is away on another executor; when its reactor has ended meanwhile; then it comes to its end all the
  /// same, on some other thread.
  @Test("leaves no task behind that was away")
  func away() async throws {
    let reactors = try Reactors(count: 1)
    let gate = Gate()
    let away = reactors.all[0].task {
      await gate.pass()
      return Reactor.current == nil
    }
    while gate.arrivals == 0 { await Task.yield() }
    await reactors.shutdown()
    gate.open()
    #expect(try await away.value)
  }

  /// given a copy that has moved much and goes on; when the metrics are read; then what it has moved is in them.
  @Test("is not awaited to count what a copy has moved")
  func metricsMeanwhile() async throws {
    let reactors = try MatrixReactor()
    let reactor = reactors.group.all[0]
    let (source, feeder) = try PlainPair.tcp()
    let (sink, drain) = try PlainPair.tcp()
    let copying = reactor.task {
      let from = try Connection(taking: FileDescriptor(rawValue: source))
      let to = try Connection(taking: FileDescriptor(rawValue: sink))
      defer { for end in [from, to] { end.close() } }
      return try await copy(from: from, to: to)
    }
    let much = Pattern.bytes(5 << 20)
    let received = startThread { try drain.read(much.count) }
    try await startThread { try feeder.write(much) }.value
    #expect(Pattern.difference(try await received.value, much) == nil)
    let counted = await reactor.metrics().bytesByRoute.values.reduce(0, +)
    #expect(counted > much.count - (2 << 20) && counted <= much.count, "\(counted) bytes are counted")
    feeder.close()
    #expect(try await copying.value.delivered == much.count)
    #expect(await reactor.metrics().bytesByRoute.values.reduce(0, +) == much.count)
    try await reactors.expectNothingLeased()
  }
}
