import Foundation
import Testing

/// The server as most people will ask it first.
@Suite(
  "millrace serve, asked by curl", .timeLimit(.minutes(8)),
  .enabled("needs curl and gzip", { Curl.path != nil && FileManager.default.isExecutableFile(atPath: "/bin/gzip") }))
struct CurlTests {
  private static let token = "0123456789abcdef"
  private static let bearer = ["-H", "Authorization: Bearer \(token)"]

  /// Runs `body` beside a server of `site` in a scratch folder.
  private func serving(
    _ body: (_ place: Scratch, _ log: LogLines, _ curl: Curl) async throws -> Void
  ) async throws {
    let place = try Scratch()
    try FileManager.default.createDirectory(atPath: place.path("site/d"), withIntermediateDirectories: true)
    try place.write("token", Data("\(Self.token)\n".utf8))
    let (server, log) = try LogLines.start(
      [
        "serve", "site", "--listen", "tcp://127.0.0.1:0", "--reactors", "1", "--allow-upload", "--upload-token-file",
        place.path("token"),
      ], in: place)
    let curl = Curl(base: "http://127.0.0.1:\(try await log.port())", place: place)
    try await body(place, log, curl)
    server.send(SIGTERM)
    #expect(await server.result().status == 0)
  }

  @Test("gives files whole, their heads alone, by HTTP/1.0 too, and says what it does not have")
  func gets() async throws {
    try await serving { place, log, curl in
      let big = try place.write("site/big.bin", noise(3_000_000))
      let small = try place.write("site/a b.txt", noise(300))
      for options in [[], ["-0"], ["--no-keepalive"]] {
        let answer = try await curl("/big.bin", options)
        #expect(answer.status == 200 && answer.body == big)
        #expect(try await log.next(with: "served").contains("sent-route=sendfile"))
      }
      let encoded = try await curl("/a%20b.txt")
      #expect(encoded.body == small)
      let head = try await curl("/big.bin", ["-I"])
      #expect(head.status == 200 && head.text.contains("Content-Length: 3000000\r\n"))
      #expect(try await curl("/none").status == 404)
      #expect(try await curl("/../token", ["--path-as-is"]).status == 404)
      #expect(try await curl("/big.bin", ["-X", "DELETE"]).status == 405)
      let options = try await curl("/big.bin", ["-X", "OPTIONS", "-i"])
      #expect(options.status == 204 && options.text.contains("Allow: GET, HEAD, OPTIONS, PUT"))
      // To the slash, and what is listed there.
      try place.write("site/d/inside", Data("x".utf8))
      let listing = try await curl("/d", ["-L"])
      #expect(listing.status == 200 && listing.text.contains("inside"))
      let json = try await curl("/d/", ["-H", "Accept: application/json"])
      #expect(json.status == 200 && (try? JSONSerialization.jsonObject(with: json.body)) != nil)
    }
  }

  @Test("gives the rest of a download that was broken off, and several parts at once")
  func ranges() async throws {
    try await serving { place, log, curl in
      let big = try place.write("site/big.bin", noise(3_000_000))
      try place.write("part", big.prefix(1_234_567))
      #expect(try await curl("/big.bin", ["-C", "-"], into: "part").status == 206)
      #expect(try place.read("part") == big)
      let line = try await log.next(with: "served")
      #expect(line.contains("sent=1765433") && line.contains("sent-route=sendfile"), "\(line)")
      #expect(try await curl("/big.bin", ["-r", "10-19"]).body == big[10..<20])
      #expect(try await curl("/big.bin", ["-r", "-7"]).body == big.suffix(7))
      let parts = try await curl("/big.bin", ["-r", "0-99,1000000-1000099", "-i"])
      #expect(parts.status == 206 && parts.text.contains("multipart/byteranges"))
      for part in [big[0..<100], big[1_000_000..<1_000_100]] { #expect(parts.body.range(of: part) != nil) }
      #expect(try await curl("/big.bin", ["-r", "3000000-"]).status == 416)
    }
  }

  @Test("says that nothing has changed, by tag and by time, and gives compressed what is there compressed")
  func conditions() async throws {
    try await serving { place, _, curl in
      let text = try place.write("site/a.txt", Data(String(repeating: "all the same ", count: 1000).utf8))
      let tags = place.path("tags")
      #expect(try await curl("/a.txt", ["--etag-save", tags]).body == text)
      let again = try await curl("/a.txt", ["--etag-compare", tags])
      #expect(again.status == 304 && again.body.isEmpty)
      #expect(try await curl("/a.txt", ["-z", place.path("site/a.txt")]).status == 304)
      let gzip = try Running(["-k", place.path("site/a.txt")], program: "/bin/gzip", in: place)
      #expect(await gzip.result().status == 0)
      // Once it is looked at again.
      var answer = try await curl("/a.txt", ["-i", "-H", "Accept-Encoding: gzip"])
      while !answer.text.contains("Content-Encoding: gzip") {
        answer = try await curl("/a.txt", ["-i", "-H", "Accept-Encoding: gzip"])
      }
      #expect(answer.text.contains("Vary: Accept-Encoding"))
      #expect(try await curl("/a.txt", ["--compressed"]).body == text)
      #expect(try await curl("/a.txt").body == text)
    }
  }

  @Test("takes files from who has the token, of a known length and of none, and nothing from others")
  func uploads() async throws {
    try await serving { place, log, curl in
      // Long enough that curl waits to be asked for it.
      let big = try place.write("build.tar", noise(3_000_000))
      let file = place.path("build.tar")
      #expect(try await curl("/builds/7/build.tar", ["-T", file] + Self.bearer).status == 201)
      #expect(try await log.next(with: "served").contains("received-route=splice-through-pipe"))
      #expect(try place.read("site/builds/7/build.tar") == big)
      #expect(try await curl("/builds/7/build.tar", ["-T", file] + Self.bearer).status == 204)
      #expect(
        try await curl("/chunked", ["-H", "Transfer-Encoding: chunked", "-T", file] + Self.bearer).status == 201)
      #expect(try place.read("site/chunked") == big)
      #expect(
        try await curl("/builds/7/build.tar", ["-T", file, "-H", "If-None-Match: *"] + Self.bearer).status == 412)
      #expect(try await curl("/other", ["-T", file]).status == 401)
      #expect(try await curl("/other", ["-T", file, "-H", "Authorization: Bearer no"]).status == 401)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place.path("site")).sorted() == ["builds", "chunked", "d"])
    }
  }
}

/// curl, told where the server is.
private struct Curl {
  static let path = ["/usr/bin/curl", "/bin/curl", "/usr/local/bin/curl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  let base: String
  let place: Scratch

  struct Answer {
    var status: Int
    var body: Data
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// - Parameter file: where the body goes; nil is into the answer.
  func callAsFunction(_ target: String, _ options: [String] = [], into file: String? = nil) async throws -> Answer {
    let body = file.map { place.path($0) } ?? place.captured("body").path
    let running = try Running(
      // Without what this machine's owner told it, and asked for a body when the server wants it.
      ["-q", "--noproxy", "*", "--expect100-timeout", "60", "-sS", "-o", body, "-w", "%{http_code}"] + options + [
        base + target
      ], program: Self.path ?? "curl", in: place)
    let result = await running.result()
    #expect(result.status == 0, "\(options): \(result.errors)")
    return Answer(status: Int(result.text) ?? 0, body: try Data(contentsOf: URL(fileURLWithPath: body)))
  }
}
