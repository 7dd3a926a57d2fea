import Foundation
import Testing

@testable import MillraceEvidence

/// Files: what is written, what is refused, and that originals are never touched.
@Suite("scrubbing files") struct RunTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  @Test("a tree is copied with its structure, its names scrubbed as well, and the same placeholders in every format")
  func tree() async throws {
    try folder.write("in/a/log.txt", "10.20.30.40 by alice on BUILDBOX and buildbox.lan\n")
    try folder.write("in/a/report.json", "{\"from\": \"10.20.30.40\", \"user\": \"alice\"}")
    try folder.write("in/page.html", "<!doctype html><p>10.20.30.40 alice&#64;example.org</p>")
    try folder.write("in/lo.pcap", Frames.pcap(101, [Frames.ipv4(6, Frames.tcp())]))
    try folder.write("in/alice-on-buildbox-10.20.30.40.txt", "x")
    try folder.write("in/empty.txt", "")
    try FileManager.default.createDirectory(atPath: folder.path("in/alice"), withIntermediateDirectories: true)
    let before = try folder.tree("in")
    let summary = try await folder.scrub(["in"], into: "out/deep")
    #expect(try folder.tree("in") == before)
    #expect(summary.refusals.isEmpty && summary.filesWritten == 6)
    let after = try folder.tree("out/deep/in")
    #expect(
      after.keys.sorted() == [
        "a", "a/log.txt", "a/report.json", "empty.txt", "lo.pcap", "page.html", "user-1",
        "user-1-on-host-1-192.0.2.1.txt",
      ])
    #expect(try folder.text("out/deep/in/a/log.txt") == "192.0.2.1 by user-1 on host-1 and host-1\n")
    #expect(try folder.text("out/deep/in/a/report.json") == "{\"from\": \"192.0.2.1\", \"user\": \"user-1\"}")
    #expect(try folder.text("out/deep/in/page.html") == "<!doctype html><p>192.0.2.1 user-2@example.invalid</p>")
    #expect(Frames.packets(try folder.read("out/deep/in/lo.pcap")).first?[12..<16] == [192, 0, 2, 1])
    #expect(summary.bytesWritten == after.values.reduce(0) { $0 + ($1?.count ?? 0) })
  }

  @Test("scrubbing what was scrubbed changes no byte and counts nothing")
  func idempotence() async throws {
    for (place, planted) in Planted.all.enumerated() { try folder.write("in/\(place).txt", planted.text) }
    try folder.write("in/all.pcap", Frames.pcap(101, CaptureTests.packets.map(\.packet)))
    let first = try await folder.scrub(["in"], into: "once", secrets: ["Project Falcon"])
    #expect(first.counts.total > 0 && first.refusals.isEmpty)
    let second = try await folder.scrub(["once/in"], into: "twice", secrets: ["Project Falcon"])
    #expect(second.counts.total == 0 && second.refusals.isEmpty)
    #expect(try folder.tree("once/in") == folder.tree("twice/in"))
  }

  @Test("an address that only a later file has keeps it from being given away in an earlier one")
  func reservedAcrossFiles() async throws {
    try folder.write("in/1.txt", "10.0.0.1 alice")
    try folder.write(
      "in/2.pcap", Frames.pcap(101, [[0x45, 0, 0, 20, 0, 0, 0, 0, 64, 99, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]]))
    try folder.write("in/user-1.txt", "x")
    _ = try await folder.scrub(["in"], into: "out")
    #expect(try folder.text("out/in/1.txt") == "192.0.2.3 user-2")
  }

  @Test("what cannot be scrubbed is refused by name, and the others are written")
  func refusals() async throws {
    try folder.write("in/good.txt", "alice")
    try folder.write("in/binary", [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0])
    try folder.write("in/latin1.txt", [0x62, 0xF6, 0x68, 0x6D])
    try folder.write("in/utf16.txt", [0xFF, 0xFE, 0x61, 0x00])
    for (name, magic) in [
      ("gz", [0x1F, 0x8B, 8, 0]), ("zst", [0x28, 0xB5, 0x2F, 0xFD]), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
      ("bz2", [0x42, 0x5A, 0x68, 0x39]), ("zip", [0x50, 0x4B, 3, 4]),
    ] as [(String, [UInt8])] {
      try folder.write("in/log.\(name)", magic)
    }
    try folder.write("in/unknown.pcap", Frames.pcap(147, []))
    try folder.write(
      "in/cut.pcap", Array(Frames.pcap(1, [Frames.ethernet(0x0800, Frames.ipv4(6, Frames.tcp()))]).dropLast()))
    symlink("good.txt", folder.path("in/link"))
    symlink("nowhere", folder.path("in/dangling"))
    symlink("/etc", folder.path("in/linked-directory"))
    mkfifo(folder.path("in/fifo"), 0o600)
    try folder.write("in/late.txt", Array(repeating: UInt8(ascii: "a"), count: 600_000) + [0xFF])
    let summary = try await folder.scrub(["in", "missing"], into: "out")
    let reasons = Dictionary(
      uniqueKeysWithValues: summary.refusals.map { (String($0.path.split(separator: "/").last ?? ""), $0.reason) })
    let notUTF8 = "it is not UTF-8 text, and no pcap or pcapng capture"
    let link = "it is a link, and links are not followed"
    #expect(
      reasons == [
        "binary": "it is binary, and no pcap or pcapng capture", "latin1.txt": notUTF8, "utf16.txt": notUTF8,
        "late.txt": notUTF8,
        "log.gz": "it is compressed (gzip); unpack it first", "log.zst": "it is compressed (zstd); unpack it first",
        "log.xz": "it is compressed (xz); unpack it first", "log.bz2": "it is compressed (bzip2); unpack it first",
        "log.zip": "it is compressed (zip); unpack it first",
        "unknown.pcap": "it is a capture of a link type that is not known (147)",
        "cut.pcap": "it is a capture that ends in the middle of a record", "link": link, "dangling": link,
        "linked-directory": link,
        "fifo": "it is no file, but a FIFO", "missing": "it cannot be read: No such file or directory",
      ])
    #expect(summary.filesWritten == 1 && summary.counts[.userName] == 1)
    #expect(try folder.tree("out/in").keys.sorted() == ["good.txt"])
  }

  @Test("copies that exist are refused unless they are to be replaced, and are whole or not at all")
  func existing() async throws {
    try folder.write("in/a.txt", "alice")
    try folder.write("in/b.txt", "alice")
    try folder.write("out/in/a.txt", "old")
    let first = try await folder.scrub(["in"], into: "out")
    #expect(first.refusals.map(\.reason) == ["\(folder.path("out/in/a.txt")) exists; --force replaces it"])
    #expect(try folder.text("out/in/a.txt") == "old" && folder.text("out/in/b.txt") == "user-1")
    let second = try await folder.scrub(["in"], into: "out", force: true)
    #expect(second.refusals.isEmpty)
    #expect(try folder.text("out/in/a.txt") == "user-1")
    #expect(try folder.tree("out").keys.sorted() == ["in", "in/a.txt", "in/b.txt"])
  }

  @Test("an output in an input is refused, and so is a copy in the place of an original")
  func output() async throws {
    try folder.write("in/a.txt", "alice")
    for output in ["in", "in/deep/er", "in/../in/x"] {
      await #expect(throws: ScrubError.self) { _ = try await folder.scrub(["in"], into: output, force: true) }
    }
    symlink("in", folder.path("alias"))
    await #expect(throws: ScrubError.self) { _ = try await folder.scrub(["in"], into: "alias/x", force: true) }
    await #expect(throws: ScrubError.self) { _ = try await folder.scrub(["in"], into: "in/a.txt") }
    let summary = try await folder.scrub(["in/a.txt"], into: "in", force: true)
    #expect(summary.refusals.map(\.reason) == ["its copy would take the place of an input, \(folder.path("in/a.txt"))"])
    #expect(try folder.tree("in").keys.sorted() == ["a.txt"])
    #expect(try folder.text("in/a.txt") == "alice")
    // A link inside of the output leads elsewhere.
    try folder.write("elsewhere/x", "x")
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
    symlink("../elsewhere", folder.path("out/in"))
    let linked = try await folder.scrub(["in"], into: "out", force: true)
    #expect(linked.refusals.count == 2 && linked.filesWritten == 0)
    #expect(try folder.tree("elsewhere").keys.sorted() == ["x"])
  }

  @Test("two inputs that come to one name are both written")
  func collisions() async throws {
    try folder.write("a/logs/x.txt", "1")
    try folder.write("b/logs/x.txt", "2")
    try folder.write("b/logs/ghp_abcdefghijklmnop.txt", "3")
    try folder.write("b/logs/ghp_bcdefghijklmnopq.txt", "4")
    let summary = try await folder.scrub(["a/logs", "b/logs", "b/logs"], into: "out")
    #expect(summary.refusals.isEmpty)
    #expect(
      try folder.tree("out").keys.sorted() == [
        "logs", "logs-2", "logs-2/[token]-2.txt", "logs-2/[token].txt", "logs-2/x.txt", "logs/x.txt",
      ])
  }

  @Test("JSON that turns out to be none is scrubbed as text")
  func almostJSON() async throws {
    let text = "{\"a\": \"alice\"}\n{\"a\": \"al\\u0069ce\", \"password\": \"x\"} trailing words of alice\n"
    try folder.write("a.json", text)
    let summary = try await folder.scrub(["a.json"], into: "out")
    #expect(
      try folder.text("out/a.json")
        == "{\"a\": \"user-1\"}\n{\"a\": \"user-1\", \"password\": \"[token]\"} trailing words of user-1\n")
    #expect(summary.counts.total == 4)
  }

  @Test("a name that would be found everywhere is an error")
  func names() {
    for (options, name) in [
      (ScrubOptions(machine: .none, secrets: ["ab"]), "ab"), (ScrubOptions(machine: .none, hosts: ["x"]), "x"),
      (ScrubOptions(machine: .none, users: [""]), ""),
      (ScrubOptions(machine: .none, secrets: ["two\nlines"]), "two\nlines"),
    ] {
      do {
        _ = try Scrubber(options: options)
        Issue.record("\(name) is looked for")
      } catch { #expect(error.description.hasPrefix("cannot look for \"\(name)\": it is ")) }
    }
  }

  @Test("a cancelled run leaves nothing half")
  func cancelled() async throws {
    for number in 0..<50 { try folder.write("in/\(number).txt", String(repeating: "alice\n", count: 10_000)) }
    let folder = folder
    let task = Task { try await folder.scrub(["in"], into: "out") }
    task.cancel()
    await #expect(throws: ScrubError.cancelled) { _ = try await task.value }
    #expect(((try? folder.tree("out")) ?? [:]).keys.allSatisfy { !$0.contains("millrace-") })
  }
}
