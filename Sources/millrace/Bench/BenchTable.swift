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
      parts.append(table(Array(cells)))
    }
    parts.append(
      "Medians of \(results.method.rounds) rounds of \(results.method.seconds) s; ± is half of what lies between the least and the "
        + "greatest. × is CPU against millrace, round by round.")
    return parts.joined(separator: "\n\n")
  }

  private func table(_ cells: [Cell]) -> String {
    let name = cells[0].load.scenario
    let title = "\(name): \(Scenario(rawValue: name)?.title ?? "")"
    let isIdle = name == Scenario.idle.rawValue
    let header =
      ["size", "conns", "route", "subject"]
      + (isIdle ? ["bytes each"] : ["MiB/s", "ops/s", "CPU µs/op", "±", "×", "p50 µs", "p99 µs", "went by"])
    var rows = [header]
    var notes: [String] = []
    for cell in cells {
      let own = cells.first { $0.load == cell.load && $0.subject == "millrace" }
      rows.append(row(cell, beside: own, isIdle))
      notes += cell.warnings.map { "! \(cell.load.title), \(cell.subject): \($0)" }
    }
    return ([title] + lines(rows) + notes).joined(separator: "\n")
  }

  private func row(_ cell: Cell, beside own: Cell?, _ isIdle: Bool) -> [String] {
    let load = cell.load
    let head = [load.size.map(Self.size) ?? "stream", "\(load.connections)", load.route, cell.subject]
    switch cell.outcome {
    case .skipped(let reason): return head + ["- \(reason)"]
    case .failed(let reason): return head + ["FAILED: \(reason)"]
    case .measured: break
    }
    if isIdle { return head + [number(median(cell.rounds.compactMap { $0.memoryPerConnection.map(Double.init) }))] }
    let cpu = cell.rounds.map(Self.cpu)
    return head + [
      number(median(cell.rounds.map { Double($0.bytes) / $0.seconds / 1_048_576 })),
      number(median(cell.rounds.map { Double($0.operations) / $0.seconds })), number(median(cpu)), number(spread(cpu)),
      ratio(cell, own), number(median(cell.rounds.compactMap { $0.latency?.p50 })),
      number(median(cell.rounds.compactMap { $0.latency?.p99 })), route(cell),
    ]
  }

  /// Microseconds an operation.
  private static func cpu(_ round: Round) -> Double {
    (round.userCPUSeconds + round.systemCPUSeconds) * 1e6 / Double(max(1, round.operations))
  }

  private func ratio(_ cell: Cell, _ own: Cell?) -> String {
    guard let own, own.subject != cell.subject else { return "" }
    let pairs = zip(cell.rounds, own.rounds).map { Self.cpu($0) / Self.cpu($1) }
    return median(pairs).map { "\(Self.digits($0))×" } ?? ""
  }

  private func route(_ cell: Cell) -> String {
    guard let routes = cell.rounds.last?.routes else { return "" }
    let all = routes.values.reduce(0, +)
    return routes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { $0.value == all ? $0.key : "\($0.key) \(100 * $0.value / max(1, all)) %" }.joined(separator: ", ")
  }

  private func median(_ values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  private func spread(_ values: [Double]) -> Double? {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    return (greatest - least) / 2
  }

  private func number(_ value: Double?) -> String { value.map(Self.digits) ?? "" }

  /// Three digits that count.
  private static func digits(_ value: Double) -> String {
    if value >= 100 { return "\(Int(value.rounded()))" }
    let tenths = value >= 10 ? 10.0 : 100.0
    let scaled = Int((value * tenths).rounded())
    let rest = "\(scaled % Int(tenths))"
    return "\(scaled / Int(tenths))." + String(repeating: "0", count: (tenths == 10 ? 1 : 2) - rest.count) + rest
  }

  private static func size(_ bytes: Int) -> String {
    if bytes >= 1 << 20, bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
    return bytes >= 1024 && bytes % 1024 == 0 ? "\(bytes >> 10) KiB" : "\(bytes) B"
  }

  private func lines(_ rows: [[String]]) -> [String] {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in
      // A sentence is no column's measure.
      rows.filter { $0.count == columns }.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { place, text in
        guard row.count == columns || place < 4 else { return text }
        let padding = String(repeating: " ", count: max(0, widths[place] - text.count))
        return place < 4 || place == columns - 1 ? text + padding : padding + text
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
