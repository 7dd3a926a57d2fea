extension HTMLReport {
  /// All of one scenario: what matters in sight, the rest folded.
  func section(_ scenario: ReportedScenario) -> Markup {
    let notes = Footnotes(scenario)
    let headlines = scenario.headlines
    let others = scenario.figures.filter { !headlines.contains($0) }
    return tag("section", ["id": scenario.id]) {
      tag("h2") { scenario.name }
      // Where nothing was measured the table still says why.
      for figure in headlines.isEmpty ? [.throughput] : headlines { table(figure, scenario, notes) }
      notes.markup
      sweeps(scenario)
      latencies(scenario)
      if !others.isEmpty {
        folded("other figures: " + others.map(\.title).joined(separator: ", ")) {
          for figure in others { table(figure, scenario, notes) }
        }
      }
      routes(scenario)
      exactFigures(scenario)
      timelines(scenario)
    }
  }

  private func table(_ figure: Figure, _ scenario: ReportedScenario, _ notes: Footnotes) -> Markup {
    FigureTable(figure: figure, scenario: scenario, styles: styles, notes: notes, rounds: results.method.rounds).markup
  }

  private func sweeps(_ scenario: ReportedScenario) -> Markup {
    let figures: [Figure] =
      scenario.headlines == [.memoryPerConnection] ? [.memoryPerConnection, .peakMemory] : [.throughput, .cpuPerGiB]
    let charts = Sweep.all(of: scenario.cells, figures: figures).map {
      drawing($0.chart(styles), caption: "\($0.figure.title), \($0.title)")
    }
    return gallery(charts, id: "\(scenario.id)-sweep", rest: "charts for other connections and routes")
  }

  private func latencies(_ scenario: ReportedScenario) -> Markup {
    let charts = scenario.loads.compactMap { load -> Drawing? in
      let cells = scenario.cells.filter { $0.load == load }
      return LatencyChart.of(cells, styles).map { chart in
        let unpaced = LatencyChart.isUnpaced(cells) ? "; each operation began when the last had ended" : ""
        return drawing(
          chart, caption: "latency, \(load.inScenario)\(unpaced)")
      }
    }
    return gallery(charts, id: "\(scenario.id)-latency", rest: "latency of the other loads")
  }

  private func timelines(_ scenario: ReportedScenario) -> Markup {
    let cells = scenario.cells.filter { !$0.timeline.isEmpty }
    guard !cells.isEmpty else { return .nothing }
    return folded("reactors in the course of a measurement") {
      for (index, cell) in cells.enumerated() {
        gallery(
          TimelineChart.of(cell).map { chart in
            let created = cell.timeline.last.map(\.created) ?? 0
            return drawing(
              chart, caption: "\(cell.subject), \(cell.load.inScenario); \(created) tasks created")
          }, id: "\(scenario.id)-time-\(index)", rest: "more")
      }
    }
  }

  // MARK: Charts on the page

  private struct Drawing {
    let chart: LineChart
    let caption: String
  }

  private func drawing(_ chart: LineChart, caption: String) -> Drawing { Drawing(chart: chart, caption: caption) }

  /// Charts side by side where there is room; four of them in sight, and what is beyond folded.
  private func gallery(_ drawings: [Drawing], id: String, rest: String) -> Markup {
    func figures(_ drawings: ArraySlice<Drawing>) -> Markup {
      tag("div", ["class": "gallery"]) {
        for (index, drawing) in zip(drawings.indices, drawings) {
          tag("figure") {
            tag("figcaption") { drawing.caption }
            drawing.chart.svg(id: "\(id)-\(index)")
            drawing.chart.legend
          }
        }
      }
    }
    guard !drawings.isEmpty else { return .nothing }
    return Markup([
      figures(drawings.prefix(4)),
      drawings.count > 4 ? folded("\(rest) (\(drawings.count - 4))") { figures(drawings.dropFirst(4)) } : .nothing,
    ])
  }
}
