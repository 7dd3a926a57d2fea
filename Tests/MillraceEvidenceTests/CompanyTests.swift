import Foundation
@testable import MillraceEvidence
import Testing

@Suite("What goes on besides", .serialized, .timeLimit(.minutes(8)))
struct CompanyTests {
  private let roles = HarnessProgram(
    path: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "HarnessRoles").path,
    arguments: [])

  @Test(
    "is named with its number of connections, and nothing else is one",
    arguments: [
      ("bulk:8", .bulk(8)), ("idle:8000", .idle(8000)), ("bulk:256", .bulk(256)), ("bulk:257", nil), ("bulk:0", nil),
      ("idle:8001", nil),
      ("bulk", nil), ("bulk:", nil), ("bulk:x", nil), ("busy:3", nil), ("", nil), ("bulk:8:8", nil),
    ] as [(String, Company?)])
  func names(_ text: String, _ company: Company?) throws {
    #expect(Company(text) == company)
    let json = Data("\"\(text)\"".utf8)
    if let company {
      #expect(company.text == text)
      #expect(try JSONDecoder().decode(Company.self, from: json) == company)
      #expect(try JSONEncoder().encode(company) == json)
    } else {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Company.self, from: json) }
    }
  }

  @Test("makes a row of its own of each load that can have some")
  func loads() {
    var options = BenchOptions()
    options.scenarios = [.echo, .short]
    options.sizes = [4096]
    options.connections = [1]
    options.routes = ["automatic"]
    options.beside = [nil, .bulk(8), .idle(2)]
    #expect(options.loads.map(\.beside) == [nil, .bulk(8), .idle(2), nil])
    #expect(options.loads[1].title == "echo, 4 KiB, 1 connection, automatic, beside 8 bulk transfers")
  }

  /// given small operations beside bulk and beside idle connections; then both are measured, the bulk went by its own route, its
  /// bytes are told apart, and what the bulk cost is no operation's.
  @Test(
    "is there while operations are timed", arguments: [(Scenario.echo, "splice-through-pipe"), (.httpFile, "sendfile")])
  func measured(_ scenario: Scenario, _ bulkRoute: String) async throws {
    var options = BenchOptions()
    options.scenarios = [scenario]
    options.sizes = [64]
    options.connections = [2]
    options.routes = ["automatic"]
    options.rounds = 1
    options.seconds = 0.2
    options.rate = 200
    options.beside = [.bulk(2), .idle(20)]
    options.root = FileManager.default.temporaryDirectory.path
    let results = try await BenchRun(options, program: roles).run().results
    try #require(results.cells.map(\.load.beside) == [.bulk(2), .idle(20)])
    for cell in results.cells {
      #expect(cell.outcome == .measured, "\(cell.outcome)")
      let round = try #require(cell.rounds.first)
      #expect(round.operations > 0 && round.latency?.isPaced == true)
      let isBulk = cell.load.beside == .bulk(2)
      #expect((round.besideBytes ?? 0 > 0) == isBulk)
      #expect(round.routes?.keys.contains(bulkRoute) == isBulk, "\(round.routes ?? [:])")
      #expect((Figure.cpuPerOperation.value(in: round) == nil) == isBulk)
      #expect(cell.exact == nil)
    }
  }
}
