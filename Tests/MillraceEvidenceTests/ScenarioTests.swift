import Foundation
import MillraceEvidence
import Testing

/// As the tests of another package would do it, with a program of their own for the roles.
@Suite("A scenario that a test runs", .serialized, .timeLimit(.minutes(8)))
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

  /// given a relay that is held to a route; then that is the route of every byte, and nothing is to be said against it.
  @Test("knows the routes of a relay that is held to one", arguments: ["buffered", "splice-through-pipe"])
  func held(_ route: String) async throws {
    var options = little
    options.routes = [route]
    options.connections = [3]
    let cell = try #require(try await BenchRun(options, program: roles).run().results.cells.first)
    #expect(cell.rounds.first?.routes?.keys.sorted() == [route], "\(cell.rounds)")
    #expect(cell.warnings.isEmpty, "\(cell.warnings)")
  }

  /// given small and large files over HTTP; then the small ones go with their heads, in one call, and the large ones by sendfile.
  @Test("counts what a request takes of the file server", arguments: [(13, "memory"), (64 * 1024, "sendfile")])
  func request(_ size: Int, _ route: String) async throws {
    var options = little
    options.scenarios = [.httpFile]
    options.sizes = [size]
    let cell = try #require(try await BenchRun(options, program: roles).run().results.cells.first)
    #expect(cell.outcome == .measured, "\(cell.outcome)")
    #expect(cell.rounds.first?.routes?.keys.contains(route) == true, "\(cell.rounds)")
    let exact = try #require(cell.exact)
    #expect(exact.each("send") == 1, "\(exact)")
    #expect(exact.each("sendfile") == (route == "sendfile" ? 1 : 0), "\(exact)")
  }

  /// given connections that have had an answer over HTTP; then memory is all that is told of them.
  @Test("measures what idle connections of HTTP take")
  func idleRequests() async throws {
    var options = little
    options.scenarios = [.httpIdle]
    options.httpIdleConnections = [300]
    let cell = try #require(try await BenchRun(options, program: roles).run().results.cells.first)
    #expect(cell.outcome == .measured, "\(cell.outcome)")
    #expect(cell.load.size == nil && cell.load.connections == 300 && cell.exact == nil)
    #expect(cell.rounds.first?.memoryPerConnection != nil)
  }

  @Test("takes sizes of its own over HTTP where they are given, and those of all where they are not")
  func sizes() {
    var options = little
    options.scenarios = [.echo, .httpFile]
    #expect(options.loads.map(\.size) == [4096, 4096])
    options.httpSizes = [13, 65_536]
    #expect(options.loads.map(\.size) == [4096, 13, 65_536])
    options.sizes = []
    options.httpSizes = []
    options.scenarios = [.httpFile]
    #expect(options.loads.map(\.size) == [13, 4096, 65_536, 1 << 20])
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
