import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import MillraceEvidence

@Suite("The report of a run")
struct HTMLReportTests {
  /// The pages that are looked at. A failure names them, not their text.
  enum Page: CaseIterable { case sample, hostile, empty, wild }

  private static func text(of page: Page) -> String {
    switch page {
    case .sample: sample
    case .hostile: hostile
    case .empty: empty
    case .wild: wild
    }
  }

  private static let sample = HTMLReport(SampleRun.results(), SampleRun.environment).html

  /// A page that is as hostile as names can be.
  private static let hostile: String = {
    let name = "<script>alert(1)</script>\"'&]]>\u{0}\u{1B}[31m\u{202E}<!--"
    let load = Cell.Load(scenario: name, size: 64, connections: 1, route: name)
    let round = Round(
      seconds: 1, operations: 5000, bytes: 5, userCPUSeconds: 1, systemCPUSeconds: 1,
      latency: Latency(
        p50: 1, p99: 2, p999: 3, max: 4, isPaced: false, distribution: [.init(percentile: 50, microseconds: 1)]),
      routes: [name: 3], declined: [Declined(route: name, reason: name)])
    let exact = ExactFigures(
      operations: 1, systemCalls: [name: 1], allocations: nil, routes: [name: 1], unstable: [name])
    let results = BenchResults(
      started: name, command: [name], method: .init(rounds: 1, seconds: 1, warmUpSeconds: 0),
      cells: [
        Cell(
          load: load, subject: name, rounds: [round], exact: exact,
          timeline: [
            ReactorSample(
              seconds: 1, running: 1, runnable: 1, waiting: 1, inBlockingCall: 1, created: 1, threads: 1,
              pipesLeased: 1,
              buffersLeased: 1)
          ], warnings: [name]),
        Cell(load: load, subject: name + "2", outcome: .failed(reason: name)),
        Cell(load: load, subject: name + "3", outcome: .skipped(reason: name)),
      ])
    let environment = BenchEnvironment(
      kernel: name, architecture: name, processor: name, cores: 1, memory: 1, limits: [name: name],
      settings: [name: name],
      versions: [name: name])
    return HTMLReport(results, environment).html
  }()

  private static let empty = HTMLReport(
    BenchResults(started: "", command: [], method: .init(rounds: 0, seconds: 0, warmUpSeconds: 0), cells: [])
  ).html

  @Test("is well-formed, with ids that are not given twice", arguments: Page.allCases)
  func wellFormed(_ kind: Page) throws {
    let page = Self.text(of: kind)
    let document = try Document(page)
    let ids = document.attributes(named: "id")
    #expect(Set(ids).count == ids.count)
    // What is linked or described by, is there.
    for link in document.attributes(named: "href") {
      #expect(link.hasPrefix("#"))
      #expect(ids.contains(String(link.dropFirst())), "\(link)")
    }
    for id in document.attributes(named: "aria-labelledby").flatMap({ $0.split(separator: " ") }) {
      #expect(ids.contains(String(id)))
    }
  }

  @Test("refers to nothing outside, and runs nothing", arguments: [Page.sample, .hostile, .empty])
  func selfContained(_ kind: Page) throws {
    let page = Self.text(of: kind)
    let document = try Document(page)
    for name in ["script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image", "foreignObject"]
    {
      #expect(!document.elements.contains { $0.name == name })
    }
    for element in document.elements {
      for (name, value) in element.attributes {
        #expect(!["src", "srcset", "style", "xlink:href", "action"].contains(name))
        #expect(!name.hasPrefix("on"))
        #expect(!value.contains("url("))
      }
    }
    let style =
      try #require(page.firstRange(of: "<style>")).upperBound..<(#require(page.firstRange(of: "</style>")).lowerBound)
    for word in ["url(", "@import", "http:", "https:", "<", "&"] { #expect(!page[style].contains(word)) }
  }

  @Test("has hostile names as text alone")
  func escaped() throws {
    #expect(!Self.hostile.contains("<script"))
    #expect(!Self.hostile.contains("<!--"))
    #expect(!Self.hostile.contains("\u{0}"))
    #expect(!Self.hostile.contains("\u{1B}"))
    #expect(!Self.hostile.contains("\u{202E}"))
    #expect(try Document(Self.hostile).text.contains("<script>alert(1)</script>\"'&]]>"))
  }

  @Test("shows every cell: its value, or why there is none")
  func everyCell() throws {
    let results = SampleRun.results()
    let text = try Document(Self.sample).text
    for cell in results.cells {
      switch cell.outcome {
      case .measured:
        let figure = try #require(Figure.allCases.first { $0.summary(of: cell) != nil })
        #expect(text.contains(figure.text(try #require(figure.summary(of: cell)).median)))
      case .skipped(let reason), .failed(let reason): #expect(text.contains(reason))
      }
      for warning in cell.warnings { #expect(text.contains(warning)) }
      for refusal in cell.rounds.flatMap({ $0.declined ?? [] }) { #expect(text.contains(refusal.reason)) }
    }
    // As many cells of tables as there are of the run, for each headline.
    let scenarios = ReportedScenario.all(of: results)
    for scenario in scenarios {
      #expect(scenario.loads.count * scenario.subjects.count == scenario.cells.count)
      #expect(text.contains(scenario.name))
    }
    #expect(text.contains("2026-03-14 09:26:53 UTC"))
    #expect(text.contains("Linux 6.18.5, x86_64"))
  }

  @Test("says why where nothing of a scenario was measured")
  func nothingMeasured() throws {
    let load = Cell.Load(scenario: "echo", size: 64, connections: 1)
    let results = BenchResults(
      started: "x", command: [], method: .init(rounds: 5, seconds: 1, warmUpSeconds: 0),
      cells: [Cell(load: load, subject: "go", outcome: .skipped(reason: "go is not installed"))])
    #expect(try Document(HTMLReport(results).html).text.contains("go is not installed"))
  }

  @Test("calls nothing better or worse from four rounds, and says what fewer pairs are worth")
  func fewRounds() throws {
    func page(_ rounds: Int, missing: Int = 0) throws -> String {
      let load = Cell.Load(scenario: "echo", size: 64, connections: 1)
      let all = (0..<rounds).map { Round.plain(bytes: 1_000_000 + $0) }
      let cells = [
        Cell(load: load, subject: "a", rounds: all),
        Cell(load: load, subject: "b", rounds: all.dropLast(missing).map { .plain(bytes: $0.bytes * 2) }),
      ]
      return try Document(
        HTMLReport(
          BenchResults(
            started: "x", command: [], method: .init(rounds: rounds, seconds: 1, warmUpSeconds: 0), cells: cells)
        ).html
      ).text
    }
    #expect(try page(5).contains("▲ ×2.00 2.00–2.00"))
    #expect(try !page(4).contains("▲ ×"))
    #expect(try page(5, missing: 2).contains("×2.00 2.00–2.00 (75.0 %)"))
  }

  @Test("of no cells at all says so")
  func nothing() throws {
    #expect(try Document(Self.empty).text.contains("Nothing was measured"))
  }

  /// Results whose numbers are as wild as a damaged file's.
  private static let wild: String = {
    let numbers = [0.0, 1e300, .leastNonzeroMagnitude, .infinity, .nan, -1]
    let cells = numbers.enumerated().flatMap { index, number -> [Cell] in
      let latency = Latency(
        p50: number, p99: number, p999: number, max: number, isPaced: true,
        distribution: numbers.map { .init(percentile: $0, microseconds: number) })
      let round = Round(
        seconds: number, operations: index, bytes: index.isMultiple(of: 2) ? 0 : .max, userCPUSeconds: number,
        systemCPUSeconds: number, latency: latency, peakMemory: .max, routes: ["a": .max, "b": .max])
      let sample = ReactorSample(
        seconds: number, running: .max, runnable: -1, waiting: 0, inBlockingCall: 0, created: 0, threads: 0,
        pipesLeased: 0,
        buffersLeased: 0)
      return [Int?.none, 0, 1, .max].map { size in
        Cell(
          load: .init(scenario: "wild", size: size, connections: index), subject: "s\(index % 2)",
          rounds: [round, round],
          timeline: [sample])
      }
    }
    return HTMLReport(
      BenchResults(
        started: "T Z", command: [], method: .init(rounds: .max, seconds: .nan, warmUpSeconds: .infinity), cells: cells)
    ).html
  }()

  @Test("has drawings of finite numbers inside their frame", arguments: [Page.sample, .hostile, .wild])
  func drawings(_ kind: Page) throws {
    let page = Self.text(of: kind)
    let geometry: Set = ["d", "points", "x", "y", "cx", "cy", "x1", "x2", "y1", "y2", "r"]
    for element in try Document(page).elements {
      for (name, value) in element.attributes where geometry.contains(name) {
        let numbers = value.split { !$0.isNumber && $0 != "." && $0 != "-" }
        for number in numbers {
          let parsed = try #require(Double(number), "\(value)")
          #expect((-20...420).contains(parsed), "\(value)")
        }
        #expect(!value.lowercased().contains("nan") && !value.lowercased().contains("inf"), "\(value)")
      }
    }
  }

  @Test("tells drawings and tables to those who cannot see them")
  func accessible() throws {
    let document = try Document(Self.sample)
    let charts = document.elements.filter { $0.name == "svg" && $0.attributes["role"] == "img" }
    #expect(charts.count > 10)
    #expect(document.elements.count { $0.name == "desc" } == charts.count)
    #expect(
      document.elements.filter { $0.name == "svg" }.allSatisfy {
        $0.attributes["role"] == "img" || $0.attributes["aria-hidden"] == "true"
      })
    #expect(document.elements.filter { $0.name == "th" }.allSatisfy { $0.attributes["scope"] != nil })
    #expect(document.elements.first { $0.name == "html" }?.attributes["lang"] == "en")
    #expect(document.elements.contains { $0.attributes["name"] == "viewport" })
    // A table can be scrolled by keys.
    #expect(
      document.elements.filter { $0.attributes["class"] == "scroll" }.allSatisfy { $0.attributes["tabindex"] == "0" })
  }

  @Test("is written whole")
  func written() throws {
    try inFolder { folder in
      try HTMLReport(SampleRun.results()).write(to: folder + "/report.html")
      #expect(try String(contentsOfFile: folder + "/report.html", encoding: .utf8).hasSuffix("</html>\n"))
      #expect(throws: ResultsFileError.self) {
        try HTMLReport(SampleRun.results()).write(to: folder + "/none/report.html")
      }
    }
  }
}

/// A page as an XML parser sees it.
private final class Document: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  private(set) var text = ""

  init(_ page: String) throws {
    super.init()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw Malformed(line: parser.lineNumber, reason: "\(String(describing: parser.parserError))")
    }
  }

  func attributes(named name: String) -> [String] { elements.compactMap { $0.attributes[name] } }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((element, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  struct Malformed: Error {
    let line: Int
    let reason: String
  }
}
