extension Comparison {
  /// The comparison for a review: the verdict, the regressions, the improvements; the rest folded away.
  public var markdown: String {
    let findings = Findings(self)
    var blocks = ["### \(hasRegression ? "❌ Worse" : "✅ No regression"): \(findings.counts)"]
    if !notes.isEmpty { blocks.append(list(notes)) }
    if !findings.regressions.isEmpty { blocks += ["**Regressions**", table(findings.regressions)] }
    if !findings.improvements.isEmpty { blocks += ["**Improvements**", table(findings.improvements)] }
    let sections = [
      ("Other exact changes", findings.changes), ("Unclear", findings.unclear), ("Equal", findings.equal),
    ]
    var rest = sections.filter { !$0.1.isEmpty }.flatMap { name, lines in
      let more = lines.count - Self.mostFolded
      return ["**\(name)**", table(Array(lines.prefix(Self.mostFolded)))] + (more > 0 ? ["… and \(more) more."] : [])
    }
    if findings.exactlyEqual > 0 { rest.append("\(findings.exactlyEqual) exact figures are the same.") }
    if !findings.remarks.isEmpty { rest += ["**Remarks**", list(findings.remarks)] }
    rest.append(
      exactOnly
        ? "Exact figures only: they have no tolerance."
        : "A regression is significant (\(FigureComparison.alpha.percent(0)), alone and among all figures), and its whole "
          + "interval is worse than the tolerance of \(tolerance.percent(0)). Exact figures have no tolerance.")
    blocks.append("<details><summary>The rest</summary>")
    blocks += rest
    blocks.append("</details>")
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// The most lines of a folded table. A line has some 120 characters, and the forges take 65 536 in a comment.
  private static let mostFolded = 100

  private func table(_ lines: [Findings.Line]) -> String {
    let rows = lines.map { line in
      "| "
        + [line.cell, line.what, line.old, line.new, line.difference, line.remark].map(\.inMarkdown)
        .joined(separator: " | ") + " |"
    }
    return (["| cell | figure | old | new | difference | |", "|---|---|---:|---:|---:|---|"] + rows)
      .joined(separator: "\n")
  }

  private func list(_ items: [String]) -> String {
    items.map { "- \($0.inMarkdown)" }.joined(separator: "\n")
  }
}

extension String {
  /// As text of one line that is no markup: what could be is written as a character reference, which is none inside tables
  /// either. Names come from a command line.
  fileprivate var inMarkdown: String {
    printable.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "|", "<", ">", "&", "`", "*", "_", "[", "]", "\\", "~", "#", "@", "!", "$": text += "&#\(scalar.value);"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
