import Glibc

@testable import MillraceEvidence

/// A made-up run with the noise of a real machine.
struct NoisyRun {
  var generator: SeededGenerator
  /// The standard deviation of the logarithm of what a round is off by.
  var noise = 0.07
  /// What the machine becomes slower by in the course of the run, as a share; of either sign, drawn for each cell.
  var drift = 0.04
  var rounds = 5
  var subjects = ["millrace", "c", "go"]
  var sizes = [64, 65_536]

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// The results. `change` is what is done to each cell at the end.
  mutating func results(_ change: (inout Cell) -> Void = { _ in }) -> BenchResults {
    let loads = sizes.map { Cell.Load(scenario: "echo", size: $0, connections: 8) }
    let cells = loads.flatMap { load in
      subjects.map { subject in
        var cell = cell(load, subject)
        change(&cell)
        return cell
      }
    }
    return BenchResults(
      started: "2026-01-02T03:04:05Z", command: ["bench"],
      method: .init(rounds: rounds, seconds: 2, warmUpSeconds: 0.5), cells: cells)
  }

  private mutating func cell(_ load: Cell.Load, _ subject: String) -> Cell {
    let slope = drift * Double.random(in: -1...1, using: &generator)
    let measured = (0..<rounds).map { index -> Round in
      // What slows a round down, all its figures feel; and each has some noise of its own.
      let place = Double(index) / Double(max(1, rounds - 1)) - 0.5
      let shared = exp(noise * 0.7 * generator.normal() + slope * place)
      let operations = 100_000 / (shared * own())
      let p50 = 40 * shared * own()
      let p99 = 90 * shared * own() * own()
      return Round(
        seconds: 2, operations: Int(operations), bytes: Int(operations) * (load.size ?? 1), userCPUSeconds: 0.4 * own(),
        systemCPUSeconds: 1.2 * own(),
        latency: Latency(p50: p50, p99: p99, p999: p99 * 2 * own(), max: p99 * 9, isPaced: true, distribution: []),
        contextSwitches: ContextSwitches(voluntary: Int(30_000 * own()), involuntary: Int(200 * own())),
        peakMemory: Int(20_000_000 * own()))
    }
    let exact = ExactFigures(
      operations: 100, systemCalls: ["read": 200, "write": 100], allocations: Allocations(count: 3, bytes: 300),
      routes: ["buffered": 1000, "splice": 5000], unstable: [])
    return Cell(load: load, subject: subject, rounds: measured, exact: subject == "millrace" ? exact : nil)
  }

  private mutating func own() -> Double { exp(noise * 0.7 * generator.normal()) }
}
