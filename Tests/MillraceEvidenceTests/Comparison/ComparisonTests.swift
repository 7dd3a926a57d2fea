import MillraceEvidence
import Testing

@Suite("Two runs compared")
struct ComparisonTests {
  private static let load = Cell.Load(scenario: "echo", size: 4096, connections: 32)

  private func results(_ cells: [Cell]) -> BenchResults {
    BenchResults(started: "", command: [], method: .init(rounds: 5, seconds: 1, warmUpSeconds: 0.25), cells: cells)
  }

  /// A cell as a machine with other guests gives it: each round is off by some per cent, and some are slow.
  private static func cell(
    at load: Cell.Load = load, cpu: Double = 10, rounds: Int = 5, noise: Double = 0.06, by dice: inout Dice
  ) -> Cell {
    let rounds = (0..<rounds).map { _ in
      let slow = 1 + noise * dice.normal().magnitude + (dice.uniform() < 0.1 ? 0.3 * dice.uniform() : 0)
      return Round(
        seconds: 1, operations: Int(50_000 / slow), bytes: Int(50_000 / slow) * 4096,
        userCPUSeconds: 0.2 * cpu * slow / 20, systemCPUSeconds: 0.8 * cpu * slow / 20,
        latency: Latency(
          p50: 400 * slow, p99: 900 * slow, p999: 2000 * slow, max: 9000, isPaced: false, distribution: []),
        peakMemory: 20 << 20)
    }
    return Cell(load: load, subject: "millrace", rounds: rounds)
  }

  private func exact(_ calls: [String: Int], allocations: Int = 640, routes: [String: Int] = ["sendfile": 100])
    -> ExactFigures
  {
    ExactFigures(
      operations: 64, systemCalls: calls, allocations: Allocations(count: allocations, bytes: 100), routes: routes,
      unstable: ["epoll_wait"])
  }

  private func compare(_ old: ExactFigures, _ new: ExactFigures) -> Comparison {
    Comparison(
      results([Cell(load: Self.load, subject: "millrace", exact: old)]),
      results([Cell(load: Self.load, subject: "millrace", exact: new)]))
  }

  @Test("a figure that is worse by more than the tolerance, and than chance, is a regression")
  func worse() {
    var dice = Dice(seed: 11)
    let comparison = Comparison(
      results([Self.cell(noise: 0.02, by: &dice)]), results([Self.cell(cpu: 14, noise: 0.02, by: &dice)]))
    #expect(comparison.hasRegressed)
    let sentences = comparison.findings.filter { $0.kind == .regression }.map(\.sentence)
    #expect(sentences.contains { $0.hasPrefix("CPU µs/operation ") && $0.contains(" %") && $0.contains("p = 0.008") })
    let back = Comparison(
      results([Self.cell(cpu: 25, noise: 0.02, by: &dice)]), results([Self.cell(noise: 0.02, by: &dice)]))
    #expect(!back.hasRegressed)
    #expect(back.findings.contains { $0.kind == .improvement })
    let lenient = Comparison(
      results([Self.cell(noise: 0.02, by: &dice)]), results([Self.cell(cpu: 14, noise: 0.02, by: &dice)]),
      tolerance: 0.6)
    #expect(!lenient.hasRegressed)
  }

  /// given a hundred pairs of runs of the same program, of eight cells each, on a noisy machine; then not one of them gives an
  /// alarm at the default tolerance.
  @Test("equal runs give no alarm")
  func equal() {
    var dice = Dice(seed: 42)
    var alarms = 0
    for _ in 0..<100 {
      let loads = (0..<8).map { Cell.Load(scenario: "echo", size: 1 << $0, connections: 1) }
      let (old, new) = (loads.map { Self.cell(at: $0, by: &dice) }, loads.map { Self.cell(at: $0, by: &dice) })
      if Comparison(results(old), results(new)).hasRegressed { alarms += 1 }
    }
    #expect(alarms == 0)
  }

  @Test("too few rounds tell nothing, and are said to")
  func fewRounds() {
    var dice = Dice(seed: 5)
    let comparison = Comparison(
      results([Self.cell(rounds: 3, by: &dice)]), results([Self.cell(cpu: 50, rounds: 3, by: &dice)]))
    #expect(!comparison.hasRegressed)
    #expect(comparison.undecidable == comparison.figures && comparison.figures > 0)
    #expect(comparison.text.contains("there are too few rounds to tell"))
  }

  @Test("one call more, one allocation more, or the way through memory is a regression")
  func exactly() {
    let before = exact(["recv": 128, "epoll_wait": 129])
    #expect(compare(before, before).findings.isEmpty)
    let more = compare(before, exact(["recv": 129, "epoll_wait": 129]))
    #expect(more.hasRegressed)
    #expect(more.findings.map(\.sentence) == ["recv calls 128 → 129 for 64 operations"])
    #expect(compare(before, exact(["recv": 128, "fstat": 1, "epoll_wait": 129])).hasRegressed)
    #expect(compare(before, exact(["recv": 128, "epoll_wait": 129], allocations: 704)).hasRegressed)
    #expect(!compare(before, exact(["recv": 127, "epoll_wait": 129], allocations: 576)).hasRegressed)
    #expect(!compare(before, exact(["recv": 128, "epoll_wait": 500])).hasRegressed, "it is not the same each time")
    #expect(
      compare(before, exact(["recv": 128, "epoll_wait": 1], allocations: 645)).findings.allSatisfy {
        $0.kind == .improvement
      })
    let buffered = compare(before, exact(["recv": 128, "epoll_wait": 129], routes: ["buffered": 100]))
    #expect(buffered.findings.map(\.sentence) == ["most bytes go by buffered, and went by sendfile"])
    #expect(buffered.hasRegressed)
  }

  @Test("a cell that fails now is a regression; one that is gone or new is told")
  func cells() {
    var dice = Dice(seed: 9)
    let other = Cell.Load(scenario: "short", size: 1024, connections: 1)
    let fails = Comparison(
      results([Self.cell(by: &dice)]),
      results([Cell(load: Self.load, subject: "millrace", outcome: .failed(reason: "it ended"))]))
    #expect(fails.hasRegressed)
    #expect(fails.findings.first?.sentence == "fails now: it ended")
    let moved = Comparison(results([Self.cell(by: &dice)]), results([Self.cell(at: other, by: &dice)]))
    #expect(!moved.hasRegressed)
    #expect(moved.findings.map(\.sentence) == ["is not in the new run", "is new"])
  }

  @Test("Markdown has what is worse first, and no name can break it")
  func markdown() {
    var dice = Dice(seed: 13)
    var cell = Self.cell(noise: 0.01, by: &dice)
    var slow = Self.cell(cpu: 20, noise: 0.01, by: &dice)
    cell.subject = "a|b<c>"
    slow.subject = "a|b<c>"
    slow.warnings = ["something *odd*"]
    let text = Comparison(results([cell]), results([slow])).markdown
    #expect(text.hasPrefix("### millrace bench: worse\n"))
    #expect(text.contains("| echo, 4 KiB, 32 connections | a\\|b&lt;c&gt; | regression |"))
    #expect(text.contains("<details><summary>1 other differences</summary>"))
    #expect(text.contains("something \\*odd\\*"))
  }
}
