import Millrace
import Testing

@testable import MillraceServices

@Suite("A file server's directories", .serialized, .timeLimit(.minutes(8)))
struct DirectoryTests {
  @Test(
    "are redirected to their slash, with the query",
    arguments: [
      ("/d", "/d/"), ("/d?a=b&c", "/d/?a=b&c"), ("/d?", "/d/?"), ("/a%20b?x", "/a%20b/?x"), ("/d/e", "/d/e/"),
      ("http://here/d?q", "/d/?q"),
    ])
  func slash(target: String, location: String) async throws {
    let folder = try Folder()
    for name in ["d", "a b", "d/e"] { try folder.make(directory: name) }
    try await ServerRig.run(folder) { rig in
      let answer = try await rig.ask(target)
      #expect(answer.status == 301)
      #expect(answer["Location"] == location)
      #expect(answer["Content-Length"] == "0")
      #expect(await rig.served(0)["sent-route"] == "none")
    }
  }

  @Test(
    "are answered with the first of their index files that is there",
    arguments: [
      (["index.html", "index.txt"], "/", "root"), (["index.txt", "index.html"], "/d/", "text"),
      (["none", "index.html"], "/d/", "page"), (["sub", "index.txt"], "/d/", "text"),
      (["index.html"], "http://here", "root"), (["index.html"], "http://here/d/?x", "page"),
    ])
  func index(names: [String], target: String, text: String) async throws {
    let folder = try Folder()
    try folder.write("root", to: "index.html")
    for name in ["d", "d/sub"] { try folder.make(directory: name) }
    try folder.write("page", to: "d/index.html")
    try folder.write("text", to: "d/index.txt")
    try await ServerRig.run(folder, { $0.index = names }) { rig in
      for round in 0..<2 {
        let answer = try await rig.ask(target)
        #expect(answer.status == 200)
        #expect(answer.text == text)
        #expect(await rig.served(round)["sent-route"] == "memory")
      }
    }
  }

  @Test("are not there without an index where they are not to be listed", arguments: ["/", "/d/"])
  func unlisted(target: String) async throws {
    let folder = try Folder()
    try folder.make(directory: "d")
    try folder.write("abc", to: "d/a")
    try await ServerRig.run(folder, { $0.listing = false }) { rig in
      let answer = try await rig.ask(target)
      #expect(answer.status == 404)
      #expect(try await rig.ask("/d/a").text == "abc")
      #expect(await rig.served(1)["sent-route"] == "memory")
    }
  }

  @Test(
    "are listed for people or for programs, as the client wants",
    arguments: [
      (nil, "text/html; charset=utf-8"), ("*/*", "text/html; charset=utf-8"), ("application/json", "application/json"),
      ("text/html, application/json;q=0.5", "text/html; charset=utf-8"),
    ] as [(String?, String)])
  func listing(accept: String?, type: String) async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a.txt")
    try folder.make(directory: "d")
    try folder.makePipe("p")
    try folder.link("to-a", to: "a.txt")
    try folder.link("to-none", to: "none")
    try folder.link("to-outside", to: "../..")
    try folder.write("", to: ".hidden")
    try await ServerRig.run(folder) { rig in
      let answer = try await rig.ask("/", accept.map { ["Accept: \($0)"] } ?? [])
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == type)
      #expect(answer["Vary"] == "Accept")
      #expect(answer["Cache-Control"] == "no-cache")
      if type == "application/json" {
        let names = answer.text.matches(of: /"name":"([^"]*)","type":"([^"]*)","size":([0-9]+)/)
        #expect(Set(names.map { "\($0.1) \($0.2)" }) == ["d directory", "a.txt file", "p other", "to-a file"])
        #expect(names.filter { $0.2 == "file" }.allSatisfy { $0.3 == "3" })
      } else {
        let page = try PageReading(answer.body)
        #expect(page.flaw == nil)
        #expect(Set(page.entryLinks.map { String(decoding: $0, as: UTF8.self) }) == ["d/", "a.txt", "p", "to-a"])
      }
      let line = await rig.served(0)
      #expect(line["sent-route"] == "memory" && line["sent"] == "\(answer.body.count)")
    }
  }

  /// given a listing that is more than may be on its way, and whose client reads nothing of it; when others ask for one; then
  /// they are told to come again, while files are served as ever; and when it has been read, then they get theirs.
  @Test("are not listed for more clients than there is memory for")
  func bounded() async throws {
    let folder = try Folder(in: "/dev/shm")
    // Of bytes that take three in a link and three in a text: 800 KB, where the kernel takes little that nobody reads.
    let end = [UInt8](repeating: 0xFF, count: 240)
    for number in 0..<600 { try folder.write([], to: Array("\(number)".utf8) + end) }
    try folder.make(directory: "d")
    try folder.write("abc", to: "d/a")
    try await ServerRig.run(folder, { ($0.listingBytes, $0.unsentLimit) = (100_000, 64 << 10) }) { rig in
      let slow = try await rig.connect()
      try await slow.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      while slow.ahead.isEmpty { try await slow.readMore() }
      let refused = try await rig.ask("/d/")
      #expect(refused.status == 503 && refused["Retry-After"] == "1")
      #expect(try await rig.ask("/d/a").text == "abc")
      let page = try PageReading(try await slow.answer().body)
      #expect(page.entryLinks.count == 601)
      slow.close()
      var answer = try await rig.ask("/d/")
      while answer.status == 503 { answer = try await rig.ask("/d/") }
      #expect(try PageReading(answer.body).entryLinks == [[UInt8(ascii: "a")]])
    }
  }

  /// given files with names that break what is careless; when the listing is followed link by link, as a browser does;
  /// then each leads to the file of that very name.
  @Test("list names of any bytes, with links that lead to them")
  func hostile() async throws {
    let folder = try Folder()
    try folder.make(directory: "d")
    let names = hostileNames.filter { !$0.contains(UInt8(ascii: "/")) }
    for (place, name) in names.enumerated() { try folder.write("content \(place)".bytes, to: "d/".bytes + name) }
    try await ServerRig.run(folder, { $0.dotFiles = true }) { rig in
      let page = try PageReading(try await rig.ask("/d/").body)
      let links = page.links.filter { $0.hasPrefix("./") }
      #expect(Set(page.entryLinks) == Set(names))
      #expect(links.count == names.count)
      for (link, name) in zip(links, page.entryLinks) {
        let answer = try await rig.ask("/d/" + link.dropFirst(2))
        #expect(answer.status == 200, "\(link)")
        #expect(answer.text == "content \(names.firstIndex(of: name) ?? -1)", "\(link)")
      }
      _ = await rig.served(names.count)
      #expect(rig.log.lines.filter { $0.message == "served" }.allSatisfy { $0["sent-route"] == "memory" })
    }
  }

  @Test(
    "hide names that begin with a dot, but for what was made for everybody",
    arguments: [
      ("/.env", 404, 200), ("/.git/config", 404, 200), ("/d/.x", 404, 200), ("/.well-known/a", 200, 200),
      ("/.well-known/.x", 404, 200), ("/d/.well-known/a", 404, 200), ("/.git", 404, 301), ("/%2egit/config", 404, 200),
      ("/.gone", 404, 404),
    ])
  func dotFiles(target: String, hidden: Int, shown: Int) async throws {
    let folder = try Folder()
    for name in [".git", "d", ".well-known", "d/.well-known"] { try folder.make(directory: name) }
    for name in [".env", ".git/config", "d/.x", ".well-known/a", ".well-known/.x", "d/.well-known/a"] {
      try folder.write("abc", to: name)
    }
    for (isShown, status) in [(false, hidden), (true, shown)] {
      try await ServerRig.run(folder, { $0.dotFiles = isShown }) { rig in
        #expect(try await rig.ask(target).status == status)
        #expect(await rig.served(0)["sent-route"] == (status == 301 ? "none" : "memory"))
        let listed = try PageReading(try await rig.ask("/").body).entryLinks.map { String(decoding: $0, as: UTF8.self) }
        #expect(listed.contains(".env") == isShown)
      }
    }
  }
}
