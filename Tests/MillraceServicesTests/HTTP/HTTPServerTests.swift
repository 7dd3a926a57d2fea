import HTTPTypes
import Millrace
import MillraceHTTP
import MillraceServices
import Testing

@Suite("A server of one's own", .timeLimit(.minutes(8)))
struct HTTPServerTests {
  private static let get = "GET /a/b?c=d HTTP/1.1\r\nHost: somewhere:81\r\nX-One: 1\r\nx-one: 2\r\n\r\n"

  @Test("gets the request as HTTP types, and text of what it asks for")
  func request() async throws {
    try await serving { request, responder in
      let types = request.head.request
      let name = try #require(HTTPField.Name("x-one"))
      #expect(types.method == .get && types.path == "/a/b?c=d" && types.authority == "somewhere:81")
      #expect(types.headerFields[values: name] == ["1", "2"] && request.head[name] == ["1", "2"])
      #expect(request.path == "/a/b" && request.query == "c=d" && request.bodyLength == 0)
      #expect(request.client?.host == "127.0.0.1")
      try await responder.send(HTTPResponse(status: .ok, headerFields: [name: "3"]), text: "seen")
    } to: { _, address, _ in
      let answer = try await ask(address, Self.get)
      #expect(answer.status == 200 && answer.text == "seen" && answer["X-One"] == "3")
      #expect(answer["Content-Type"] == "text/plain; charset=utf-8" && answer["Content-Length"] == "4")
    }
  }

  @Test("sends part of a file in one call, by sendfile")
  func file() async throws {
    let file = try await File.temporary()
    try await copy(from: Bytes(noise(2_000_000)), to: file)
    try await serving { request, responder in
      let report = try await responder.send(
        HTTPResponse(status: .ok), file: file.section(offset: 1000, length: 1_500_000))
      #expect(report.bytesByRoute[.sendfile] == (request.method == .head ? nil : 1_500_000))
    } to: { _, address, log in
      let answer = try await ask(address, Self.get)
      #expect(answer.body == Array(noise(2_000_000)[1000..<1_501_000]))
      #expect(log.lines.last { $0.message == "served" }?["sent-route"] == "sendfile")
      let head = try await ask(address, Self.get.replacingGet("HEAD"))
      #expect(head["Content-Length"] == "1500000" && head.body.isEmpty)
    }
  }

  @Test("sends back what comes, by splice, and keeps the connection")
  func echo() async throws {
    try await serving { request, responder in
      let body = try await request.body(atMost: 10_000_000)
      try await responder.send(HTTPResponse(status: .ok), from: body, length: request.bodyLength)
    } to: { _, address, _ in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      // What comes behind a body that is not there is the next request.
      try await client.send(String(repeating: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", count: 3))
      for _ in 0..<3 { #expect(try await client.answer().body.isEmpty) }
      for count in [0, 1, 70_000, 3_000_000] {
        let bytes = noise(count)
        try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
        async let sent: Void = client.connection.write(bytes)
        let answer = try await client.answer()
        try await sent
        #expect(answer.body == bytes && answer["Connection"] == nil)
      }
    }
  }

  @Test("writes a body bit by bit, in chunks or up to a length that was announced")
  func bitByBit() async throws {
    try await serving { request, responder in
      let body = try await responder.begin(HTTPResponse(status: .ok), length: request.path == "/length" ? 9 : nil)
      for part in ["one", "two", "six"] { try await body.write(Array(part.utf8)) }
      try await body.finish()
    } to: { _, address, _ in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await client.takeHead().contains("Transfer-Encoding: chunked"))
      let chunks = "3\r\none\r\n3\r\ntwo\r\n3\r\nsix\r\n0\r\n\r\n"
      while client.ahead.count < chunks.utf8.count { try await client.readMore() }
      #expect(String(decoding: client.ahead, as: UTF8.self) == chunks)
      #expect(try await ask(address, "GET /length HTTP/1.1\r\nHost: a\r\n\r\n").text == "onetwosix")
      // HTTP/1.0 has no chunks: the body ends with the connection.
      let old = try await ask(address, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(old.text == "onetwosix" && old["Transfer-Encoding"] == nil && old["Connection"] == "close")
    }
  }

  @Test("answers what the handler throws, and 500 for what it does not say")
  func failures() async throws {
    struct Own: Error {}
    try await serving { request, responder in
      switch request.path {
      case "/teapot": throw HTTPFailure(HTTPResponse.Status(code: 409), "there is a pot already")
      case "/own": throw Own()
      case "/interim": try await responder.send(HTTPResponse(status: .earlyHints), text: "early")
      case "/after":
        try await responder.send(HTTPResponse(status: .ok), text: "whole")
        throw Own()
      case "/late":
        let body = try await responder.begin(HTTPResponse(status: .ok), length: 10)
        try await body.write([1, 2, 3])
        throw Own()
      case "/short":
        let body = try await responder.begin(HTTPResponse(status: .ok), length: 10)
        try await body.write([1, 2, 3])
        try await body.finish()
      default: break
      }
    } to: { _, address, log in
      func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
      let teapot = try await ask(address, get("/teapot"))
      #expect(teapot.status == 409 && teapot.text == "409 Conflict: there is a pot already\n")
      // To HEAD without a body, or it would be the beginning of the next answer.
      let client = RawClient(try await Connection.connect(to: address))
      try await client.send("HEAD /teapot HTTP/1.1\r\nHost: a\r\n\r\nHEAD /own HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await client.answer(isBodyless: true).status == 409)
      #expect(try await client.answer(isBodyless: true).status == 500)
      client.close()
      let own = try await ask(address, get("/own"))
      #expect(own.status == 500 && !own.text.contains("Own"))
      #expect(try await ask(address, get("/nothing")).status == 500)
      // On one connection, for neither may take the next answer with it.
      let both = RawClient(try await Connection.connect(to: address))
      try await both.send(get("/interim") + get("/after") + get("/teapot"))
      let interim = try await both.answer()
      #expect(interim.status == 500 && interim.text == "early")
      #expect(try await both.answer().text == "whole")
      #expect(try await both.answer().status == 409)
      both.close()
      for path in ["/late", "/short"] {
        await #expect(throws: (any Error).self, "a part is never taken for the whole") {
          _ = try await ask(address, get(path))
        }
      }
      let served = log.lines.filter { $0.message == "served" }
      // Who is told what is wrong with a request has had an answer.
      #expect(served.count { $0["refused"] == "there is a pot already" && $0["failed"] == nil } == 3)
      #expect(served.count { $0["failed"] != nil && $0["refused"] == nil } == 7)
    }
  }

  @Test("is asked for a body that is too large with 413, and reads what may be")
  func bodies() async throws {
    try await serving { request, responder in
      let bytes = try await request.readBody(atMost: 5)
      try await responder.send(HTTPResponse(status: .ok), bytes)
    } to: { _, address, _ in
      func post(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      }
      #expect(try await ask(address, post("12345")).text == "12345")
      #expect(try await ask(address, post("123456")).status == 413)
      let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      #expect(try await ask(address, chunked + "3\r\nabc\r\n0\r\n\r\n").text == "abc")
      #expect(try await ask(address, chunked + "6\r\nabcdef\r\n0\r\n\r\n").status == 413)
      #expect(try await ask(address, chunked + "x\r\n").status == 400)
      // A body that ends before its length is no body.
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n12")
      try client.connection.finishWriting()
      #expect(try await client.answer().status == 400)
    }
  }

  @Test(
    "has a body that comes too slowly ended, whether its length is known or not",
    arguments: [
      "Content-Length: 100000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ])
  func slow(_ rest: String) async throws {
    try await serving(with: {
      $0.times.grace = .milliseconds(20)
      $0.times.minimumRate = 1_000_000
    }) { request, responder in
      let bytes = try await request.readBody(atMost: 1 << 20)
      try await responder.send(HTTPResponse(status: .ok), bytes)
    } to: { _, address, log in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      try await client.send("POST / HTTP/1.1\r\nHost: a\r\n" + rest)
      #expect(try await client.answer().status == 408)
      _ = try await client.rest()
      #expect(log.lines.contains { $0["failed"] != nil })
    }
  }

  @Test("asks a client that waits to be asked for its body when the handler wants it, and not before")
  func continues() async throws {
    try await serving { request, responder in
      if request.path == "/no" { return try await responder.send(HTTPResponse(status: .forbidden)) }
      try await responder.send(HTTPResponse(status: .ok), try await request.readBody(atMost: 10))
    } to: { _, address, _ in
      for path in ["/yes", "/no"] {
        let client = RawClient(try await Connection.connect(to: address))
        defer { client.close() }
        try await client.send("PUT \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        let head = try await client.takeHead()
        #expect(head.hasPrefix(path == "/yes" ? "HTTP/1.1 100 Continue" : "HTTP/1.1 403 Forbidden"))
        if path == "/no" {
          #expect(head.contains("Connection: close"))
          continue
        }
        try await client.send("ok")
        #expect(try await client.answer().text == "ok")
      }
    }
  }

  @Test("keeps all bodies of a client to their rate, by the kernel's route, in about the time that takes")
  func rates() async throws {
    let file = try await File.temporary()
    try await copy(from: Bytes(noise(200_000)), to: file)
    let section = file.section(offset: 0, length: 100_000)
    try await serving(with: {
      $0.ratePerClient = 1_000_000
    }) { _, responder in
      let report = try await responder.send(HTTPResponse(status: .ok), file: section)
      #expect(report.bytesByRoute[.sendfile] == 100_000 && report.waits.throttle > 0)
    } to: { _, address, _ in
      let start = ContinuousClock.now
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { try await ask(address, Self.get).body.count } }
        for try await count in group { #expect(count == 100_000) }
      }
      // 400,000 bytes at a million a second; never faster, whatever the machine does.
      #expect(ContinuousClock.now - start > .milliseconds(380))
    }
  }
}

extension String {
  fileprivate func replacingGet(_ method: String) -> String { method + dropFirst(3) }
}
