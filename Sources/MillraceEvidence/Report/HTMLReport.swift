/// The report of a run as one page: no script, nothing that is loaded from elsewhere.
///
/// ```swift
/// try HTMLReport(results, environment).write(to: "report.html")
/// ```
public struct HTMLReport: Sendable {
  let results: BenchResults
  let environment: BenchEnvironment?
  let styles: SubjectStyles

  /// The report of these results, and of where they were made.
  public init(_ results: BenchResults, _ environment: BenchEnvironment? = nil) {
    self.results = results
    self.environment = environment
    styles = SubjectStyles(subjects: results.cells.map(\.subject).unique)
  }

  /// The page: HTML that is well-formed XML as well.
  public var html: String {
    let scenarios = ReportedScenario.all(of: results)
    return tag("html", ["lang": "en"]) {
      tag("head") {
        tag("meta", ["charset": "utf-8"])
        tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        tag("meta", ["name": "color-scheme", "content": "light dark"])
        tag("title") { "Millrace bench, \(started)" }
        Markup.style(Self.styleSheet)
      }
      tag("body") {
        header
        tag("main") {
          overview(scenarios)
          for scenario in scenarios { section(scenario) }
        }
        footer
      }
    }.document
  }

  /// Writes the page to `path`, whole or not at all. Blocks.
  ///
  /// - Throws: ``ResultsFileError/unwritable(path:reason:)``
  public func write(to path: String) throws(ResultsFileError) {
    try writeWhole(html, to: path)
  }

  private var header: Markup {
    tag("header") {
      tag("h1") { "Millrace bench" }
      tag("p", ["class": "lead"]) {
        tag("time", ["datetime": results.started]) { started }
        " — \(results.method.title), interleaved: in each round every subject has its turn."
      }
      if !results.command.isEmpty {
        tag("p") { tag("code", ["class": "command"]) { results.command.joined(separator: " ") } }
      }
      environmentList
    }
  }

  /// `2026-03-14 09:26:53 UTC`, of what is ISO 8601; else as it is.
  private var started: String {
    guard results.started.hasSuffix("Z"), let middle = results.started.firstIndex(of: "T") else {
      return results.started
    }
    return "\(results.started[..<middle]) \(results.started[middle...].dropFirst().dropLast()) UTC"
  }

  private var environmentList: Markup {
    guard let environment else {
      return tag("p", ["class": "muted"]) { "It is not known where the run was made." }
    }
    let facts = [
      ("kernel", "Linux \(environment.kernel), \(environment.architecture)"), ("processor", environment.processor),
      ("cores", "\(environment.cores)"), ("memory", Figure.Unit.bytes.text(Double(environment.memory))),
    ]
    return Markup([
      definitions(facts),
      folded("versions, limits and settings") {
        for (title, pairs) in [
          ("versions", environment.versions), ("limits", environment.limits), ("settings", environment.settings),
        ] where !pairs.isEmpty {
          tag("h4") { title }
          definitions(pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
      },
    ])
  }

  private func definitions(_ pairs: [(String, String)]) -> Markup {
    tag("dl") {
      for (name, value) in pairs {
        tag("div") {
          tag("dt") { name }
          tag("dd") { value }
        }
      }
    }
  }

  private var footer: Markup {
    tag("footer") {
      tag("h2") { "How to read this" }
      tag("p") {
        "A value is the median of the rounds. The spread is (greatest − smallest) ÷ median; beyond "
        "\(Summary.worthlessSpread.percent(0)) it has a ⚠, and the value says little. Error bars go from the smallest to "
        "the greatest round."
      }
      tag("p") {
        "×1.21 is the ratio to the first subject, the median of the ratios round by round, so that what drifts between "
        "rounds is left out. The range after it is its confidence interval by order statistics, which suppose nothing of "
        "the distribution: with \(results.method.rounds) rounds it holds the true ratio in "
        "\(Self.coverage(of: results.method.rounds)) of cases. ▲ is better, ▼ worse, where the interval leaves out 1 and "
        "holds in \(FigureTable.judgedCoverage.percent(0)) of cases or more; of a whole table, some do by chance."
      }
      tag("p") {
        "CPU is that of the subject’s processes alone. Figures compare subjects within this run; those of another run, or "
        "another machine, need millrace bench compare."
      }
    }
  }

  /// `93.8 %`
  private static func coverage(of rounds: Int) -> String {
    ConfidenceInterval.coverageOfMedian(rounds)?.percent() ?? "none"
  }
}

/// What is rarely needed: one line that opens.
func folded(_ title: String, @MarkupBuilder _ inside: () -> Markup) -> Markup {
  tag("details") {
    tag("summary") { title }
    inside()
  }
}
