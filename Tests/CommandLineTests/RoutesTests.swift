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
    let abilities = try #require(survey["abilities"] as? [[String: Any]])
    #expect(abilities.contains { $0["name"] as? String == "cachestat" })
    #expect((survey["table"] as? [Any])?.isEmpty == false)
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
