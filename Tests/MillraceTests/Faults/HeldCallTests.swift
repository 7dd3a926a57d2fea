import LinuxCalls
import Millrace
import SystemPackage
import Testing

// Where a copy waits for what it cannot take back: someone else's code.

/// A reader that is held up at its gate in every call.
private struct HeldReader: ByteReader, ByteSource {
  let inner: ArrayReader
  let gate = Gate()

  var sourceShape: SourceShape { .reader(self) }

  func read(upTo most: Int) async throws -> [UInt8] {
    await gate.pass()
    return try await inner.read(upTo: most)
  }
}

/// A writer that is held up when it hears of the end.
private struct HeldAtTheEnd: ByteWriter, ByteSink {
  let inner = ArrayWriter()
  let gate = Gate()
  var failsIfCancelled = false

  var sinkShape: SinkShape { .writer(self) }

  func write(_ bytes: ArraySlice<UInt8>) async throws -> Int { try await inner.write(bytes) }

  func finish() async throws {
    await gate.pass()
    if failsIfCancelled { try Task.checkCancellation() }
    try await inner.finish()
  }
}

@Suite("A copy that is interrupted inside a call it cannot take back", .serialized)
struct HeldCallTests {
  private static let bytes = Pattern.bytes(100_000)

  /// Interrupts `copying` and returns once it knows: a time limit when its timer has fired.
  private func interrupt(
    _ copying: Task<Result<CopyReport, CopyError>, any Error>, by interruption: Interruption, on reactor: Reactor
  ) async throws {
    if interruption == .cancel { return copying.cancel() }
    try await Rig.until("the time is up") { await reactor.metrics().timers == 0 }
  }

  private func expect(_ outcome: Outcome, endedBy interruption: Interruption) throws {
    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    #expect(error.side == .copy)
    #expect(interruption.isCause(error.cause), "\(error)")
  }

  @Test("of a reader ends when it returns, with what it gave as residue", arguments: Interruption.allCases)
  func reader(_ interruption: Interruption) async throws {
    try await Rig.onReactor { reactor in
      let reader = HeldReader(inner: ArrayReader(Self.bytes))
      let writer = ArrayWriter()
      let options = interruption.options()
      let copying = reactor.task { await Rig.attempt(reader, WriterSink(writer: writer), options) }
      try await Rig.until("the reader is asked") { reader.gate.arrivals == 1 }

      try await interrupt(copying, by: interruption, on: reactor)
      reader.gate.open()

      let result = try await copying.value
      let given = reader.inner.given
      try expect(
        Outcome(original: Self.bytes, result: result, received: writer.bytes, rest: Array(Self.bytes[given...])),
        endedBy: interruption)
      #expect(given > 0)
      #expect(result.residueCount == given)
      #expect(reader.gate.arrivals == 1)
    }
  }

  @Test("of a writer ends when it returns, with what it did not take as residue", arguments: Interruption.allCases)
  func writer(_ interruption: Interruption) async throws {
    try await Rig.onReactor { reactor in
      let writer = ArrayWriter()
      writer.gate.close()
      let options = interruption.options()
      let copying = reactor.task { await Rig.attempt(Bytes(Self.bytes), WriterSink(writer: writer), options) }
      try await Rig.until("the writer is asked") { writer.gate.arrivals == 1 }

      try await interrupt(copying, by: interruption, on: reactor)
      writer.gate.open()

      let result = try await copying.value
      try expect(
        Outcome(original: Self.bytes, result: result, received: writer.bytes, rest: []),
        endedBy: interruption)
      #expect(!writer.bytes.isEmpty)
      #expect(writer.gate.arrivals == 1)
    }
  }

  /// given a writer that is told of the end; when the copy is interrupted meanwhile; then it comes too late: everything was
  /// delivered, and the end is passed on.
  @Test("of a writer that is told of the end comes too late", arguments: Interruption.allCases)
  func finish(_ interruption: Interruption) async throws {
    try await Rig.onReactor { reactor in
      let sink = HeldAtTheEnd()
      var options = interruption.options()
      options.passesEnd = true
      let copying = reactor.task { [options] in await Rig.attempt(Bytes(Self.bytes), sink, options) }
      try await Rig.until("the writer hears of the end") { sink.gate.arrivals == 1 }

      try await interrupt(copying, by: interruption, on: reactor)
      sink.gate.open()

      let report = try await copying.value.get()
      #expect(report.delivered == Self.bytes.count)
      #expect(sink.inner.bytes == Self.bytes)
      #expect(sink.inner.isFinished)
    }
  }

  /// given a writer that gives up when its task is cancelled; then that is the sink's failure, and nothing is left over.
  @Test("of a writer that gives up at the end is the failure of the sink")
  func finishGivesUp() async throws {
    try await Rig.onReactor { reactor in
      let sink = HeldAtTheEnd(failsIfCancelled: true)
      let copying = reactor.task {
        await Rig.attempt(Bytes(Self.bytes), sink, CopyOptions(passesEnd: true))
      }
      try await Rig.until("the writer hears of the end") { sink.gate.arrivals == 1 }

      copying.cancel()
      sink.gate.open()

      let outcome = Outcome(
        original: Self.bytes, result: try await copying.value, received: sink.inner.bytes, rest: [])
      outcome.expectEveryByteAccountedFor()
      #expect(outcome.error?.side == .sink)
      guard case .custom(let error) = outcome.error?.cause else { throw Missing("\(outcome)") }
      #expect(error is CancellationError)
      #expect(!sink.inner.isFinished)
    }
  }
}

extension Result<CopyReport, CopyError> {
  fileprivate var residueCount: Int {
    if case .failure(let error) = self { error.residue.count } else { 0 }
  }
}
