/// How the reactors of a cell were in the course of its last round: tasks by state, and what they held.
enum TimelineChart {
  /// Two charts with the same time below each other; none where there are no samples.
  static func of(_ cell: Cell) -> [LineChart] {
    guard !cell.timeline.isEmpty else { return [] }
    let tasks: [(String, KeyPath<ReactorSample, Int>)] = [
      ("running", \.running), ("runnable", \.runnable), ("waiting", \.waiting),
      ("in a blocking call", \.inBlockingCall),
    ]
    let held: [(String, KeyPath<ReactorSample, Int>)] = [
      ("threads", \.threads), ("pipes leased", \.pipesLeased), ("buffers leased", \.buffersLeased),
    ]
    return [("tasks", tasks, 0), ("threads, pipes, buffers", held, 4)].map { chart(cell, $0, $1, firstStyle: $2) }
  }

  private static func chart(
    _ cell: Cell, _ title: String, _ lines: [(String, KeyPath<ReactorSample, Int>)], firstStyle: Int
  ) -> LineChart {
    let samples = cell.timeline.filter(\.seconds.isFinite)
    let series = lines.enumerated().map { index, line in
      LineChart.Series(
        name: line.0, style: SubjectStyle(index: firstStyle + index),
        points: samples.map { LineChart.Point(x: $0.seconds, y: Double($0[keyPath: line.1])) })
    }
    let values = series.flatMap { $0.points.map(\.y) }
    return LineChart(
      title: "\(title) over time, \(cell.subject), \(cell.load.title)",
      description: series.map { line in
        let values = line.points.map(\.y)
        return
          "\(line.name): \(Figure.Unit.count.tick(values.min() ?? 0)) to \(Figure.Unit.count.tick(values.max() ?? 0))"
      }.joined(separator: ", "),
      x: .seconds(to: samples.map(\.seconds).max() ?? 1),
      y: .steps(to: max(4, values.max() ?? 4), unit: .count, title: title),
      series: series)
  }
}
