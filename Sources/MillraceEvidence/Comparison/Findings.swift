/// A comparison as lines of a table, sorted by what they amount to: what both renderers show.
struct Findings {
  /// One line.
  struct Line {
    let cell: String
    let what: String
    let old: String
    let new: String
    let difference: String
    /// What else is known: an interval and p, or a sentence.
    let remark: String
  }

  var regressions: [Line] = []
  var improvements: [Line] = []
  /// Exact figures that are other, and neither better nor worse.
  var changes: [Line] = []
  var unclear: [Line] = []
  var equal: [Line] = []
  /// What is measured on one side alone, is no longer counted, or comes with a new warning: a sentence each.
  var remarks: [String] = []
  /// Exact figures that are the same.
  var exactlyEqual = 0

  init(_ comparison: Comparison) {
    for cell in comparison.cells {
      add(cell.result, of: cell.title)
      for figure in cell.figures { add(figure, of: cell.title, alike: comparison.alike(figure, of: cell)) }
      if case .compared(_, let exact?, _) = cell.result { add(exact, of: cell.title) }
      remarks += cell.lost.map { "\(cell.title): \($0)" }
      remarks += cell.newWarnings.map { "\(cell.title): new warning: \($0)" }
    }
  }

  /// `2 regressions, 1 improvement, 40 equal, 3 unclear`
  var counts: String {
    func plural(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
    return [
      plural(regressions.count, "regression"), plural(improvements.count, "improvement"),
      changes.isEmpty ? nil : plural(changes.count, "other change"), "\(equal.count + exactlyEqual) equal",
      unclear.isEmpty ? nil : "\(unclear.count) unclear",
    ].compactMap(\.self).joined(separator: ", ")
  }

  private mutating func add(_ result: CellComparison.Result, of cell: String) {
    switch result {
    case .compared, .leftOut: break
    case .broken(let reason):
      regressions.append(
        Line(cell: cell, what: "works", old: "measured", new: "fails", difference: "", remark: reason))
    case .mended(let before):
      improvements.append(
        Line(cell: cell, what: "works", old: "not measured", new: "measured", difference: "", remark: "was: \(before)"))
    case .skipped(let reason): remarks.append("\(cell): measured before, skipped now: \(reason)")
    case .missing: remarks.append("\(cell): measured before, not in the new run")
    case .added: remarks.append("\(cell): not in the old run")
    case .neither(let reason): remarks.append("\(cell): not measured: \(reason)")
    }
  }

  private mutating func add(_ figure: FigureComparison, of cell: String, alike: [String]) {
    var remark = figure.evidence
    if case .unclear(let doubt) = figure.verdict { remark = "\(doubt.sentence); \(remark)" }
    if figure.verdict == .regression, !alike.isEmpty {
      remark += "; \(alike.joined(separator: ", ")) as well, so it may be the machine"
    }
    let line = Line(
      cell: cell, what: figure.figure.title, old: figure.figure.text(figure.old.median),
      new: figure.figure.text(figure.new.median),
      difference: figure.difference.map { signed($0.estimate) } ?? "from zero",
      remark: remark)
    switch figure.verdict {
    case .regression: regressions.append(line)
    case .improvement: improvements.append(line)
    case .equal: equal.append(line)
    case .unclear: unclear.append(line)
    }
  }

  private mutating func add(_ exact: ExactComparison, of cell: String) {
    exactlyEqual += exact.compared - exact.differences.count
    for difference in exact.differences {
      let line = Line(
        cell: cell, what: difference.subject.title, old: difference.old.title, new: difference.new.title,
        difference: difference.old.total == 0
          ? "from zero" : signed(difference.new.perOperation / difference.old.perOperation - 1),
        remark: "exact")
      switch difference.verdict {
      case .regression: regressions.append(line)
      case .improvement: improvements.append(line)
      case .change: changes.append(line)
      }
    }
    if !exact.unstable.isEmpty {
      remarks.append("\(cell): not the same each time, and not compared: \(exact.unstable.joined(separator: ", "))")
    }
  }
}

/// A share with its sign.
func signed(_ share: Double) -> String {
  (share >= 0 ? "+" : "") + share.percent()
}

extension FigureComparison {
  /// `−17.0 % to −13.1 % at 96.8 %, p 0.008`
  fileprivate var evidence: String {
    let interval = difference.map {
      "\(signed($0.interval.lower)) to \(signed($0.interval.upper)) at \($0.interval.coverage.percent()), "
    }
    return (interval ?? "") + (p < 0.001 ? "p < 0.001" : "p \(p.fixed(3))")
  }
}

extension FigureComparison.Doubt {
  /// Why nothing can be said.
  fileprivate var sentence: String {
    switch self {
    case .tooFewRounds(let needed): "too few rounds to tell: \(needed) would probably do"
    case .tooNear:
      "too near the tolerance to tell: it would take more than \(FigureComparison.mostRounds) rounds"
    }
  }
}

extension ExactDifference.Subject {
  fileprivate var title: String {
    switch self {
    case .systemCall(let name): "calls of \(name)"
    case .allocations: "allocations"
    case .allocatedBytes: "bytes allocated"
    case .route(let name): "bytes by \(name)"
    }
  }
}

extension ExactDifference.Count {
  /// `120 in 100`, `2 each`
  fileprivate var title: String { operations == 1 ? "\(total) each" : "\(total) in \(operations)" }
}
