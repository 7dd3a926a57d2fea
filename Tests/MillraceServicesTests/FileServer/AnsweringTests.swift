import Millrace
import Testing

@testable import MillraceServices

@Suite("A file server's answers", .serialized, .timeLimit(.minutes(8)))
struct AnsweringTests {
  /// given files of every size that is sent in another way; then each comes whole, with its length, its type and a
  /// date, and the log names the route that the kernel took.
  @Test(
    "are the whole file, with its length and type, by the route that suits its size",
    arguments: [
      ("small.txt", 5, "text/plain; charset=utf-8", "memory"), ("edge.json", 16384, "application/json", "memory"),
      ("above.html", 16385, "text/html; charset=utf-8", "sendfile"), ("a.png", 70_000, "image/png", "sendfile"),
      ("big.iso", 9_000_001, nil, "sendfile"), ("empty.css", 0, "text/css; charset=utf-8", "none"),
      ("no-extension", 3, "application/octet-stream", "memory"), ("UPPER.SVG", 3, "image/svg+xml", "memory"),
      ("app.js", 3, "text/javascript; charset=utf-8", "memory"), ("lib.wasm", 3, "application/wasm", "memory"),
    ] as [(String, Int, String?, String)])
  func whole(name: String, size: Int, type: String?, route: String) async throws {
    let folder = try Folder()
    let content = try folder.write(noise(size), to: name)
    try await ServerRig.run(folder) { rig in
      // The first time it is opened, the second time it is known.
      for round in 0..<2 {
        let answer = try await rig.ask("/\(name)")
        #expect(answer.status == 200)
        #expect(answer.version == "HTTP/1.1" && answer.reason == "OK")
        #expect(isSame(answer.body, content))
        #expect(answer["Content-Length"] == "\(size)")
        if let type { #expect(answer["Content-Type"] == type) }
        #expect(answer["Accept-Ranges"] == "bytes")
        #expect(answer["Date"]?.hasSuffix(" GMT") == true)
        #expect(answer["Last-Modified"]?.hasSuffix(" GMT") == true)
        #expect(answer["ETag"]?.wholeMatch(of: /"[^"]+"/) != nil)
        #expect(answer["Transfer-Encoding"] == nil)
        let line = await rig.served(round)
        #expect(line["sent"] == "\(size)")
        #expect(line["sent-route"] == route)
        #expect(line["status"] == "200" && line["method"] == "GET" && line["target"] == "/\(name)")
        #expect(line["failed"] == nil)
      }
    }
  }

  /// given a file of types; when files are asked for; then it says what those are that have no type of their own, and nothing
  /// of the others.
  @Test("have the types of a file besides those that are built in")
  func types() async throws {
    let folder = try Folder()
    for name in ["a.mill", "a.html", "a.other"] { try folder.write("abc", to: name) }
    try folder.write("application/x-mill mill # ours\ntext/plain html\n", to: ".types")
    try await ServerRig.run(folder, { $0.mimeTypes = folder.path + "/.types" }) { rig in
      for (name, type) in [
        ("a.mill", "application/x-mill"), ("a.html", "text/html; charset=utf-8"),
        ("a.other", "application/octet-stream"),
      ] {
        let answer = try await rig.ask("/\(name)")
        #expect(answer["Content-Type"] == type)
      }
    }
  }

  /// given a client that reads nothing but the head; when somebody looks at what moves; then that is the whole file, with what
  /// went out at once before the copy began.
  @Test("are told of while they move, by the length of the whole")
  func moving() async throws {
    let folder = try Folder()
    try folder.write(noise(24_000_000), to: "big")
    try await ServerRig.run(
      folder,
      {
        $0.admin = .tcp(host: "127.0.0.1", port: 0)
        $0.openFileValidity = .seconds(3600)
      }
    ) { rig in
      // Known, so that the next answer begins at once, without a task.
      #expect(try await rig.ask("/big", method: "HEAD").status == 200)
      let client = try await rig.connect()
      try await client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await client.takeHead()
      let admin = RawClient(try await Connection.connect(to: try #require(rig.server.reception.adminAddresses.first)))
      var told = ""
      while !told.contains("\"from\":\"/big\"") {
        try await admin.send("GET /transfers HTTP/1.1\r\nHost: a\r\n\r\n")
        told = try await admin.answer().text
      }
      #expect(told.contains("\"total\":24000000"), "\(told)")
      admin.close()
      client.close()
    }
  }

  /// Everything but the date is about the file, and that is the same.
  @Test("to HEAD have the fields of those to GET, and no body", arguments: ["/a", "/big", "/", "/none", "/d", "/d/?x"])
  func head(target: String) async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try folder.write(noise(100_000), to: "big")
    try folder.make(directory: "d")
    try await ServerRig.run(folder) { rig in
      let get = try await rig.ask(target)
      let head = try await rig.ask(target, method: "HEAD")
      func told(_ answer: RawAnswer) -> [String] {
        answer.fields.filter { $0.name != "Date" }.map { "\($0.name): \($0.value)" }
      }
      #expect(head.status == get.status)
      #expect(told(head) == told(get))
      let line = await rig.served(1)
      #expect(line["sent"] == "0" && line["sent-route"] == "none")
    }
  }

  /// RFC 9112 §9.3: what a version takes for granted, and what a client says of it.
  @Test(
    "keep the connection where version and client do, and say so where that is not a matter of course",
    arguments: [
      ("1.1", nil, true, nil), ("1.1", "keep-alive", true, nil), ("1.1", "close", false, "close"),
      ("1.1", "x, Close", false, "close"), ("1.0", nil, false, "close"), ("1.0", "keep-alive", true, "keep-alive"),
      ("1.0", "keep-alive, close", false, "close"),
    ] as [(String, String?, Bool, String?)])
  func persistence(version: String, option: String?, isKept: Bool, said: String?) async throws {
    let folder = try Folder()
    let content = try folder.write(noise(50_000), to: "a")
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      let field = option.map { "Connection: \($0)\r\n" } ?? ""
      for round in 0..<(isKept ? 3 : 1) {
        try await client.send("GET /a HTTP/\(version)\r\nHost: here\r\n\(field)\r\n")
        let answer = try await client.answer()
        #expect(answer.status == 200)
        #expect(isSame(answer.body, content))
        #expect(answer["Connection"] == said)
        #expect(await rig.served(round)["sent-route"] == "sendfile")
      }
      if !isKept { try await client.expectEnd() }
      client.close()
    }
  }

  /// given requests for small files and large ones, for none and for what is refused, all in one packet; then the
  /// answers come in their order, each whole.
  @Test("to requests that come together come in their order", arguments: [1, 7])
  func pipelined(times: Int) async throws {
    let folder = try Folder()
    let files = try [("s", 10), ("l", 3_000_000), ("m", 40_000), ("e", 0)].map {
      ($0.0, try folder.write(noise($0.1, seed: UInt64($0.1 + 1)), to: $0.0))
    }
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      var text = ""
      for _ in 0..<times {
        for (name, _) in files {
          text += "GET /\(name) HTTP/1.1\r\nHost: here\r\n\r\nHEAD /\(name) HTTP/1.1\r\nHost: here\r\n\r\n"
          text += "GET /none HTTP/1.1\r\nHost: here\r\n\r\nDELETE /\(name) HTTP/1.1\r\nHost: here\r\n\r\n"
        }
      }
      async let sent: Void = client.send(text)
      for _ in 0..<times {
        for (_, content) in files {
          let get = try await client.answer()
          #expect(get.status == 200)
          #expect(isSame(get.body, content))
          let head = try await client.answer(isBodyless: true)
          #expect(head["Content-Length"] == "\(content.count)")
          #expect(try await client.answer().status == 404)
          #expect(try await client.answer().status == 405)
        }
      }
      try await sent
      #expect(client.ahead.isEmpty)
      client.close()
      let last = await rig.served(16 * times - 1)
      #expect(last["status"] == "405")
      let routes = rig.log.lines.filter { $0["method"] == "GET" && $0["status"] == "200" }.map { $0["sent-route"] }
      #expect(routes == Array(repeating: ["memory", "sendfile", "sendfile", "none"], count: times).flatMap(\.self))
    }
  }

  @Test(
    "refuse what is no way to read a file",
    arguments: [
      ("POST", 405, "GET, HEAD, OPTIONS"), ("PUT", 405, "GET, HEAD, OPTIONS"), ("DELETE", 405, "GET, HEAD, OPTIONS"),
      ("PATCH", 405, "GET, HEAD, OPTIONS"), ("TRACE", 405, "GET, HEAD, OPTIONS"),
      ("OPTIONS", 204, "GET, HEAD, OPTIONS"),
      ("PROPFIND", 501, nil), ("get", 501, nil),
    ] as [(String, Int, String?)])
  func methods(method: String, status: Int, allow: String?) async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      for round in 0..<2 {
        // The connection is kept: nothing of the request is unread.
        try await client.send("\(method) /a HTTP/1.1\r\nHost: here\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.status == status)
        #expect(answer["Allow"] == allow)
        #expect(answer["Connection"] == nil)
        let line = await rig.served(round)
        #expect(line["sent-route"] == (status == 204 ? "none" : "memory"))
        #expect(line["method"] == method)
      }
      client.close()
    }
  }

  @Test("to OPTIONS * and to CONNECT are none of a file's", arguments: [("OPTIONS *", 204), ("CONNECT here:80", 405)])
  func noFile(line: String, status: Int) async throws {
    try await ServerRig.run(try Folder()) { rig in
      let client = try await rig.connect()
      try await client.send("\(line) HTTP/1.1\r\nHost: here\r\n\r\n")
      let answer = try await client.answer()
      #expect(answer.status == status)
      #expect(answer["Allow"] == "GET, HEAD, OPTIONS")
      client.close()
    }
  }

  /// given a body that nobody wants; then the answer can be read to its end although the body is still being sent, and
  /// the connection ends behind it: where the next request would begin is in the body.
  @Test("refuse an upload before it is over", arguments: ["PUT", "POST", "DELETE", "GET"])
  func unwanted(method: String) async throws {
    let folder = try Folder()
    let content = try folder.write(noise(50_000), to: "a")
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      try await client.send("\(method) /a HTTP/1.1\r\nHost: here\r\nContent-Length: 5000000\r\n\r\n")
      async let sent: Void = client.connection.write(noise(5_000_000))
      let answer = try await client.answer()
      #expect(answer.status == (method == "GET" ? 200 : 405))
      if method == "GET" { #expect(isSame(answer.body, content)) }
      #expect(answer["Connection"] == "close")
      try await sent
      try client.connection.finishWriting()
      try await client.expectEnd()
      client.close()
      #expect(await rig.served(0)["sent-route"] == (method == "GET" ? "sendfile" : "memory"))
    }
  }

  @Test(
    "are pages with a sentence where there is nothing to show",
    arguments: [("/none", 404), ("/p", 403), ("/a/", 404), ("/a/b", 404)])
  func nothing(target: String, status: Int) async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try folder.makePipe("p")
    try await ServerRig.run(folder) { rig in
      let answer = try await rig.ask(target)
      #expect(answer.status == status)
      #expect(answer["Content-Type"] == "text/html; charset=utf-8")
      #expect(try PageReading(answer.body).flaw == nil)
      #expect(answer.text.contains("\(status)"))
      #expect(answer["ETag"] == nil && answer["Last-Modified"] == nil)
      let line = await rig.served(0)
      #expect(line["sent-route"] == "memory" && line["sent"] == "\(answer.body.count)")
    }
  }
}
