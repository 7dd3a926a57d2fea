import Foundation
import Glibc
import Testing

@Suite("millrace copy: files") struct CopyFilesTests {
  let place: Scratch
  init() throws { place = try Scratch() }

  @Test("a file arrives whole, with its permissions, and the last line names the route")
  func wholeFile() async throws {
    let data = try place.write("a", noise(300_000))
    chmod(place.path("a"), 0o640)
    let result = try await Program.run("copy", "a", "b", in: place)
    #expect(result.status == 0)
    #expect(try place.read("b") == data)
    #expect(try place.facts("b").st_mode & 0o777 == 0o640)
    #expect(result.errors.contains("a → b: 293.0 KiB by "))
    #expect(place.names == ["a", "b"])
  }

  @Test("--offset and --limit take a section")
  func section() async throws {
    let data = try place.write("a", noise(20_000))
    let result = try await Program.run("copy", "--offset", "4K", "--limit", "10KB", "--quiet", "a", "b", in: place)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(try place.read("b") == data[4096..<14096])
  }

  @Test("an empty file is copied as an empty file")
  func emptyFile() async throws {
    try place.write("a", Data())
    #expect(try await Program.run("copy", "a", "b", in: place).status == 0)
    #expect(try place.read("b").isEmpty)
  }

  @Test("an existing destination is kept without --force and replaced with it")
  func force() async throws {
    let new = try place.write("a", noise(1000))
    try place.write("b", Data("old".utf8))
    let refused = try await Program.run("copy", "a", "b", in: place)
    #expect(refused.status == 1)
    #expect(refused.errors == "millrace: b exists; --force replaces it\n")
    #expect(try place.read("b") == Data("old".utf8))
    #expect(try await Program.run("copy", "--force", "a", "b", in: place).status == 0)
    #expect(try place.read("b") == new)
  }

  @Test("a link to the destination stays a link")
  func linkedDestination() async throws {
    let new = try place.write("a", noise(1000))
    try place.write("b", Data("old".utf8))
    symlink("b", place.path("link"))
    #expect(try await Program.run("copy", "-f", "a", "link", in: place).status == 0)
    #expect(try place.read("b") == new)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.path("link")) == "b")
  }

  @Test("a link that leads nowhere is neither followed nor replaced", arguments: [[], ["--force"]])
  func danglingLink(_ options: [String]) async throws {
    try place.write("a", noise(1000))
    symlink("gone", place.path("link"))
    let result = await (try Running(["copy"] + options + ["a", "link"], in: place)).result()
    #expect(result.status == 1)
    #expect(
      result.errors == "millrace: link is a link to gone, which does not exist; name the file itself\n")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.path("link")) == "gone")
    #expect(place.names == ["a", "link"])
  }

  @Test("a sparse file stays sparse")
  func sparse() async throws {
    try place.write("a", Data("begin".utf8))
    let handle = try FileHandle(forUpdating: place.url.appendingPathComponent("a"))
    try handle.seek(toOffset: 40 << 20)
    try handle.write(contentsOf: Data("middle".utf8))
    try handle.truncate(atOffset: 64 << 20)
    try handle.close()
    let result = try await Program.run("copy", "--json", "a", "b", in: place)
    #expect(result.status == 0)
    #expect(try place.read("a") == place.read("b"))
    let (from, to) = (try place.facts("a"), try place.facts("b"))
    try #require(from.st_blocks * 512 < 1 << 20, "the file system has no holes")
    #expect(to.st_blocks * 512 < 1 << 20)
    let report = try result.report()
    let holes = try #require(report["holes"] as? Int)
    #expect(try holes + #require(report["delivered"] as? Int) == 64 << 20)
  }

  @Test("--fsync says how long the flush took")
  func flush() async throws {
    try place.write("a", noise(1000))
    let result = try await Program.run("copy", "--fsync", "a", "b", in: place)
    #expect(result.status == 0)
    #expect(result.errors.contains("flushed to disk in"))
  }

  @Test(
    "--fsync flushes the file before it gets its name, and its directory after",
    .enabled("needs strace and the right to trace", { Injected.isPossible }))
  func flushedInOrder() async throws {
    try place.write("a", noise(1000))
    let trace = place.captured("trace")
    let running = try Running(
      ["copy", "--fsync", "a", "b"], through: Injected.command("fsync,renameat2,rename", trace: trace), in: place)
    #expect(await running.result().status == 0)
    let calls = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
    try #require(calls.count == 3)
    #expect(calls[0].contains("fsync(") && calls[0].contains("/.b.millrace-"))
    #expect(calls[1].contains("rename") && calls[1].contains("\"b\""))
    #expect(calls[2].contains("fsync(") && calls[2].contains("/work>)"))
    #expect(calls.allSatisfy { $0.hasSuffix(" = 0") })
  }

  @Test("--json prints the report, and --route forces the way")
  func json() async throws {
    try place.write("a", noise(100_000))
    let report = try await Program.run("copy", "--json", "--route", "buffered", "a", "b", in: place).report()
    #expect(report["delivered"] as? Int == 100_000)
    #expect((report["bytesByRoute"] as? [String: Int]) == ["buffered": 100_000])
    #expect(report["sourceKind"] as? String == "file")
    #expect(report["exitStatus"] as? Int == 0)
  }

  @Test("a route that cannot be is an error with its reason")
  func impossibleRoute() async throws {
    try place.write("a", noise(1000))
    let result = try await Program.run("copy", "--route", "splice", "a", "b", in: place)
    #expect(result.status == 1)
    #expect(
      result.errors == "millrace: the route splice does not work here: no such route leads from file to file; "
        + "nothing was left behind\n")
    #expect(place.names == ["a"])
  }

  @Test("a route that cannot be is refused for a file that is one hole, too")
  func impossibleRouteOfHole() async throws {
    _ = FileManager.default.createFile(atPath: place.path("hole"), contents: nil)
    truncate(place.path("hole"), 1 << 20)
    let result = try await Program.run("copy", "--route", "splice", "hole", "b", in: place)
    #expect(result.status == 1)
    #expect(result.errors.contains("the route splice does not work here: "))
    #expect(place.names == ["hole"])
    #expect(try await Program.run("copy", "--route", "copy_file_range", "hole", "b", in: place).status == 0)
    #expect(try place.facts("b").st_size == 1 << 20)
    #expect(try place.facts("b").st_blocks == place.facts("hole").st_blocks)
  }

  @Test("--explain and --json say of the route that cannot be why, and nothing is said of it thrice")
  func explainedRefusal() async throws {
    try place.write("a", noise(1000))
    let told = try await Program.run("copy", "--explain", "--route", "splice", "a", "b", in: place)
    let lines = told.errors.split(separator: "\n")
    #expect(
      lines.contains { $0.hasPrefix("  splice  ") && $0.hasSuffix("declined: no such route leads from file to file") })
    let result = try await Program.run("copy", "--json", "--route", "splice", "a", "b", in: place)
    let report = try result.report()
    #expect((report["declined"] as? [Any])?.isEmpty == true)
    let considered = try #require(report["considered"] as? [[String: Any]])
    #expect(considered.contains { $0["route"] as? String == "splice" })
  }

  @Test("--explain tells of each route what became of it")
  func explain() async throws {
    try place.write("a", noise(1000))
    let result = try await Program.run("copy", "--explain", "--route", "buffered", "a", "b", in: place)
    #expect(result.errors.contains("routes from file to file, best first:"))
    let lines = result.errors.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  buffered ") && $0.hasSuffix("taken, 1000 B") })
    #expect(
      lines.contains { $0.hasPrefix("  copy_file_range ") && $0.hasSuffix("not tried: --route buffered was given") })
  }

  @Test("a file in /proc, whose size is a lie, is copied to its end")
  func procFile() async throws {
    let result = try await Program.run("copy", "/proc/version", "b", in: place)
    #expect(result.status == 0)
    #expect(try place.read("b") == Data(contentsOf: URL(fileURLWithPath: "/proc/version")))
  }

  @Test("a device gives as much as the limit says")
  func device() async throws {
    #expect(try await Program.run("copy", "--limit", "100K", "/dev/zero", "b", in: place).status == 0)
    #expect(try place.read("b") == Data(count: 102_400))
  }
}
