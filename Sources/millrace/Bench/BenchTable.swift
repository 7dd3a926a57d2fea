import MillraceEvidence

/// The results as a table for a terminal.
struct BenchTable {
  let text: String

  init(_ results: BenchResults) {
    text = results.cells.map { cell in
      guard let round = cell.rounds.first else { return "\(cell.load.title)  \(cell.subject)  \(cell.outcome)" }
      let cpu = (round.userCPUSeconds + round.systemCPUSeconds) * 1e6 / Double(max(1, round.operations))
      return
        "\(cell.load.title)  \(cell.subject)  \(round.operations) ops  \(cpu) us/op \(round.routes ?? [:]) \(cell.exact.map { "\($0.systemCalls) \($0.allocations?.count ?? 0) \($0.unstable)" } ?? "") \(cell.warnings)"
    }.joined(separator: "\n")
  }
}
