import Glibc

/// A figure over what was varied: sizes, or connections.
struct Sweep {
  let figure: Figure
  /// What the cells have in common: the other settings.
  let title: String
  let cells: [Cell]
  let over: Variable

  /// What is on the horizontal axis.
  enum Variable {
    case size, connections
  }

  /// The charts of some cells of one scenario: over sizes for each number of connections and route, and over connections
  /// for each size and route where there are no sizes to speak of.
  static func all(of cells: [Cell], figures: [Figure]) -> [Sweep] {
    let overSizes = groups(cells) { "\($0.connectionsTitle), \($0.route)\($0.besideTitle)" }
      .filter { Set($0.cells.map(\.load.size)).count > 1 }
    let variable: Variable = overSizes.isEmpty ? .connections : .size
    let groups =
      overSizes.isEmpty
      ? groups(cells) { "\($0.sizeTitle), \($0.route)\($0.besideTitle)" }.filter {
        Set($0.cells.map(\.load.connections)).count > 1
      }
      : overSizes
    return groups.flatMap { group in
      figures.map { Sweep(figure: $0, title: group.title, cells: group.cells, over: variable) }
    }
    .filter { sweep in sweep.cells.contains { sweep.figure.summary(of: $0) != nil } }
  }

  private static func groups(_ cells: [Cell], _ key: (Cell.Load) -> String) -> [(title: String, cells: [Cell])] {
    cells.map { key($0.load) }.unique.map { title in (title, cells.filter { key($0.load) == title }) }
  }

  /// The chart; `styles` has how each subject looks.
  func chart(_ styles: SubjectStyles) -> LineChart {
    let settings = cells.compactMap { setting(of: $0.load) }
    let sizes = cells.compactMap(\.load.size)
    let axis = Axis.settings(
      settings.map { ($0.value, $0.label) }, title: over == .size ? "bytes of each operation" : "connections")
    let summaries = cells.map { figure.summary(of: $0) }
    let values = summaries.flatMap { $0.map { [$0.minimum, $0.maximum] } ?? [] }
    let series = cells.map(\.subject).unique.compactMap { subject -> LineChart.Series? in
      let points = zip(cells, summaries).compactMap { cell, summary -> (isStream: Bool, point: LineChart.Point)? in
        guard cell.subject == subject, let summary, let setting = setting(of: cell.load) else { return nil }
        return (
          over == .size && cell.load.size == nil && !sizes.isEmpty,
          LineChart.Point(x: setting.value, y: summary.median, range: summary.minimum...summary.maximum)
        )
      }
      guard !points.isEmpty else { return nil }
      return LineChart.Series(
        name: subject, style: styles[subject],
        points: points.filter { !$0.isStream }.map(\.point).sorted { $0.x < $1.x },
        alone: points.first(where: \.isStream)?.point)
    }
    return LineChart(
      title: "\(figure.title) over \(over == .size ? "size" : "connections"), \(title)", description: description,
      x: axis, y: .values(values, unit: figure.unit, title: figure.title), series: series)
  }

  /// The place of a load on the axis, and its label. A stream is beyond all sizes.
  private func setting(of load: Cell.Load) -> (value: Double, label: String)? {
    switch over {
    case .connections: return (Double(max(1, load.connections)), "\(load.connections)")
    case .size:
      if let size = load.size { return (Double(max(1, size)), load.sizeTitle) }
      let sizes = cells.compactMap(\.load.size)
      let (least, most) = (Double(max(1, sizes.min() ?? 1)), Double(max(1, sizes.max() ?? 1)))
      // A sixth of the axis farther, where there is room for its label.
      return (most * max(4, pow(most / least, 0.24)), "stream")
    }
  }

  /// The values in words.
  private var description: String {
    cells.map(\.subject).unique.map { subject in
      let values = cells.filter { $0.subject == subject }.compactMap { cell in
        figure.summary(of: cell).map { summary in
          "\(over == .size ? cell.load.sizeTitle : "\(cell.load.connections)"): \(figure.text(summary.median))"
        }
      }
      return "\(subject) — \(values.isEmpty ? "nothing" : values.joined(separator: ", "))"
    }.joined(separator: ". ")
  }
}

extension Array where Element: Hashable {
  /// Each once, in the order of its first place.
  var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

/// How the subjects of a report look.
struct SubjectStyles: Sendable {
  /// In their order; the first is what the others are compared with.
  let subjects: [String]

  subscript(_ subject: String) -> SubjectStyle {
    SubjectStyle(index: subjects.firstIndex(of: subject) ?? 0)
  }
}
