import Crypto
import Foundation
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@testable import MillraceServices

@Suite("An upload", .serialized, .timeLimit(.minutes(8)))
struct UploadTests {
  static let token = "0123456789abcdef"
  private let bearer = "Authorization: Bearer 0123456789abcdef"

  private func run(
    _ folder: Folder, mostBytes: Int64 = 10 << 30, _ body: (ServerRig) async throws -> Void
  ) async throws {
    var upload = UploadConfiguration(token: Self.token)
    upload.mostBytes = mostBytes
    try await ServerRig.run(folder, { $0.upload = upload }) { try await body($0) }
  }

  private func put(
    _ rig: ServerRig, _ target: String, _ body: [UInt8], _ fields: [String] = []
  ) async throws -> RawAnswer {
    let client = try await rig.connect()
    defer { client.close() }
    let lines = ["PUT \(target) HTTP/1.1", "Host: here", "Connection: close", "Content-Length: \(body.count)"] + fields
    try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    // An answer that comes early may end it.
    try? await client.connection.write(body)
    return try await client.answer()
  }

  private func content(_ folder: Folder, _ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.path + "/" + name).map(Array.init)
  }

  private func names(_ folder: Folder, _ directory: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + directory).sorted()
  }

  @Test("is spliced into its place, whole, with the directories on the way, and can be fetched at once")
  func stores() async throws {
    let folder = try Folder()
    let bytes = noise(3_000_000)
    try await run(folder) { rig in
      let answer = try await put(rig, "/builds/7/a%20b.bin", bytes, [bearer])
      #expect(answer.status == 201 && answer["Location"] == "/builds/7/a%20b.bin")
      #expect(content(folder, "builds/7/a b.bin") == bytes)
      let line = await rig.served(0)
      #expect(line["received"] == "3000000" && line["received-route"]?.contains("splice-through-pipe") == true)
      let fetched = try await rig.ask("/builds/7/a%20b.bin")
      #expect(fetched.body == bytes && fetched["ETag"] == answer["ETag"])
      // In its place another one.
      let second = try await put(rig, "/builds/7/a%20b.bin", [1, 2, 3], [bearer])
      #expect(second.status == 204 && second["ETag"] != answer["ETag"])
      #expect(try await rig.ask("/builds/7/a%20b.bin").body == [1, 2, 3])
      #expect(try names(folder, "builds/7") == ["a b.bin"])
    }
  }

  @Test(
    "without the token is 401, whatever else it says, and nothing of it is kept",
    arguments: [
      ("", "Bearer realm=\"uploads\""), ("Authorization: Basic MDEyMzQ1Njc4OWFiY2RlZg==", "Bearer realm=\"uploads\""),
      ("Authorization: Bearer 0123456789abcdeg", "Bearer realm=\"uploads\", error=\"invalid_token\""),
      ("Authorization: Bearer 0123456789abcdef0", "Bearer realm=\"uploads\", error=\"invalid_token\""),
      ("Authorization: Bearer ", "Bearer realm=\"uploads\""),
    ])
  func unauthorized(_ field: String, _ challenge: String) async throws {
    let folder = try Folder()
    try await run(folder) { rig in
      let answer = try await put(rig, "/x", noise(100_000), field.isEmpty ? [] : [field])
      #expect(answer.status == 401 && answer["WWW-Authenticate"] == challenge)
      #expect(try names(folder).isEmpty)
    }
  }

  @Test("is not taken where nobody has allowed any: 405, with what is allowed")
  func notAllowed() async throws {
    let folder = try Folder()
    try await ServerRig.run(folder) { rig in
      let answer = try await put(rig, "/x", [1], [bearer])
      #expect(answer.status == 405 && answer["Allow"] == "GET, HEAD, OPTIONS")
      #expect(try names(folder).isEmpty)
    }
  }

  @Test("that does not say how long it is is 411, and replaces nothing by an empty file")
  func withoutLength() async throws {
    let folder = try Folder()
    try folder.write("old", to: "x")
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send("PUT /x HTTP/1.1\r\nHost: a\r\n\(bearer)\r\n\r\n")
      let answer = try await client.answer()
      #expect(answer.status == 411)
      #expect(content(folder, "x") == Array("old".utf8))
    }
  }

  @Test("is asked for its body only when the token is right")
  func continues() async throws {
    let folder = try Folder()
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send(
        "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\(bearer)\r\n\r\n")
      #expect(try await client.takeHead() == "HTTP/1.1 100 Continue")
      try await client.send("abc")
      #expect(try await client.answer().status == 201)
      // Kept for another one.
      try await client.send("PUT /y HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await client.answer().status == 401)
      #expect(try names(folder) == ["x"])
    }
  }

  @Test("that is chunked arrives whole, through memory, and may be followed by another request")
  func chunked() async throws {
    let folder = try Folder()
    let bytes = noise(300_000)
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\(bearer)\r\n\r\n")
      for start in stride(from: 0, to: bytes.count, by: 70_001) {
        let chunk = bytes[start..<min(start + 70_001, bytes.count)]
        try await client.send(String(chunk.count, radix: 16) + ";name=value\r\n")
        try await client.connection.write(Array(chunk))
        try await client.send("\r\n")
      }
      try await client.send("0\r\nTrailer: x\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(try await client.answer().status == 201)
      #expect(try await client.answer().body == bytes)
      #expect(await rig.served(0)["received-route"] == "buffered")
    }
  }

  @Test("with a digest is kept if that is right, and says what the check costs", arguments: ["sha-256", "sha-512"])
  func digest(_ kind: String) async throws {
    let folder = try Folder()
    let bytes = noise(200_000)
    let right = kind == "sha-256" ? Array(SHA256.hash(data: bytes)) : Array(SHA512.hash(data: bytes))
    var wrong = right
    wrong[0] ^= 1
    try await run(folder) { rig in
      let kept = try await put(
        rig, "/x", bytes, [bearer, "Repr-Digest: \(kind)=:\(Data(right).base64EncodedString()):"])
      #expect(kept.status == 201 && content(folder, "x") == bytes)
      let line = await rig.served(0)
      #expect(
        line["received-route"]?.contains("splice") == false
          && line["declined"]?.contains("a hash must see the bytes") == true)
      for value in ["\(kind)=:\(Data(wrong).base64EncodedString()):", "\(kind)=:AAAA:", "\(kind)=abc", "\(kind)"] {
        let answer = try await put(rig, "/y", bytes, [bearer, "Repr-Digest: \(value)"])
        #expect(answer.status == 400, "\(value)")
      }
      #expect(try names(folder) == ["x"])
      // One of another kind is none that could be checked (RFC 9530 §2).
      #expect(try await put(rig, "/y", bytes, [bearer, "Repr-Digest: md5=:AAAA:"]).status == 201)
    }
  }

  @Test("that is larger than may be is 413, announced or not, and nothing is left of it")
  func tooLarge() async throws {
    let folder = try Folder()
    try await run(folder, mostBytes: 100_000) { rig in
      #expect(try await put(rig, "/x", noise(100_001), [bearer]).status == 413)
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\(bearer)\r\n\r\n186a1\r\n")
      try await client.connection.write(noise(100_001))
      try await client.send("\r\n0\r\n\r\n")
      #expect(try await client.answer().status == 413)
      #expect(try names(folder).isEmpty)
      #expect(try await put(rig, "/x", noise(100_000), [bearer]).status == 201)
    }
  }

  @Test(
    "keeps to its conditions",
    arguments: [
      ("/new", "If-None-Match: *", 201), ("/old", "If-None-Match: *", 412), ("/new", "If-Match: *", 412),
      ("/old", "If-Match: *", 204), ("/old", "If-Match: \"other\"", 412),
      ("/old", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 412),
    ])
  func conditions(_ target: String, _ condition: String, _ status: Int) async throws {
    let folder = try Folder()
    try folder.write("old", to: "old")
    try await run(folder) { rig in
      let answer = try await put(rig, target, [1, 2, 3], [bearer, condition])
      #expect(answer.status == status)
      let old: [UInt8] = status == 204 ? [1, 2, 3] : Array("old".utf8)
      #expect(content(folder, "old") == old)
      let kept = try names(folder)
      #expect(kept == (status == 201 ? ["new", "old"] : ["old"]))
    }
  }

  @Test(
    "has nowhere to go but a file's place beneath the root",
    arguments: [
      ("/", 409), ("/folder", 409), ("/folder/", 409), ("/file/below", 409), ("/.hidden", 403),
      ("/folder/.git/config", 403),
      ("/../x", 400), ("/%2e%2e/x", 400), ("/a//b", 400), ("/a%2fb", 400), ("/out/x", 403), ("/pipe", 403),
    ])
  func places(_ target: String, _ status: Int) async throws {
    let outside = try Folder()
    let folder = try Folder()
    try folder.make(directory: "folder")
    try folder.write("file", to: "file")
    try folder.makePipe("pipe")
    try folder.link("out", to: outside.path)
    let before = try names(folder)
    try await run(folder) { rig in
      #expect(try await put(rig, target, [1], [bearer]).status == status)
      #expect(try names(folder) == before)
      for place in [try names(outside), try names(folder, "folder")] { #expect(place.isEmpty) }
      #expect(content(folder, "file") == Array("file".utf8))
    }
  }

  @Test(
    "of a part, or of something coded, is refused",
    arguments: [
      ("Content-Range: bytes 0-0/5", 400), ("Content-Encoding: gzip", 415),
    ])
  func parts(_ field: String, _ status: Int) async throws {
    let folder = try Folder()
    try await run(folder) { rig in
      let answer = try await put(rig, "/x", [1], [bearer, field])
      #expect(answer.status == status)
      let kept = try names(folder)
      #expect(kept.isEmpty)
    }
  }

  /// given an upload that must be new, whose name somebody else takes while it is on its way; then it is refused, and the other
  /// file stays. RFC 9110 §13.1.2
  @Test("that must be new is refused at its end where somebody else was faster")
  func mustBeNew() async throws {
    let folder = try Folder()
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send(
        "PUT /x HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\(bearer)\r\n\r\n"
      )
      #expect(try await client.takeHead().hasPrefix("HTTP/1.1 100"))
      try folder.write("other", to: "x")
      try await client.send("new")
      #expect(try await client.answer().status == 412)
      #expect(content(folder, "x") == Array("other".utf8))
      #expect(try names(folder) == ["x"])
    }
  }

  @Test("that is too large is refused before anything is made for it")
  func tooLargeMakesNothing() async throws {
    let folder = try Folder()
    try await run(folder, mostBytes: 10) { rig in
      let answer = try await put(rig, "/a/b/c", noise(11), [bearer])
      #expect(answer.status == 413)
      #expect(try names(folder) == [])
    }
  }

  /// given an upload into a directory that is not there, and somebody else who makes it meanwhile; then both files are in it.
  @Test("finds a directory that somebody else has made meanwhile")
  func directoryAppears() async throws {
    let folder = try Folder()
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send(
        "PUT /a/b/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\(bearer)\r\n\r\n")
      #expect(try await client.takeHead().hasPrefix("HTTP/1.1 100"))
      #expect(try names(folder).isEmpty)
      try folder.make(directory: "a")
      try folder.write("other", to: "a/other")
      try await client.send("new")
      #expect(try await client.answer().status == 201)
      #expect(content(folder, "a/b/x") == Array("new".utf8))
      #expect(try names(folder, "a") == ["b", "other"])
    }
  }

  /// given an upload into a directory that is not there, and a file that takes its name; then that is the conflict it is.
  @Test("is refused where a file stands by now in the place of its directory")
  func fileAppears() async throws {
    let folder = try Folder()
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send(
        "PUT /a/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\(bearer)\r\n\r\n")
      #expect(try await client.takeHead().hasPrefix("HTTP/1.1 100"))
      try folder.write("other", to: "a")
      try await client.send("new")
      #expect(try await client.answer().status == 409)
      #expect(content(folder, "a") == Array("other".utf8))
      #expect(try names(folder) == ["a"])
    }
  }

  /// given what cannot become a directory, or a name that no file can have; then the upload is refused before its body has come.
  @Test(
    "is refused at once where its directories cannot be made",
    arguments: [
      ("/nowhere/x", 403), ("/nowhere/a/x", 403), ("/new/\(String(repeating: "a", count: 256))/x", 414),
      ("/\(String(repeating: "b", count: 256))", 414),
    ])
  func impossible(_ target: String, _ status: Int) async throws {
    let folder = try Folder()
    try folder.link("nowhere", to: "not-there")
    try await run(folder) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      try await client.send(
        "PUT \(target) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\(bearer)\r\n\r\n")
      #expect(try await client.answer().status == status)
      #expect(try names(folder) == ["nowhere"])
    }
  }

  /// given an upload that has begun, and a link that is put in the place of its directory, or one on the way there that is turned
  /// elsewhere; then the first is refused, and the second lands where it was begun.
  @Test("is led nowhere else by links that are changed meanwhile")
  func linksChange() async throws {
    let folder = try Folder()
    for name in ["one", "two"] { try folder.make(directory: name) }
    try folder.link("current", to: "one")
    try await run(folder) { rig in
      for (target, change, status) in [
        ("/made/x", { try folder.link("made", to: "two") }, 403),
        (
          "/current/new/x",
          {
            try folder.delete("current"); try folder.link("current", to: "two")
          }, 201
        ),
      ] as [(String, () throws -> Void, Int)] {
        let client = try await rig.connect()
        defer { client.close() }
        try await client.send(
          "PUT \(target) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\(bearer)\r\n\r\n")
        #expect(try await client.takeHead().hasPrefix("HTTP/1.1 100"))
        try change()
        try await client.send("new")
        #expect(try await client.answer().status == status)
      }
      #expect(content(folder, "one/new/x") == Array("new".utf8))
      #expect(try names(folder, "two").isEmpty)
    }
  }

  @Test(
    "has a name meanwhile, where it needs one, that is nobody's to see",
    arguments: [
      (".x.millrace-1a2b", true), ("..millrace-0", true), (".x.millrace-", true), (".a-b.millrace-9", true),
      ("x.millrace-1a2b", false), (".x.millrace", false), (".x.millrace-a-b", false), (".x", false), ("", false),
    ])
  func staged(_ name: String, _ isStaged: Bool) async throws {
    #expect(IncomingFile.isStaged(Array(name.utf8)) == isStaged)
    guard !name.isEmpty else { return }
    let folder = try Folder()
    try folder.write("half of it", to: name)
    try await ServerRig.run(folder, { $0.dotFiles = true }) { rig in
      let answer = try await rig.ask("/\(name)")
      #expect(answer.status == (isStaged ? 404 : 200))
      let listing = try await rig.ask("/").text
      #expect(listing.contains("millrace-") == (!isStaged && name.contains("millrace-")))
    }
  }

  /// given an upload that its client breaks off; when that is seen; then the old file is there, and nothing else.
  @Test("that is broken off leaves the old file as it was, and no directories", arguments: ["/x", "/a/b/x"])
  func brokenOff(_ target: String) async throws {
    let folder = try Folder()
    try folder.write("old", to: "x")
    try await run(folder) { rig in
      for isReset in [true, false] {
        let client = try await rig.connect()
        try await client.send(
          "PUT \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\(bearer)\r\n\r\n")
        try await client.connection.write(noise(300_000))
        if isReset { client.connection.reset() } else { client.close() }
        let line = await rig.served(isReset ? 0 : 1)
        #expect(line["failed"] != nil)
      }
      #expect(content(folder, "x") == Array("old".utf8))
      #expect(try names(folder) == ["x"])
    }
  }
}
