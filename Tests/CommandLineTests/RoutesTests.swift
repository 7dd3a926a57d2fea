import Foundation
import Testing

@Suite("millrace routes, and the program itself") struct RoutesTests {
  let place: Scratch
  init() throws { place = try Scratch() }

  @Test("every pair of ends is measured, and every byte arrives")
  func json() async throws {
    let result = try await Program.run("routes", "--json", "--bytes", "1MiB", in: place)
    #expect(result.status == 0 && result.errors.isEmpty)
    let survey = try result.report()
    let pairs = try #require(survey["pairs"] as? [[String: Any]])
    #expect(pairs.count == 17)
    #expect(pairs.allSatisfy { $0["isIntact"] as? Bool == true })
    let names = Set(pairs.map { "\($0["source"] ?? "") \($0["sink"] ?? "")" })
    for source in ["file", "tcp", "unix", "pipe"] {
      for sink in ["file", "tcp", "unix", "pipe"] { #expect(names.contains("\(source) \(sink)")) }
    }
    #expect(names.contains("memory tcp"))
    for pair in pairs { try expectRoute(of: pair) }
    #expect((survey["unmeasured"] as? [Any])?.isEmpty == true)
    let abilities = try #require(survey["abilities"] as? [[String: Any]])
    for name in ["cachestat", "pipe capacity", "pipe-max-size", "pipe-user-pages-soft"] {
      #expect(abilities.contains { $0["name"] as? String == name })
    }
    #expect((survey["table"] as? [Any])?.isEmpty == false)
  }

  /// The best route of the table, or the reason it was not; and figures that there are.
  private func expectRoute(of pair: [String: Any]) throws {
    let (source, sink) = (pair["source"] as? String ?? "", pair["sink"] as? String ?? "")
    let isSocket = { (end: String) in end == "tcp" || end == "unix" }
    let best =
      switch (source, sink) {
      case ("memory", _): "memory"
      case ("file", "file"): "copy_file_range"
      case ("pipe", _), (_, "pipe"): "splice"
      case ("file", _): "sendfile"
      default: "splice-through-pipe"
      }
    let run = try #require(pair["automatic"] as? [String: Any])
    let byRoute = try #require(run["bytesByRoute"] as? [String: Int])
    let declined = try #require(run["declined"] as? [[String: Any]])
    let reason = declined.first { $0["route"] as? String == best }?["reason"] as? String
    #expect(byRoute[best] != nil || reason?.isEmpty == false, "\(source) → \(sink): \(byRoute)")
    // Between sockets the flow begins in the buffer.
    if reason == nil, !(isSocket(source) && isSocket(sink)) { #expect(byRoute == [best: 1 << 20]) }
    #expect(byRoute.values.reduce(0, +) == 1 << 20)
    for run in [run, pair["buffered"] as? [String: Any]].compactMap({ $0 }) {
      for figure in ["gibPerSecond", "cpuSecondsPerGiB", "systemCallsPerGiB"] {
        #expect(try #require(run[figure] as? Double) > 0, "\(figure) of \(source) → \(sink)")
      }
    }
    guard source != "memory" else { return }
    let buffered = try #require(pair["buffered"] as? [String: Any])
    #expect((buffered["bytesByRoute"] as? [String: Int]) == ["buffered": 1 << 20])
    let ratio = try #require(pair["cpuRatio"] as? Double)
    let costs = [run, buffered].compactMap { $0["cpuSecondsPerGiB"] as? Double }
    #expect(abs(ratio - costs[0] / costs[1]) < 1e-6 * ratio)
  }

  @Test("what there is no time for is named, and the rest is told")
  func timeBudget() async throws {
    let survey = try await Program.run("routes", "--json", "--bytes", "64K", "--within", "1e-6", in: place).report()
    #expect((survey["pairs"] as? [Any])?.isEmpty == true)
    #expect((survey["unmeasured"] as? [Any])?.count == 17)
    let told = try await Program.run("routes", "--bytes", "64K", "--within", "1e-6", in: place)
    #expect(told.status == 0)
    #expect(told.text.contains("Not measured, for the time was up (--within): file → file, file → tcp, "))
    #expect(told.text.contains("Routes, best first"))
  }

  @Test("the table for people has the measurements, the abilities and the routes")
  func table() async throws {
    let result = try await Program.run("routes", "--bytes", "256K", in: place)
    #expect(result.status == 0)
    for text in ["CPU s/GiB", "file → tcp", "memory → tcp", "MSG_ZEROCOPY", "Routes, best first"] {
      #expect(result.text.contains(text))
    }
    #expect(!result.text.contains("WRONG"))
  }

  @Test("--version and --help")
  func information() async throws {
    #expect(try await Program.run("--version", in: place).text.contains("."))
    let help = try await Program.run("copy", "--help", in: place)
    #expect(help.status == 0 && help.text.contains("tcp-listen://"))
  }
}
