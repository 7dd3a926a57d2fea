extension Comparison {
  /// The comparison as a plain table for a terminal: regressions first, what is equal only counted.
  public var text: String {
    let findings = Findings(self)
    let measure = exactOnly ? "exact figures only" : "tolerance \(tolerance.percent(0))"
    var lines = ["\(hasRegression ? "WORSE" : "no regression"): \(findings.counts) (\(measure))"]
    lines += notes.map { "note: \($0.printable)" }
    lines += table("regressions", findings.regressions)
    lines += table("improvements", findings.improvements)
    lines += table("other exact changes", findings.changes)
    lines += table("unclear", findings.unclear)
    if !findings.remarks.isEmpty {
      lines += ["", "remarks"]
      lines += findings.remarks.map { "  \($0.printable)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A heading, then for each cell its name and its lines in columns that are as wide as they must be.
  private func table(_ heading: String, _ lines: [Findings.Line]) -> [String] {
    guard !lines.isEmpty else { return [] }
    let columns = lines.map { [$0.what, $0.old, "→", $0.new, $0.difference, $0.remark].map(\.printable) }
    let widths = (0..<5).map { column in columns.map { $0[column].count }.max() ?? 0 }
    var text = ["", heading]
    var cell: String?
    for (line, columns) in zip(lines, columns) {
      if line.cell != cell {
        text.append("  \(line.cell.printable)")
        cell = line.cell
      }
      let padded = zip(columns, widths).enumerated().map { index, column in
        let padding = String(repeating: " ", count: column.1 - column.0.count)
        // The name to the left, numbers to the right.
        return index == 0 ? column.0 + padding : padding + column.0
      }
      text.append("    \((padded + columns.suffix(1)).joined(separator: "  "))")
    }
    return text
  }
}
