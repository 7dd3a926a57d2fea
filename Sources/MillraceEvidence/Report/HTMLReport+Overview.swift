extension HTMLReport {
  /// What there is, with links to it, and in one line each how the subjects compare.
  func overview(_ scenarios: [ReportedScenario]) -> Markup {
    guard !scenarios.isEmpty else {
      return tag("section") { tag("p") { "Nothing was measured: the run has no cells." } }
    }
    let peers = styles.subjects.dropFirst()
    return tag("section", ["id": "overview"]) {
      tag("h2") { "Overview" }
      tag("div", ["class": "scroll", "role": "region", "aria-label": "overview", "tabindex": "0"]) {
        tag("table") {
          tag("thead") {
            tag("tr") {
              tag("th", ["scope": "col"]) { "scenario" }
              for peer in peers {
                tag("th", ["scope": "col", "class": "subject"]) {
                  styles[peer].sample
                  "\(peer) ÷ \(styles.subjects[0])"
                }
              }
              tag("th", ["scope": "col"]) { "cells" }
            }
          }
          tag("tbody") {
            for scenario in scenarios { row(scenario, peers: Array(peers)) }
          }
        }
      }
      if !peers.isEmpty {
        tag("p", ["class": "muted"]) {
          "A ratio is the median over the scenario’s loads, and what they range over."
        }
      }
    }
  }

  private func row(_ scenario: ReportedScenario, peers: [String]) -> Markup {
    let counts = scenario.counts
    let warnings = scenario.cells.reduce(0) { $0 + $1.warnings.count }
    let figure = scenario.headlines.first
    return tag("tr") {
      tag("th", ["scope": "row"]) {
        tag("a", ["href": "#\(scenario.id)"]) { scenario.name }
        if let figure, !peers.isEmpty { tag("small") { figure.title } }
      }
      for peer in peers {
        if let figure, let ratios = ratios(figure, scenario, peer) {
          tag("td") {
            tag("b") { "×\(ratios.median.significant())" }
            if ratios.count > 1 {
              tag("span", ["class": "spread"]) { "\(ratios.minimum.significant())–\(ratios.maximum.significant())" }
            }
          }
        } else {
          tag("td", ["class": "none"]) { "—" }
        }
      }
      tag("td") {
        tag("span", ["class": "line"]) { "\(counts.measured) measured" }
        if counts.skipped > 0 { tag("span", ["class": "line"]) { "\(counts.skipped) skipped" } }
        if counts.failed > 0 { tag("span", ["class": "line failures"]) { "✕ \(counts.failed) failed" } }
        if warnings > 0 { tag("span", ["class": "line warning"]) { "⚠ \(warnings) warnings" } }
      }
    }
  }

  private func ratios(_ figure: Figure, _ scenario: ReportedScenario, _ peer: String) -> Summary? {
    Summary(
      scenario.loads.compactMap { load in
        guard let cell = scenario.cell(load, peer), let reference = scenario.cell(load, styles.subjects[0]) else {
          return nil
        }
        return PairedRatio(figure, of: cell, over: reference)?.median
      })
  }
}
