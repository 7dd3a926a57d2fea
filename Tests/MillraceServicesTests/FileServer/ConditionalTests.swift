import Millrace
import MillraceServices
import Testing

@Suite("A file server's conditions", .serialized, .timeLimit(.minutes(8)))
struct ConditionalTests {
  private static let modified = "Sun, 06 Nov 1994 08:49:37 GMT"

  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write(noise(40_000), to: "a")
    try folder.date("a", 784_111_777)
    return folder
  }

  /// In the fields, TAG is the file's own. RFC 9110 §13.2.2
  @Test(
    "are decided in the order of the RFC",
    arguments: [
      (["If-None-Match: TAG"], 304), (["If-None-Match: W/TAG"], 304), (["If-None-Match: \"other\", TAG"], 304),
      (["If-None-Match: \"other\"", "If-None-Match: TAG"], 304), (["If-None-Match: *"], 304),
      (["If-None-Match: \"other\""], 200), (["If-Modified-Since: \(modified)"], 304),
      (["If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT"], 304),
      (["If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT"], 200), (["If-Modified-Since: yesterday"], 200),
      (["If-Modified-Since: \(modified)", "If-None-Match: \"other\""], 200), (["If-Match: TAG"], 200),
      (["If-Match: *"], 200), (["If-Match: \"other\""], 412), (["If-Match: W/TAG"], 412),
      (["If-Unmodified-Since: \(modified)"], 200),
      (["If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT"], 412),
      (["If-Match: TAG", "If-None-Match: TAG"], 304), (["If-Match: \"other\"", "If-None-Match: TAG"], 412),
      (["If-None-Match: TAG", "Range: bytes=0-9"], 304), (["If-Match: TAG", "Range: bytes=0-9"], 206),
    ], ["GET", "HEAD"])
  func decided(of test: (fields: [String], status: Int), method: String) async throws {
    // Of HEAD a Range is ignored. RFC 9110 §14.2
    let status = test.status == 206 && method == "HEAD" ? 200 : test.status
    try await ServerRig.run(try Self.folder()) { rig in
      let tag = try #require(try await rig.ask("/a")["ETag"])
      let answer = try await rig.ask("/a", test.fields.map { $0.replacing("TAG", with: tag) }, method: method)
      #expect(answer.status == status)
      if status == 304 {
        #expect(answer["ETag"] == tag)
        #expect(answer["Last-Modified"] == Self.modified)
        for name in ["Content-Length", "Content-Type", "Content-Encoding", "Content-Range"] {
          #expect(answer[name] == nil, "\(name)")
        }
      }
      let line = await rig.served(1)
      let isSent = method == "GET" && (status == 200 || status == 206)
      #expect(line["sent-route"] == (isSent ? "sendfile" : status == 412 && method == "GET" ? "memory" : "none"))
      #expect(line["status"] == "\(status)")
    }
  }

  @Test("A 304 has what the 200 says of caches, and the connection goes on")
  func notModified() async throws {
    let folder = try Self.folder()
    try folder.write("x", to: "a.gz")
    try await ServerRig.run(
      folder,
      {
        $0.cacheControl = [.init(pattern: "a", value: "max-age=60")]
        $0.headers = [.init(name: "X-Robots-Tag", value: "none")]
      }
    ) { rig in
      let client = try await rig.connect()
      try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
      let whole = try await client.answer()
      let tag = try #require(whole["ETag"])
      for _ in 0..<3 {
        try await client.send("GET /a HTTP/1.1\r\nHost: here\r\nIf-None-Match: \(tag)\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.status == 304)
        for name in ["ETag", "Last-Modified", "Vary", "Cache-Control", "X-Robots-Tag"] {
          #expect(answer[name] != nil && answer[name] == whole[name], "\(name)")
        }
      }
      client.close()
      #expect(await rig.served(3)["sent-route"] == "none")
    }
  }
}
