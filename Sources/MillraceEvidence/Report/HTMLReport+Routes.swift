extension HTMLReport {
  /// The route of every byte, and the better ones that were not taken.
  func routes(_ scenario: ReportedScenario) -> Markup {
    let cells = scenario.cells.filter { cell in
      cell.rounds.contains { !($0.routes ?? [:]).isEmpty || !($0.declined ?? []).isEmpty }
    }
    guard !cells.isEmpty else { return .nothing }
    return folded("routes of the bytes") {
      tag("div", ["class": "scroll", "role": "region", "aria-label": "routes", "tabindex": "0"]) {
        tag("table", ["class": "wide"]) {
          tag("thead") {
            tag("tr") {
              for title in ["load", "subject", "bytes by route, of all rounds", "routes not taken, and why"] {
                tag("th", ["scope": "col", "class": "text"]) { title }
              }
            }
          }
          tag("tbody") {
            for cell in cells { row(cell) }
          }
        }
      }
    }
  }

  private func row(_ cell: Cell) -> Markup {
    let bytes = cell.rounds.compactMap(\.routes).reduce(into: [:]) { all, routes in
      all.merge(routes.mapValues { Double($0) }) { $0 + $1 }
    }
    let all = bytes.values.reduce(0, +)
    let declined = cell.rounds.flatMap { $0.declined ?? [] }.unique
    return tag("tr") {
      cell.load.rowHeading
      tag("td", ["class": "text"]) { cell.subject }
      tag("td", ["class": "text"]) {
        for (route, count) in bytes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
          tag("span", ["class": "line"]) {
            tag("b") { route }
            " \(Figure.Unit.bytes.text(count))" + (all > 0 ? ", \(Self.share(count / all))" : "")
          }
        }
      }
      tag("td", ["class": "text"]) {
        for refusal in declined {
          tag("span", ["class": "line"]) {
            tag("b") { refusal.route }
            ": \(refusal.reason)"
          }
        }
        if declined.isEmpty { "—" }
      }
    }
  }

  /// A share that is neither nothing nor all where it is almost so.
  private static func share(_ share: Double) -> String {
    switch share {
    case 0.9995..<1: "more than 99.9 %"
    case let share where share > 0 && share < 0.0005: "less than 0.1 %"
    default: share.percent()
    }
  }

  /// What is the same in every run, for one operation.
  func exactFigures(_ scenario: ReportedScenario) -> Markup {
    let figures = scenario.cells.compactMap { cell in cell.exact.map { (cell, $0) } }
    guard !figures.isEmpty else { return .nothing }
    return folded("exact figures: system calls and allocations of one operation after the other") {
      tag("div", ["class": "scroll", "role": "region", "aria-label": "exact figures", "tabindex": "0"]) {
        tag("table", ["class": "wide"]) {
          tag("thead") {
            tag("tr") {
              for (title, isText) in [
                ("load", true), ("subject", true), ("operations", false), ("calls for each", false), ("by name", true),
                ("allocations for each", false), ("bytes by route", true), ("not stable", true),
              ] { tag("th", ["scope": "col", "class": isText ? "text" : nil]) { title } }
            }
          }
          tag("tbody") {
            for (cell, exact) in figures { row(cell, exact) }
          }
        }
      }
    }
  }

  private func row(_ cell: Cell, _ exact: ExactFigures) -> Markup {
    func each(_ count: Double) -> String {
      exact.operations > 0 ? (count / Double(exact.operations)).significant() : "—"
    }
    func list(_ counts: [String: Int], _ text: (Int) -> String) -> Markup {
      tag("td", ["class": "text"]) {
        for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
          tag("span", ["class": "line"]) {
            tag("b") { name }
            " \(text(count))"
          }
        }
        if counts.isEmpty { "—" }
      }
    }
    return tag("tr") {
      cell.load.rowHeading
      tag("td", ["class": "text"]) { cell.subject }
      tag("td") { "\(exact.operations)" }
      tag("td") { exact.systemCalls.isEmpty ? "—" : each(exact.systemCalls.values.reduce(0) { $0 + Double($1) }) }
      list(exact.systemCalls) { each(Double($0)) }
      tag("td") {
        if let allocations = exact.allocations {
          each(Double(allocations.count))
          tag("span", ["class": "spread"]) { "\(each(Double(allocations.bytes))) B" }
        } else {
          "—"
        }
      }
      list(exact.routes) { Figure.Unit.bytes.text(Double($0)) }
      tag("td", ["class": "text"]) { exact.unstable.isEmpty ? "—" : exact.unstable.joined(separator: ", ") }
    }
  }
}
