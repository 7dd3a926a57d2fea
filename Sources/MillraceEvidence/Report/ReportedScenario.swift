/// The cells of one scenario.
struct ReportedScenario {
  let name: String
  /// Its own on the page; of its place and not of its name, which may be anything.
  let id: String
  let cells: [Cell]
  /// The loads, in the order of the run.
  let loads: [Cell.Load]
  /// The subjects, in the order of the run. The first is what the others are compared with.
  let subjects: [String]

  /// The scenarios of a run, in its order.
  static func all(of results: BenchResults) -> [ReportedScenario] {
    results.cells.map(\.load.scenario).unique.enumerated().map { index, name in
      ReportedScenario(
        name: name, id: "scenario-\(index + 1)", cells: results.cells.filter { $0.load.scenario == name })
    }
  }

  private init(name: String, id: String, cells: [Cell]) {
    self.name = name
    self.id = id
    self.cells = cells
    loads = cells.map(\.load).unique
    subjects = cells.map(\.subject).unique
  }

  func cell(_ load: Cell.Load, _ subject: String) -> Cell? {
    cells.first { $0.load == load && $0.subject == subject }
  }

  /// The figures that any cell has.
  var figures: [Figure] {
    Figure.allCases.filter { figure in cells.contains { figure.summary(of: $0) != nil } }
  }

  /// The figures that are in sight; the others are folded away. Memory where that is what is measured; the operations of
  /// those that have a beginning and an end; else the bytes of a stream.
  var headlines: [Figure] {
    let has = Set(figures)
    let wanted: [Figure] =
      if has.contains(.memoryPerConnection) {
        [.memoryPerConnection]
      } else if has.contains(.latencyP50) {
        [.cpuPerOperation, .operationsPerSecond, .latencyP99]
      } else {
        [.cpuPerGiB, .throughput]
      }
    let found = wanted.filter(has.contains)
    return found.isEmpty ? Array(figures.prefix(2)) : found
  }

  /// How many cells came to each outcome.
  var counts: (measured: Int, skipped: Int, failed: Int) {
    cells.reduce(into: (0, 0, 0)) { counts, cell in
      switch cell.outcome {
      case .measured: counts.0 += 1
      case .skipped: counts.1 += 1
      case .failed: counts.2 += 1
      }
    }
  }
}
