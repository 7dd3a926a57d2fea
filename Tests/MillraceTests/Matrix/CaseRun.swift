import Millrace

/// Runs one case on the reactor it is called on, and says what is wrong with what came of it.
struct CaseRun: Sendable {
  let test: MatrixCase
  private let source: SourceRig
  private let sink: SinkRig
  private let watchers: Watchers
  private let expectation: Expectation

  init(_ test: MatrixCase) throws {
    self.test = test
    let bytes = Pattern.bytes(test.size, from: Int(test.seed % 1000) * 8)
    // Small buffers in the kernel, so that a sink that takes nothing is felt.
    let buffer: Int32? = test.timing == .stall ? 32 * 1024 : nil
    source = try SourceRig(test.source, bytes, buffer: buffer)
    expectation = Expectation(test, source: bytes)
    let total = Expectation(MatrixCase(source: test.source, sink: .memory, wrappers: test.wrappers), source: bytes)
    sink = try SinkRig(test.sink, length: test.sinkRoom.map { max(0, total.bytes.count + $0) }, buffer: buffer)
    watchers = try Watchers(test, around: source.source, sink.sink, total: bytes.count)
  }

  /// What came of it.
  struct Outcome: Sendable {
    /// Empty when every promise was kept.
    var problems: [String] = []
    /// The descriptors it used, none of which may be open afterwards.
    var names: Set<String> = []
  }

  @concurrent
  static func outcome(of test: MatrixCase) async -> Outcome {
    var outcome = Outcome()
    do {
      let run = try CaseRun(test)
      outcome.names = run.names
      outcome.problems = try await run.perform()
    } catch {
      outcome.problems = ["\(error)"]
    }
    return outcome
  }

  private var names: Set<String> {
    Set([source.name, sink.name].compactMap { $0 } + watchers.secondSinks.compactMap(\.name))
  }

  private func perform() async throws -> [String] {
    let flow = try Flow(test, source: source, sink: sink, expected: expectation)
    defer {
      flow.isOver()
      source.close()
      sink.close()
    }
    var options = CopyOptions()
    options.limit = test.limit.count(of: total)
    options.passesEnd = test.passesEnd
    // So that a copy that waits for ever fails with its report, and does not hang the tests.
    options.deadline = .now + .seconds(30)
    let report: CopyReport
    do {
      report = try await copy(from: watchers.source, to: watchers.sink, options: options)
    } catch {
      flow.isOver()
      sink.end()
      source.close()
      _ = try? await flow.drained()
      return ["the copy failed: \(error)"]
    }
    flow.isOver()
    var problems: [String] = []
    if !test.passesEnd { sink.end() }
    if sink.kind.isStream, let difference = Pattern.difference(try await flow.drained(), expectation.bytes) {
      problems.append("the sink has \(difference)")
    }
    problems += try sink.problems(after: expectation.bytes, passedEnd: test.passesEnd)
    problems += try await flow.whatIsLeft { try source.problems(after: expectation.fromSource) }
    problems += self.problems(in: report)
    problems += await watchers.problems(expectation, report)
    return problems
  }

  /// All that there is behind the wrappers around the source.
  private var total: Int {
    Expectation(MatrixCase(source: test.source, sink: .memory, wrappers: test.wrappers), source: source.bytes).bytes
      .count
  }

  private func problems(in report: CopyReport) -> [String] {
    var problems: [String] = []
    let count = expectation.bytes.count
    if report.delivered != count {
      problems.append("\(report.delivered) bytes are reported as delivered, not \(count)")
    }
    if report.consumed != count { problems.append("\(report.consumed) bytes are reported as consumed, not \(count)") }
    let end: CopyReport.End = expectation.hitsLimit ? .limitReached : .sourceEnded
    if report.end != end { problems.append("the end is reported as \(report.end), not \(end)") }
    problems += ExpectedRoute(test).problems(
      in: report, fromSource: expectation.fromSource, fromMemory: expectation.fromMemory)
    // With wrappers, or a source that streams, something else may have been waited for first.
    let stalls = test.timing == .stall && test.wrappers.isEmpty && !source.kind.isStream && sink.kind.isStream
    if stalls, count > 1 << 20, report.waits.sink == 0 {
      problems.append("the sink stalled, and the report has no wait for it")
    }
    return problems
  }
}
