import Foundation
import MillraceEvidence
import Testing

/// As the tests of another package would do it, with a program of their own for the roles.
@Suite("A scenario that a test runs", .serialized, .timeLimit(.minutes(3)))
struct ScenarioTests {
  private let roles = HarnessProgram(
    path: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "HarnessRoles").path,
    arguments: [])

  private var little: BenchOptions {
    var options = BenchOptions()
    options.scenarios = [.echo]
    options.sizes = [4096]
    options.connections = [1]
    options.routes = ["automatic"]
    options.rounds = 1
    options.seconds = 0.05
    options.root = FileManager.default.temporaryDirectory.path
    return options
  }

  @Test("has exact figures to hold code to, and artifacts to attach")
  func echo() async throws {
    let outcome = try await BenchRun(little, program: roles).run()

    let cell = try #require(outcome.results.cells.first)
    #expect(outcome.results.cells.count == 1)
    #expect(cell.outcome == .measured, "\(cell.outcome)")
    let exact = try #require(cell.exact)
    #expect(exact.routes.keys.sorted() == ["buffered"])
    #expect(exact.each("recv") == 2)
    #expect(exact.each("send") == 2)
    Attachment.record(try outcome.results.json(), named: "results.json")
    Attachment.record(HTMLReport(outcome.results).html, named: "report.html")
  }

  @Test("says of roles that nobody plays that they did not start")
  func noRoles() async throws {
    var options = little
    options.patience = 0.5
    let none = HarnessProgram(path: "/bin/true", arguments: [])
    let cell = try #require(try await BenchRun(options, program: none).run().results.cells.first)
    guard case .failed(let reason) = cell.outcome else {
      Issue.record("\(cell.outcome)")
      return
    }
    #expect(reason.contains("the far end"), "\(reason)")
  }
}
