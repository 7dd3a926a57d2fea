import Foundation
import Glibc
import Testing

/// `millrace scrub` as a person starts it: what it says, what it returns, what it leaves.
@Suite("millrace scrub") struct ScrubTests {
  let place: Scratch
  init() throws { place = try Scratch() }

  private func write(_ name: String, _ text: String) throws { try place.write(name, Data(text.utf8)) }

  @Test("copies are written, and what was replaced is listed by kind")
  func text() async throws {
    try write("log.txt", "10.1.2.3 says carol@example.org has token=hunter2 on zeus, and Project X\n")
    let result = try await Program.run(
      "scrub", "log.txt", "--output", "out", "--host", "zeus", "--secret", "project x", in: place)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(
      try place.read("out/log.txt")
        == Data("192.0.2.1 says user-1@example.invalid has token=[token] on host-1, and secret-1\n".utf8))
    #expect(
      result.text == """
        1 file written into out
          host names          1
          IP addresses        1
          tokens              1
          mail addresses      1
          secrets             1

        """)
    #expect(try place.read("log.txt").count == 73)
  }

  @Test("--json is one line with every kind, and names what was refused")
  func json() async throws {
    try write("a.txt", "10.1.2.3 10.1.2.4")
    try place.write("b.gz", Data([0x1F, 0x8B, 8, 0]))
    let result = try await Program.run("scrub", "a.txt", "b.gz", "-o", "out", "--user", "carol", "--json", in: place)
    #expect(result.status == 1)
    #expect(result.errors == "millrace: b.gz is refused: it is compressed (gzip); unpack it first\n")
    #expect(result.text.split(separator: "\n").count == 1)
    let report = try result.report()
    #expect(report["files"] as? Int == 1 && report["bytes"] as? Int == 19 && report["total"] as? Int == 2)
    #expect((report["replaced"] as? [String: Int])?["ipAddress"] == 2)
    #expect((report["replaced"] as? [String: Int])?["secret"] == 0)
    #expect(
      report["refused"] as? [[String: String]] == [
        ["path": "b.gz", "reason": "it is compressed (gzip); unpack it first"]
      ])
    #expect(try place.read("out/a.txt") == Data("192.0.2.1 192.0.2.2".utf8))
  }

  @Test("a second scrubbing changes nothing and says so")
  func twice() async throws {
    try write("log.txt", "10.1.2.3 at /root and AKIAIOSFODNN7EXAMPLE\n")
    #expect(try await Program.run("scrub", "log.txt", "--output", "once", in: place).status == 0)
    let second = try await Program.run("scrub", "once/log.txt", "--output", "twice", in: place)
    #expect(second.status == 0 && second.text == "1 file written into twice\n  nothing to replace\n")
    #expect(try place.read("once/log.txt") == place.read("twice/log.txt"))
  }

  @Test("this machine's name is found without being told")
  func machine() async throws {
    var names = utsname()
    uname(&names)
    let name = withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    try #require(name.count >= 2 && !name.hasPrefix("localhost"))
    try write("log.txt", "on \(name.uppercased()), as ever")
    #expect(try await Program.run("scrub", "log.txt", "--output", "out", in: place).status == 0)
    #expect(try place.read("out/log.txt") == Data("on host-1, as ever".utf8))
  }

  @Test("a copy that exists is refused, and replaced by --force")
  func force() async throws {
    try write("log.txt", "new")
    #expect(try await Program.run("scrub", "log.txt", "--output", "out", in: place).status == 0)
    let refused = try await Program.run("scrub", "log.txt", "--output", "out", in: place)
    #expect(refused.status == 1 && refused.errors.hasSuffix("out/log.txt exists; --force replaces it\n"))
    #expect(try await Program.run("scrub", "log.txt", "--output", "out", "--force", in: place).status == 0)
  }

  @Test("a command line that makes no sense: one sentence, status 64, nothing made")
  func senseless() async throws {
    try write("log.txt", "x")
    for (arguments, sentence) in [
      (["scrub", "--output", "out"], "Missing expected argument '<path> ...'"),
      (["scrub", "log.txt"], "Missing expected argument '--output <dir>'"),
      (["scrub", "log.txt", "--output", ""], "--output is empty; name a directory"),
      (["scrub", "", "--output", "out"], "a path is empty; name a file or directory"),
      (
        ["scrub", "log.txt", "--output", "out", "--secret", "ab"],
        "cannot look for \"ab\": it is shorter than 3 characters"
      ),
      (
        ["scrub", "log.txt", "--output", "out", "--host", "x"], "cannot look for \"x\": it is shorter than 2 characters"
      ),
      (["scrub", "log.txt", "--output", "out", "--user", ""], "cannot look for \"\": it is shorter than 2 characters"),
      (["scrub", "log.txt", "--output", "out", "--bogus"], "Unknown option '--bogus'"),
    ] {
      let result = try await Running(arguments, in: place).result()
      #expect(result.status == 64, "\(arguments)")
      #expect(result.errors.hasPrefix("Error: \(sentence)\n"), "\(result.errors)")
    }
    #expect(place.names == ["log.txt"])
  }

  @Test("an output in an input, or one that is no directory: one sentence, status 1")
  func output() async throws {
    try FileManager.default.createDirectory(
      at: place.url.appendingPathComponent("in"), withIntermediateDirectories: true)
    try write("in/log.txt", "x")
    for (output, sentence) in [
      ("in", "is inside the input in; choose a directory that is not"),
      ("in/out", "is inside the input in; choose a directory that is not"),
      ("in/log.txt/x", "log.txt is no directory"),
    ] {
      let result = try await Program.run(
        "scrub", output.contains("log") ? "in/log.txt" : "in", "--output", output, in: place)
      #expect(
        result.status == 1 && result.errors.hasPrefix("millrace: ") && result.errors.contains(sentence),
        "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(try place.tree("in").count == 1)
  }

  @Test("what cannot be read at all is refused with the rest, one sentence each")
  func refusals() async throws {
    try place.write("binary", Data([1, 0, 2]))
    symlink("binary", place.path("link"))
    let result = try await Program.run("scrub", "binary", "link", "missing", "/dev/null", "--output", "out", in: place)
    #expect(result.status == 1)
    #expect(
      Set(result.errors.split(separator: "\n")) == [
        "millrace: binary is refused: it is binary, and no pcap or pcapng capture",
        "millrace: link is refused: it is a link, and links are not followed",
        "millrace: missing is refused: it cannot be read: No such file or directory",
        "millrace: /dev/null is refused: it is no file, but a device",
      ])
    #expect(result.text.hasPrefix("0 files written"))
  }
}
