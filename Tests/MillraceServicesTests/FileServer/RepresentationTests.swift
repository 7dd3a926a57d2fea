import Millrace
import MillraceServices
import Testing

@Suite("A file server's representations", .serialized, .timeLimit(.minutes(8)))
struct RepresentationTests {
  /// The smallest first, where a client likes several as much. RFC 9110 §12.5.3
  @Test(
    "are those that the client likes best",
    arguments: [
      (nil, nil), ("gzip", "gzip"), ("x-gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("gzip, br, zstd", "br"),
      ("gzip, zstd", "zstd"), ("gzip;q=1, br;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"), ("*", "br"), ("*;q=0", nil),
      ("identity", nil), ("identity, gzip;q=0.5", nil), ("deflate", nil), ("", nil), ("GZIP", "gzip"),
      ("br;q=0, *", "zstd"), ("identity;q=0", nil), ("gzip;q=0.001", "gzip"),
    ] as [(String?, String?)])
  func negotiated(accepted: String?, coding: String?) async throws {
    let folder = try Folder()
    for (ending, size) in [("", 50_000), (".br", 20_000), (".zst", 30_000), (".gz", 1000)] {
      try folder.write(noise(size, seed: UInt64(size)), to: "a.js\(ending)")
    }
    let expected =
      switch coding {
      case "br": noise(20_000, seed: 20_000)
      case "zstd": noise(30_000, seed: 30_000)
      case "gzip": noise(1000, seed: 1000)
      default: noise(50_000, seed: 50_000)
      }
    try await ServerRig.run(folder) { rig in
      let answer = try await rig.ask("/a.js", accepted.map { ["Accept-Encoding: \($0)"] } ?? [])
      #expect(answer.status == 200)
      #expect(answer["Content-Encoding"] == coding)
      #expect(answer["Content-Type"] == "text/javascript; charset=utf-8")
      #expect(answer["Vary"] == "Accept-Encoding")
      #expect(answer["Content-Length"] == "\(expected.count)")
      #expect(isSame(answer.body, expected))
      #expect(await rig.served(0)["sent-route"] == (coding == "gzip" ? "memory" : "sendfile"))
    }
  }

  @Test("have tags of their own, and a range is one of the representation that was chosen")
  func tags() async throws {
    let folder = try Folder()
    for ending in ["", ".br", ".zst", ".gz"] {
      try folder.write(noise(20_000, seed: UInt64(ending.count)), to: "a\(ending)")
      try folder.date("a\(ending)", 784_111_777)
    }
    try await ServerRig.run(folder) { rig in
      var tags: Set<String> = []
      for (coding, ending) in [("identity", ""), ("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz")] {
        let field = "Accept-Encoding: \(coding)"
        let answer = try await rig.ask("/a", [field])
        let tag = try #require(answer["ETag"])
        tags.insert(tag)
        #expect(try await rig.ask("/a", [field, "If-None-Match: \(tag)"]).status == 304)
        let part = try await rig.ask("/a", [field, "Range: bytes=100-199", "If-Range: \(tag)"])
        #expect(part.status == 206)
        #expect(part.body == Array(noise(20_000, seed: UInt64(ending.count))[100..<200]))
        #expect(part["Content-Encoding"] == (ending.isEmpty ? nil : coding))
      }
      #expect(tags.count == 4)
      #expect(await rig.served(0)["sent-route"] == "sendfile")
    }
  }

  @Test(
    "are the file itself where a neighbour is none",
    arguments: ["older", "directory", "pipe", "link outside", "turned off", "not there"])
  func unfit(neighbour: String) async throws {
    let folder = try Folder()
    let content = try folder.write("as it is", to: "a.txt")
    try folder.date("a.txt", 784_111_777)
    switch neighbour {
    case "older":
      try folder.write("as it was", to: "a.txt.gz")
      try folder.date("a.txt.gz", 784_111_776)
    case "directory": try folder.make(directory: "a.txt.gz")
    case "pipe": try folder.makePipe("a.txt.gz")
    case "link outside": try folder.link("a.txt.gz", to: "/etc/hostname")
    case "turned off": try folder.write("compressed", to: "a.txt.gz")
    default: break
    }
    try await ServerRig.run(folder, { $0.precompressed = neighbour != "turned off" }) { rig in
      let answer = try await rig.ask("/a.txt", ["Accept-Encoding: gzip"])
      #expect(answer.status == 200)
      #expect(answer.body == content)
      #expect(answer["Content-Encoding"] == nil && answer["Vary"] == nil)
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  @Test(
    "have the Cache-Control of the first pattern that matches",
    arguments: [
      ("/app.js", "max-age=1"), ("/assets/app.js", "max-age=1"), ("/assets/app.css", "public, immutable"),
      ("/assets/deep/x.bin", "public, immutable"), ("/index.html", nil), ("/file-7.txt", "no-store"),
      ("/file-77.txt", nil),
    ] as [(String, String?)])
  func cacheControl(target: String, value: String?) async throws {
    let folder = try Folder()
    for name in ["assets", "assets/deep"] { try folder.make(directory: name) }
    try folder.write("abc", to: String(target.dropFirst()))
    try await ServerRig.run(
      folder,
      {
        $0.cacheControl = [
          .init(pattern: "*.js", value: "max-age=1"), .init(pattern: "/assets/*", value: "public, immutable"),
          .init(pattern: "file-?.txt", value: "no-store"),
        ]
        $0.headers = [.init(name: "X-Frame-Options", value: "DENY"), .init(name: "X-B", value: "a, b")]
      }
    ) { rig in
      let answer = try await rig.ask(target)
      #expect(answer["Cache-Control"] == value)
      #expect(answer["X-Frame-Options"] == "DENY" && answer["X-B"] == "a, b")
      #expect(try await rig.ask("/").fields.contains { $0.name == "X-B" })
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  /// RFC 6266 §4.3, §5
  @Test(
    "are to be saved under their names, in any script",
    arguments: [
      ("/a.zip", "a.zip", "attachment; filename=\"a.zip\""),
      ("/na%C3%AFve.zip", "naïve.zip", "attachment; filename=\"na__ve.zip\"; filename*=UTF-8''na%C3%AFve.zip"),
      ("/a%22b.zip", "a\"b.zip", "attachment; filename=\"a_b.zip\"; filename*=UTF-8''a%22b.zip"),
      ("/a%0D%0Ab.zip", "a\r\nb.zip", "attachment; filename=\"a__b.zip\"; filename*=UTF-8''a%0D%0Ab.zip"),
      ("/100%25.zip", "100%.zip", "attachment; filename=\"100_.zip\"; filename*=UTF-8''100%25.zip"),
      ("/a.txt", "a.txt", nil),
    ] as [(String, String, String?)])
  func attachment(target: String, name: String, value: String?) async throws {
    let folder = try Folder()
    try folder.write("abc", to: name)
    try await ServerRig.run(folder, { $0.attachment = ["*.zip"] }) { rig in
      let answer = try await rig.ask(target)
      #expect(answer.text == "abc")
      #expect(answer["Content-Disposition"] == value)
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }
}
