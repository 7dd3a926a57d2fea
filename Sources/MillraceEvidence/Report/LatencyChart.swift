/// How long operations took, from the fastest to the slowest: of each subject the round whose p99 is the median.
enum LatencyChart {
  /// The chart of the cells of one load; nil where none has a distribution.
  static func of(_ cells: [Cell], _ styles: SubjectStyles) -> LineChart? {
    let rounds = cells.compactMap { cell in middleRound(cell).map { (cell, $0.round, $0.latency) } }
    guard let load = cells.first?.load, !rounds.isEmpty else { return nil }
    let series = rounds.map { cell, round, latency in
      LineChart.Series(
        name: cell.subject, style: styles[cell.subject],
        points: latency.distribution.filter { $0.microseconds > 0 && $0.microseconds.isFinite }.map {
          LineChart.Point(x: Axis.nines($0.percentile, operations: round.operations), y: $0.microseconds)
        })
    }
    let points = series.flatMap(\.points)
    return LineChart(
      title: "latency by percentile, \(load.title)",
      description: rounds.map { cell, _, latency in
        "\(cell.subject) — "
          + [("p50", latency.p50), ("p99", latency.p99), ("p99.9", latency.p999), ("longest", latency.max)]
          .map { "\($0): \(Figure.Unit.microseconds.text($1))" }.joined(separator: ", ")
      }.joined(separator: ". "),
      x: .percentiles(to: points.map(\.x).max() ?? 1),
      y: .values(points.map(\.y), unit: .microseconds, title: "latency"), series: series)
  }

  /// Operations of one of the subjects did not begin at a steady pace: the long ones hold others up, which is not in the
  /// figures (coordinated omission).
  static func isUnpaced(_ cells: [Cell]) -> Bool {
    cells.contains { middleRound($0)?.latency.isPaced == false }
  }

  private static func middleRound(_ cell: Cell) -> (round: Round, latency: Latency)? {
    let rounds = cell.rounds.compactMap { round in round.latency.map { (round, $0) } }
      .filter { !$0.1.distribution.isEmpty }.sorted { $0.1.p99 < $1.1.p99 }
    return rounds.isEmpty ? nil : rounds[(rounds.count - 1) / 2]
  }
}
