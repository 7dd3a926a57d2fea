import Millrace
import Testing

/// A reactor that one test has for itself, so that what it leases and counts is that test's alone.
struct MatrixReactor: Sendable {
  let group: Reactors

  init(count: Int = 1) throws { group = try Reactors(count: count) }

  /// Runs the cases one after the other, and records what is wrong with each. At most a few are told: they are of a kind.
  ///
  /// - Parameter seed: what they were drawn by, if they were.
  func run(_ cases: [MatrixCase], seed: UInt64? = nil) async throws {
    var failures = 0
    var names: Set<String> = []
    for test in cases {
      let outcome = try await group.all[0].task { await CaseRun.outcome(of: test) }.value
      names.formUnion(outcome.names)
      guard !outcome.problems.isEmpty else { continue }
      failures += 1
      if failures <= 12 { Issue.record("\(test): \(outcome.problems.joined(separator: "; "))") }
    }
    // Threads at the far ends may still be closing theirs.
    var left = Descriptors.stillOpen(names)
    for _ in 0..<1000 where !left.isEmpty {
      await Task.yield()
      left = Descriptors.stillOpen(names)
    }
    #expect(left.isEmpty, "descriptors stay open: \(left)")
    let howToRepeat = seed.map { "; MILLRACE_TEST_SEED=\($0)" } ?? ""
    #expect(failures == 0, "\(failures) of \(cases.count) cases failed\(howToRepeat)")
    try await expectNothingLeased()
  }

  func expectNothingLeased() async throws {
    for metrics in await group.metrics() {
      #expect(metrics.pipesLeased == 0, "pipes are still on lease")
      #expect(metrics.buffersLeased == 0, "buffers are still on lease")
      #expect(metrics.tasks.waiting == 0, "someone still waits")
      #expect(metrics.timers == 0, "timers are still set")
    }
    await group.shutdown()
  }
}
