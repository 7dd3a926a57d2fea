import MillraceEvidence

/// The results as tables for a terminal: one for each scenario, and in it the subjects of each load among each other.
struct BenchTable {
  private let results: BenchResults

  init(_ results: BenchResults) { self.results = results }

  var text: String {
    var parts: [String] = []
    var rest = results.cells[...]
    while let first = rest.first {
      let cells = rest.prefix { $0.load.scenario == first.load.scenario }
      rest = rest.dropFirst(cells.count)
      parts.append(ScenarioTable(Array(cells)).text)
    }
    parts.append(legend)
    return parts.joined(separator: "\n\n")
  }

  private var legend: String {
    var sentences = ["Medians of \(results.method.title); ± is (greatest − least) / median of the CPU."]
    if Set(results.cells.map(\.subject)).count > 1 {
      sentences.append("× is CPU against \(ScenarioTable.reference), round by round, with its interval (\(coverage)).")
    }
    #if DEBUG
      sentences.append("! This is a debug build, whose figures say nothing: build it with -c release.")
    #endif
    if results.cells.contains(where: ScenarioTable.saysLittle) {
      sentences.append(
        "! marks rounds further apart than \(Int(100 * Summary.worthlessSpread)) %: such figures say little. More rounds, "
          + "longer ones or a quieter machine say more.")
    }
    return sentences.joined(separator: "\n")
  }

  private var coverage: String {
    ConfidenceInterval.coverageOfMedian(results.method.rounds)?.percent() ?? "one round has none"
  }
}

/// One table.
private struct ScenarioTable {
  /// With whom the others are compared.
  static let reference = "millrace"

  private let cells: [Cell]
  private let columns: [Column]

  init(_ cells: [Cell]) {
    self.cells = cells
    columns = Column.all.filter { column in cells.contains { !column.text($0, cells).isEmpty } }
  }

  /// A heading, and what is below it.
  private struct Column: Sendable {
    let title: String
    let text: @Sendable (_ cell: Cell, _ all: [Cell]) -> String

    static let all: [Column] = [
      figure("MiB/s", .throughput, scale: 1 / 1_048_576), figure("ops/s", .operationsPerSecond, isOfOperations: true),
      figure("CPU µs/op", .cpuPerOperation, isOfOperations: true), figure("CPU s/GiB", .cpuPerGiB),
      figure("bytes each", .memoryPerConnection), Column(title: "±") { cell, _ in spread(cell) },
      Column(title: "×") { ratio($0, $1) }, figure("p50 µs", .latencyP50, isOfOperations: true),
      figure("p99 µs", .latencyP99, isOfOperations: true), Column(title: "went by") { cell, _ in route(cell) },
    ]

    private static func figure(
      _ title: String, _ figure: Figure, scale: Double = 1, isOfOperations: Bool = false
    ) -> Column {
      Column(title: title) { cell, _ in
        // Connections that have nothing to say are no operations, and neither are the pieces of a stream.
        if figure != .memoryPerConnection, cell.costFigure == .memoryPerConnection { return "" }
        if isOfOperations, cell.load.size == nil { return "" }
        return figure.summary(of: cell).map { ($0.median * scale).significant() } ?? ""
      }
    }
  }

  var text: String {
    let name = cells[0].load.scenario
    let hasRoutes = cells.contains { $0.load.route != "automatic" }
    let hasCompany = cells.contains { $0.load.beside != nil }
    func head(_ cell: Cell) -> [String] {
      let load = cell.load
      return [load.sizeTitle, "\(load.connections)"] + (hasRoutes ? [load.route] : [])
        + (hasCompany ? [load.beside?.title ?? "nothing"] : []) + [cell.subject]
    }
    let names =
      ["size", "conns"] + (hasRoutes ? ["route"] : []) + (hasCompany ? ["beside"] : []) + ["subject"]
    var rows = [names + columns.map(\.title)]
    for cell in cells {
      switch cell.outcome {
      case .measured: rows.append(head(cell) + columns.map { $0.text(cell, cells) })
      // Below, once and not for each load.
      case .skipped: break
      case .failed(let reason): rows.append(head(cell) + ["FAILED: \(reason)"])
      }
    }
    let title = "\(name): \(Scenario(rawValue: name)?.title ?? "")"
    let notes = cells.flatMap { cell in cell.warnings.map { "! \(cell.load.title), \(cell.subject): \($0)" } }
    return ([title] + Self.lines(rows, names.count) + skipped + notes).joined(separator: "\n")
  }

  /// Who was not measured, and why.
  private var skipped: [String] {
    var reasons: [(reason: String, subjects: [String])] = []
    for cell in cells {
      guard case .skipped(let reason) = cell.outcome else { continue }
      if let place = reasons.firstIndex(where: { $0.reason == reason }) {
        if !reasons[place].subjects.contains(cell.subject) { reasons[place].subjects.append(cell.subject) }
      } else {
        reasons.append((reason, [cell.subject]))
      }
    }
    return reasons.map { "- \($0.subjects.joined(separator: ", ")): \($0.reason)" }
  }

  // MARK: - What is in a column

  /// Whether the rounds lie so far apart that the median says little.
  static func saysLittle(_ cell: Cell) -> Bool { cell.rounds.count > 1 && cost(of: cell)?.isWorthless == true }

  private static func cost(of cell: Cell) -> Summary? {
    cell.costFigure.summary(of: cell)
  }

  private static func spread(_ cell: Cell) -> String {
    guard cell.rounds.count > 1, let spread = cost(of: cell)?.spread else { return "" }
    return "\(Int((100 * spread).rounded())) %\(saysLittle(cell) ? "!" : " ")"
  }

  private static func ratio(_ cell: Cell, _ cells: [Cell]) -> String {
    guard let own = cells.first(where: { $0.load == cell.load && $0.subject == reference }),
      own.subject != cell.subject,
      let ratio = PairedRatio(cell.costFigure, of: cell, over: own)
    else { return "" }
    return ratio.median.significant()
      + (ratio.interval.map { " (\($0.lower.significant())–\($0.upper.significant()))" } ?? "")
  }

  private static func route(_ cell: Cell) -> String {
    guard let routes = cell.rounds.last?.routes else { return "" }
    let all = routes.values.reduce(0, +)
    return routes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { name, bytes in
        let share = 100 * bytes / max(1, all)
        return bytes == all ? name : "\(name) \(share == 0 ? "<1" : "\(share)") %"
      }.joined(separator: ", ")
  }

  private static func lines(_ rows: [[String]], _ names: Int) -> [String] {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in
      // A sentence is no column's measure.
      rows.filter { $0.count == columns || column < names }.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { place, text in
        guard row.count == columns || place < names else { return text }
        let padding = String(repeating: " ", count: max(0, widths[place] - text.count))
        // Names to the left, numbers to the right.
        return place < names || place == columns - 1 ? text + padding : padding + text
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

extension Cell {
  /// What is compared with others.
  fileprivate var costFigure: Figure {
    if rounds.contains(where: { $0.memoryPerConnection != nil }) { return .memoryPerConnection }
    return load.size == nil ? .cpuPerGiB : .cpuPerOperation
  }
}
