/// One figure of one scenario: a row for each load, a column for each subject.
struct FigureTable {
  let figure: Figure
  let scenario: ReportedScenario
  let styles: SubjectStyles
  /// The numbers of the warnings, as the list below has them.
  let notes: Footnotes
  /// Those of the run. A ratio of fewer has another coverage, and says which.
  let rounds: Int

  /// The coverage that an interval must have for ▲ or ▼: five rounds have it, four do not.
  static let judgedCoverage = 0.9

  /// The table in its container, which scrolls where the page is narrow.
  var markup: Markup {
    tag("div", ["class": "scroll", "role": "region", "aria-label": figure.title, "tabindex": "0"]) {
      tag("table", ["class": "figures"]) {
        tag("caption") {
          tag("b") { figure.title }
          figure.lowerIsBetter ? " — less is better" : " — more is better"
        }
        tag("thead") { heading }
        tag("tbody") {
          for load in scenario.loads { row(load) }
        }
      }
    }
  }

  private var heading: Markup {
    tag("tr") {
      tag("th", ["scope": "col"]) { "load" }
      for (index, subject) in scenario.subjects.enumerated() {
        tag("th", ["scope": "col", "class": "subject"]) {
          styles[subject].sample
          subject
          if index == 0, scenario.subjects.count > 1 { tag("small") { "reference" } }
        }
      }
    }
  }

  private func row(_ load: Cell.Load) -> Markup {
    tag("tr") {
      load.rowHeading
      for subject in scenario.subjects {
        content(scenario.cell(load, subject), reference: scenario.cell(load, scenario.subjects[0]))
      }
    }
  }

  private func content(_ cell: Cell?, reference: Cell?) -> Markup {
    switch cell?.outcome {
    case nil: tag("td", ["class": "none"]) { "—" }
    case .skipped(let reason): tag("td", ["class": "skipped"]) { "skipped: \(reason)" }
    case .failed(let reason):
      tag("td", ["class": "failed"]) {
        tag("b") { "✕ failed" }
        ": \(reason)"
      }
    case .measured: cell.map { measured($0, reference: reference) } ?? .nothing
    }
  }

  private func measured(_ cell: Cell, reference: Cell?) -> Markup {
    guard let summary = figure.summary(of: cell) else { return tag("td", ["class": "none"]) { "—" } }
    return tag("td", ["class": summary.isWorthless ? "worthless" : nil]) {
      tag("span", ["class": "value"]) { figure.text(summary.median) }
      if cell.rounds.count > 1 {
        tag("span", ["class": "spread"]) {
          if summary.isWorthless { tag("b", ["class": "warning"]) { "⚠ " } }
          "spread \(summary.spread?.percent() ?? "—")"
        }
      }
      if let reference, reference.subject != cell.subject, let ratio = PairedRatio(figure, of: cell, over: reference) {
        self.ratio(ratio)
      }
      if let number = notes.number(of: cell) {
        tag("a", ["class": "warning", "href": "#\(notes.id(number))"]) { "⚠ note \(number)" }
      }
    }
  }

  private func ratio(_ ratio: PairedRatio) -> Markup {
    let judged = ratio.interval.flatMap { $0.coverage >= Self.judgedCoverage ? $0 : nil }
    let isMore = judged.map { $0.lower > 1 } ?? false
    let isLess = judged.map { $0.upper < 1 } ?? false
    let isBetter = figure.lowerIsBetter ? isLess : isMore
    let isApart = isMore || isLess
    return tag("span", ["class": !isApart ? "ratio" : isBetter ? "ratio better" : "ratio worse"]) {
      tag("b") { (isApart ? isBetter ? "▲ " : "▼ " : "") + "×\(ratio.median.significant())" }
      if let interval = ratio.interval {
        " \(interval.lower.significant())–\(interval.upper.significant())"
        if ratio.pairs != rounds { " (\(interval.coverage.percent()))" }
      }
    }
  }
}

extension Cell.Load {
  /// The first column of a row: one, so that a phone has room for the figures.
  var rowHeading: Markup {
    tag("th", ["scope": "row"]) {
      sizeTitle
      tag("small") { connectionsTitle + besideTitle }
      tag("small") { route }
    }
  }
}

/// The warnings of a scenario, numbered: a table has the number, a list below it the sentences.
struct Footnotes {
  private let scenario: String
  /// Each cell that has warnings.
  let cells: [Cell]

  init(_ scenario: ReportedScenario) {
    self.scenario = scenario.id
    cells = scenario.cells.filter { !$0.warnings.isEmpty }
  }

  func number(of cell: Cell) -> Int? {
    cells.firstIndex { $0.load == cell.load && $0.subject == cell.subject }.map { $0 + 1 }
  }

  func id(_ number: Int) -> String { "\(scenario)-note-\(number)" }

  /// The list.
  var markup: Markup {
    cells.isEmpty
      ? .nothing
      : tag("ol", ["class": "notes"]) {
        for (index, cell) in cells.enumerated() {
          tag("li", ["id": id(index + 1)]) {
            tag("b") { "⚠ \(cell.subject), \(cell.load.inScenario): " }
            cell.warnings.joined(separator: "; ")
          }
        }
      }
  }
}
