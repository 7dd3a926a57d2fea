extension Comparison {
  /// For a terminal.
  public var text: String {
    var lines = findings.map { "\(Self.mark($0.kind)) \($0.load.title), \($0.subject): \($0.sentence)" }
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  /// For a review: what is worse first, and the rest behind a fold.
  public var markdown: String {
    let worse = findings.filter { $0.kind == .regression }
    let rest = findings.filter { $0.kind != .regression }
    var parts = ["### millrace bench: \(hasRegressed ? "worse" : "no regression")", verdict]
    if !worse.isEmpty { parts.append(Self.list(worse)) }
    if !rest.isEmpty {
      parts.append("<details><summary>\(rest.count) other differences</summary>\n\n\(Self.list(rest))\n\n</details>")
    }
    return parts.joined(separator: "\n\n")
  }

  private var verdict: String {
    let regressions = findings.count { $0.kind == .regression }
    let improvements = findings.count { $0.kind == .improvement }
    var sentence =
      "\(regressions == 0 ? "No regression" : "\(regressions) regression\(regressions == 1 ? "" : "s")"), "
      + "\(improvements) improvement\(improvements == 1 ? "" : "s") among \(figures) figures."
    if undecidable > 0 {
      sentence += " Of \(undecidable) there are too few rounds to tell: five in each run are enough."
    }
    return sentence
  }

  private static func mark(_ kind: Finding.Kind) -> String {
    switch kind {
    case .regression: "WORSE "
    case .improvement: "better"
    case .note: "note  "
    }
  }

  private static func list(_ findings: [Finding]) -> String {
    let rows = findings.map { finding in
      let cells = ["\(finding.load.title)", finding.subject, finding.kind.rawValue, finding.sentence]
      return "| " + cells.map(escaped).joined(separator: " | ") + " |"
    }
    return (["| load | subject | | what |", "|---|---|---|---|"] + rows).joined(separator: "\n")
  }

  /// Names come from command lines.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "|", "\\", "`", "*", "_", "[", "]", "#": escaped += "\\\(character)"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\n", "\r": escaped += " "
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
