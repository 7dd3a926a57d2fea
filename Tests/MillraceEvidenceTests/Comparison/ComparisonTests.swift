import Testing

@testable import MillraceEvidence

@Suite("A comparison of two runs")
struct ComparisonTests {
  @Test("of equal runs raises no alarm, a hundred times", arguments: [0.05, 0.1])
  func noFalseAlarm(noise: Double) {
    for seed in 1...UInt64(100) {
      var before = NoisyRun(seed: seed)
      var after = NoisyRun(seed: seed + 10_000)
      before.noise = noise
      after.noise = noise
      before.subjects = ["millrace", "c"]
      after.subjects = ["millrace", "c"]
      let comparison = Comparison(old: before.results(), new: after.results())
      #expect(comparison.exitCode == 0, "seed \(seed)\n\(comparison.text)")
    }
  }

  @Test("finds each figure that became a third worse, in one cell of all", arguments: [1, 2, 3] as [UInt64])
  func findsRegressions(seed: UInt64) {
    var before = NoisyRun(seed: seed)
    var after = NoisyRun(seed: seed + 10_000)
    before.noise = 0.03
    after.noise = 0.03
    let old = before.results()
    let worse: [(Figure, (inout Round) -> Void)] = [
      (.throughput, { $0.seconds *= 1.33 }),
      (.cpuPerGiB, { $0.systemCPUSeconds *= 1.5 }),
      (.latencyP50, { $0.latency?.p50 *= 1.33 }),
      (.latencyP99, { $0.latency?.p99 *= 1.33 }),
      (.contextSwitchesPerOperation, { $0.contextSwitches?.voluntary *= 2 }),
      (.peakMemory, { $0.peakMemory = $0.peakMemory.map { $0 / 3 * 4 } }),
    ]
    for (figure, change) in worse {
      let new = after.results { cell in
        guard cell.subject == "millrace", cell.load.size == 64 else { return }
        for index in cell.rounds.indices { change(&cell.rounds[index]) }
      }
      let comparison = Comparison(old: old, new: new)
      #expect(comparison.exitCode == 1, "\(figure)")
      let found = comparison.cells.filter(\.hasRegression)
      #expect(found.map(\.subject) == ["millrace"], "\(figure)")
      #expect(found.first?.figures.contains { $0.figure == figure && $0.verdict == .regression } == true, "\(figure)")
    }
  }

  @Test("finds an exact figure that is worse by one")
  func exact() {
    var run = NoisyRun(seed: 5)
    let old = run.results()
    var new = old
    new.cells[0].exact?.systemCalls["read"] = 201
    #expect(Comparison(old: old, new: new).exitCode == 1)
    #expect(Comparison(old: new, new: old).exitCode == 0)
  }

  @Test("finds a cell that was measured and fails now, and not one that never was")
  func broken() {
    var run = NoisyRun(seed: 6)
    let old = run.results()
    var new = old
    new.cells[1].outcome = .failed(reason: "it died")
    new.cells[1].rounds = []
    let comparison = Comparison(old: old, new: new)
    #expect(comparison.exitCode == 1)
    #expect(comparison.text.contains("it died"))
    #expect(Comparison(old: new, new: new).exitCode == 0)
    #expect(Comparison(old: new, new: old).exitCode == 0)
    #expect(Comparison(old: new, new: old).text.contains("was: it died"))
  }

  @Test("tells what is on one side alone, is skipped, or comes with a new warning")
  func remarks() {
    var run = NoisyRun(seed: 7)
    let old = run.results()
    var new = old
    new.cells[1].outcome = .skipped(reason: "c is not installed")
    new.cells[2].load.connections = 99
    new.cells[3].warnings = ["the rounds differ by 31 %"]
    new.cells[4].warnings = ["the rounds differ by 33 %"]
    var older = old
    older.cells[4].warnings = ["the rounds differ by 29.5 %"]
    let comparison = Comparison(old: older, new: new)
    #expect(comparison.exitCode == 0)
    let text = comparison.text
    #expect(text.contains("measured before, skipped now: c is not installed"))
    #expect(text.contains("go: echo, 64 B, 99 connections, automatic: not in the old run"))
    #expect(text.contains("go: echo, 64 B, 8 connections, automatic: measured before, not in the new run"))
    #expect(text.contains("new warning: the rounds differ by 31 %"))
    #expect(!text.contains("33 %"))
  }

  @Test("says that a figure is no longer measured")
  func lost() {
    var run = NoisyRun(seed: 8)
    let old = run.results()
    var new = old
    for index in new.cells[0].rounds.indices { new.cells[0].rounds[index].latency = nil }
    new.cells[0].exact = nil
    let text = Comparison(old: old, new: new).text
    #expect(text.contains("latency p99 is no longer measured"))
    #expect(text.contains("exact figures are no longer counted"))
  }

  @Test("of runs with nothing in common is no success")
  func nothingInCommon() {
    var run = NoisyRun(seed: 9)
    let old = run.results()
    var new = old
    new.cells = []
    #expect(Comparison(old: old, new: new).exitCode == 2)
    #expect(Comparison(old: new, new: new).exitCode == 2)
    #expect(Comparison(old: new, new: new).text.contains("nothing in common"))
  }

  @Test("suspects the machine where a peer that nobody changed became worse as well")
  func machine() {
    var before = NoisyRun(seed: 10)
    var after = NoisyRun(seed: 11)
    before.noise = 0.02
    after.noise = 0.02
    let old = before.results()
    let slow = after.results { cell in
      for index in cell.rounds.indices { cell.rounds[index].seconds *= 1.5 }
    }
    #expect(Comparison(old: old, new: slow).text.contains("c, go as well, so it may be the machine"))
  }

  @Test("tells runs that were not measured alike")
  func methods() {
    var run = NoisyRun(seed: 12)
    let old = run.results()
    var new = old
    new.method.seconds = 0.5
    #expect(Comparison(old: old, new: new).notes.count == 1)
    #expect(Comparison(old: old, new: old).notes.isEmpty)
  }

  @Test("tells what is not the same of the machines")
  func environments() {
    var run = NoisyRun(seed: 13)
    let results = run.results()
    var after = SampleRun.environment
    after.kernel = "6.19.0"
    after.versions["go"] = nil
    let comparison = Comparison(old: results, new: results, environments: (SampleRun.environment, after))
    #expect(comparison.notes == ["kernel: 6.18.5 before, 6.19.0 after", "version of go: 1.26.2 before, unknown after"])
    #expect(comparison.exitCode == 0)
  }
}

@Suite("A comparison in words")
struct ComparisonTextTests {
  /// One regression, one improvement, one exact change, and a cell that broke.
  private let comparison: Comparison = {
    var run = NoisyRun(seed: 20)
    run.noise = 0.02
    let old = run.results()
    var new = run.results { cell in
      guard cell.subject == "millrace" else { return }
      for index in cell.rounds.indices {
        cell.rounds[index].latency?.p50 *= cell.load.size == 64 ? 2 : 0.5
      }
    }
    new.cells[0].exact?.allocations?.bytes = 400
    new.cells[1].outcome = .failed(reason: "it | died <b>\u{1B}[31m")
    return Comparison(old: old, new: new)
  }()

  @Test("begins with the verdict, then the regressions, then the rest")
  func order() throws {
    let text = comparison.text
    #expect(text.hasPrefix("WORSE: 2 regressions, "))
    let places = ["\nregressions\n", "latency p50", "\nimprovements\n", "\nother exact changes\n", "\nremarks\n"]
      .compactMap { text.firstRange(of: $0)?.lowerBound }
    #expect(places.count == 4 || places.count == 5)
    #expect(places == places.sorted())
    #expect(text.contains("  millrace: echo, 64 B, 8 connections, automatic\n    latency p50"))
  }

  @Test("lets no control character through to the terminal")
  func terminal() {
    #expect(!comparison.text.contains("\u{1B}"))
    #expect(!comparison.markdown.contains("\u{1B}"))
  }

  @Test("for a review has the regressions in sight and the rest folded, and no markup from outside")
  func markdown() throws {
    let text = comparison.markdown
    #expect(text.hasPrefix("### ❌ Worse: 2 regressions"))
    let fold = try #require(text.firstRange(of: "<details>")).lowerBound
    #expect(try #require(text.firstRange(of: "**Regressions**")).lowerBound < fold)
    #expect(try #require(text.firstRange(of: "**Improvements**")).lowerBound < fold)
    #expect(try #require(text.firstRange(of: "**Equal**")).lowerBound > fold)
    #expect(text.hasSuffix("</details>\n"))
    #expect(text.contains("it &#124; died &#60;b&#62;"))
    // Every line of a table has its six cells.
    for line in text.split(separator: "\n") where line.hasPrefix("|") {
      #expect(line.count { $0 == "|" } == 7, "\(line)")
    }
  }

  @Test("says so where there is nothing to say")
  func quiet() {
    var run = NoisyRun(seed: 21)
    let results = run.results()
    let same = Comparison(old: results, new: results)
    #expect(same.text.hasPrefix("no regression: 0 regressions, 0 improvements, "))
    #expect(same.markdown.hasPrefix("### ✅ No regression"))
  }
}

@Suite("A comparison of wild numbers")
struct WildComparisonTests {
  @Test("comes to an end, whatever a file says", arguments: [0, 1, -1, .max, .min] as [Int])
  func wild(_ number: Int) {
    let numbers = [0.0, 1e300, .leastNonzeroMagnitude, -1e300, 3]
    func results(_ shift: Int) -> BenchResults {
      let rounds = numbers.indices.map { index -> Round in
        let one = numbers[(index + shift) % numbers.count]
        return Round(
          seconds: one, operations: number, bytes: number, userCPUSeconds: one, systemCPUSeconds: one,
          latency: Latency(p50: one, p99: one, p999: one, max: one, isPaced: true, distribution: []),
          contextSwitches: ContextSwitches(voluntary: number, involuntary: number), peakMemory: number,
          memoryPerConnection: number, systemCalls: ["a": number, "b": number],
          allocations: Allocations(count: number, bytes: number))
      }
      let exact = ExactFigures(
        operations: number, systemCalls: ["a": number &+ shift, "b": number],
        allocations: Allocations(count: number, bytes: number), routes: ["a": number, "b": number, "buffered": shift],
        unstable: [])
      return BenchResults(
        started: "", command: [], method: .init(rounds: number, seconds: 0, warmUpSeconds: 0),
        cells: [
          Cell(load: .init(scenario: "", size: number, connections: number), subject: "", rounds: rounds, exact: exact)
        ])
    }
    for shift in 0..<3 {
      let comparison = Comparison(old: results(0), new: results(shift), tolerance: 0)
      #expect(!comparison.text.contains("nan") && !comparison.markdown.contains("inf"))
    }
  }
}
