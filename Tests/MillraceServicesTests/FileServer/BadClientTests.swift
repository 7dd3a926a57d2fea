import Millrace
import MillraceHTTP
import MillraceServices
import Testing

@Suite("A file server's patience", .serialized, .timeLimit(.minutes(8)))
struct BadClientTests {
  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try folder.write(noise(24_000_000), to: "big")
    return folder
  }

  @Test("takes a head byte by byte")
  func slowly() async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      let client = try await rig.connect()
      for round in 0..<2 {
        let lines = ["GET /a HTTP/1.1", "Host: here", "User-Agent: slow", "", ""]
        for byte in lines.joined(separator: "\r\n").utf8 { try await client.connection.write([byte]) }
        #expect(try await client.answer().text == "abc")
        let line = await rig.served(round)
        #expect(line["sent-route"] == "memory" && line["agent"] == "slow")
      }
      client.close()
    }
  }

  @Test("ends with 408 where a head does not", arguments: ["GET", "GET /a HTTP/1.1\r\nHost: here\r\n", "\r\n"])
  func endless(beginning: String) async throws {
    try await ServerRig.run(try Self.folder(), { $0.times.head = .milliseconds(30) }) { rig in
      // As the first request, and as a later one.
      for requests in 0..<2 {
        // A new connection's time runs from its beginning: where the first bytes come too late, it ends without a word.
        var answer: RawAnswer?
        while answer == nil {
          let client = try await rig.connect()
          defer { client.close() }
          answer = try? await Self.beginTooMuch(client, beginning, after: requests)
        }
        #expect(answer?.status == 408)
        #expect(answer?["Connection"] == "close")
      }
      await rig.log.line { $0["status"] == "408" && $0["failed"] != nil && $0["sent-route"] == "memory" }
    }
  }

  private static func beginTooMuch(
    _ client: RawClient, _ beginning: String, after requests: Int
  ) async throws -> RawAnswer {
    for _ in 0..<requests {
      try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
      _ = try await client.answer()
    }
    try await client.send(beginning)
    let answer = try await client.answer()
    try client.connection.finishWriting()
    try await client.expectEnd()
    return answer
  }

  @Test("ends without a word where no request begins", arguments: [0, 1])
  func silent(requests: Int) async throws {
    try await ServerRig.run(
      try Self.folder(),
      {
        // The other one would be as good as never.
        if requests == 0 { $0.times.head = .milliseconds(30) } else { $0.times.head = .seconds(3600) }
        $0.times.keepAlive = requests == 0 ? .seconds(3600) : .milliseconds(30)
      }
    ) { rig in
      // What is known is answered at once, without any task.
      if requests > 0 { _ = try await rig.ask("/a") }
      let client = try await rig.connect()
      for _ in 0..<requests {
        try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
        #expect(try await client.answer().text == "abc")
        #expect(await rig.served(1)["sent-route"] == "memory")
      }
      try await client.expectEnd()
      #expect(rig.servedCount == 2 * requests)
      client.close()
    }
  }

  /// given a client that asked for a file that a task had to send; when it asks for nothing more; then it is closed in
  /// time all the same.
  @Test("ends after a large answer, too")
  func silentAfterLarge() async throws {
    try await ServerRig.run(
      try Self.folder(),
      {
        $0.times.head = .seconds(3600)
        $0.times.keepAlive = .milliseconds(30)
      }
    ) { rig in
      let client = try await rig.connect()
      try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
      #expect(try await client.answer().body.count == 24_000_000)
      try await client.expectEnd()
      client.close()
      #expect(await rig.served(0)["sent-route"] == "sendfile")
    }
  }

  private static let tooLarge: [(String, Int)] = [
    ("GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\nHost: here\r\n\r\n", 414),
    ("GET /" + String(repeating: "a", count: 200_000), 414),
    ("GET /a HTTP/1.1\r\nHost: here\r\nX: " + String(repeating: "x", count: 40_000) + "\r\n\r\n", 431),
    ("GET /a HTTP/1.1\r\nHost: here\r\n" + String(repeating: "X: y\r\n", count: 101) + "\r\n", 431),
    ("GET /a HTTP/1.1\r\nHost: here\r\n" + String(repeating: "X: y\r\n", count: 50_000), 431),
  ]

  private static let malformed: [(String, Int)] =
    [
      "GET /a\r\n\r\n", "GET  /a HTTP/1.1\r\nHost: here\r\n\r\n", "GET /a HTTP/1.1\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /a HTTP/1.1\r\nHost : here\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: here\r\n folded\r\n\r\n", "GET /a HTTP/1.1\r\nHost: here\r\nX: a\u{0}b\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "GET /a HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}\r\n\r\n",
    ].map { ($0, 400) } + [
      ("GET /a HTTP/2.0\r\nHost: here\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
      ("POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
      ("POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
      ("GET /a HTTP/1.1\nHost: here\n\n", 400),
    ]

  /// given a head that is refused, with far more behind it; then the answer can be read to its end, and no reset
  /// overtakes it.
  @Test("refuses what is no head, and the answer can be read although more was sent", arguments: tooLarge + malformed)
  func refused(request: String, status: Int) async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      let client = try await rig.connect()
      try await client.send(request)
      async let more: Void = client.connection.write(noise(3_000_000))
      let answer = try await client.answer()
      #expect(answer.status == status, "\(request.prefix(80))")
      #expect(answer["Connection"] == "close")
      #expect(answer["Content-Length"] != nil)
      try await more
      try client.connection.finishWriting()
      try await client.expectEnd()
      client.close()
      let line = await rig.served(0)
      #expect(line["status"] == "\(answer.status)" && line["refused"] != nil)
      #expect(line["sent-route"] == "memory" && line["sent"] == "\(answer.body.count)")
      #expect(rig.servedCount == 1, "what follows a broken head is no request")
    }
  }

  /// given a client that reads nothing; then the server lets go of it, by how long nothing moved or by how little did.
  @Test("ends where a client does not take its answer", arguments: ["idle", "rate"])
  func unread(why: String) async throws {
    try await ServerRig.run(
      try Self.folder(),
      {
        if why == "idle" {
          $0.times.idle = .milliseconds(50)
        } else {
          // 24 MB have to have gone after 24 ms and the grace.
          $0.times.minimumRate = 1_000_000_000
          $0.times.grace = .milliseconds(20)
        }
      }
    ) { rig in
      let client = try await rig.connect()
      try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
      let line = await rig.served(0)
      #expect(line["failed"] != nil, "\(line)")
      #expect(line["sent-route"] == "sendfile")
      let error = await #expect(throws: EndpointError.self) { while true { try await client.readMore() } }
      #expect(error?.errno == .connectionReset)
      client.close()
    }
  }

  /// given a client that sends on while its last answer is on its way; then it gets that answer whole, and no reset
  /// takes the end of it away. RFC 9112 §9.6
  @Test("takes what comes beside the last answer, so that the answer is not lost", arguments: ["close", "drain"])
  func besides(how: String) async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      let client = try await rig.connect()
      let option = how == "close" ? "Connection: close\r\n" : ""
      try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\(option)\r\n")
      _ = try await client.takeHead()
      if how == "drain" { await rig.beginShutDown() }
      try await client.send(String(repeating: "GET /a HTTP/1.1\r\nHost: here\r\n\r\n", count: 500))
      while client.ahead.count < 24_000_000 { try await client.readMore() }
      try client.connection.finishWriting()
      #expect(try await client.rest().count == 24_000_000)
      client.close()
      let line = await rig.served(0)
      #expect(line["failed"] == nil && line["sent-route"] == "sendfile")
      #expect(rig.servedCount == 1)
    }
  }

  @Test("serves 500 clients at once", arguments: [1, 2])
  func many(reactors: Int) async throws {
    let folder = try Self.folder()
    let content = try folder.write(noise(100_000), to: "middle")
    try await ServerRig.run(folder, reactors: reactors) { rig in
      var clients: [RawClient] = []
      for _ in 0..<500 { clients.append(try await rig.connect()) }
      for _ in 0..<2 {
        for client in clients {
          try await client.send("GET /middle HTTP/1.1\r\nHost: here\r\n\r\nGET /a HTTP/1.1\r\nHost: here\r\n\r\n")
        }
        for client in clients {
          #expect(isSame(try await client.answer().body, content))
          #expect(try await client.answer().text == "abc")
        }
      }
      for client in clients { client.close() }
      _ = await rig.served(1999)
      let large = rig.log.lines.filter { $0["target"] == "/middle" }
      #expect(large.count == 1000)
      #expect(large.allSatisfy { $0["sent-route"] == "sendfile" && $0["sent"] == "100000" })
    }
  }

  @Test("outlives clients that reset in the middle of a file", arguments: [1, 20])
  func reset(times: Int) async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      for place in 0..<times {
        let client = try await rig.connect()
        try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
        _ = try await client.takeHead()
        client.connection.reset()
        let line = await rig.served(place)
        #expect(line["failed"] != nil && line["sent-route"] == "sendfile", "\(line)")
      }
      #expect(try await rig.ask("/a").text == "abc")
    }
  }

  @Test("ends a connection with its last request", arguments: [1, 3])
  func mostRequests(most: Int) async throws {
    try await ServerRig.run(try Self.folder(), { $0.times.mostRequests = most }) { rig in
      let client = try await rig.connect()
      for round in 1...most {
        try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.text == "abc")
        #expect(answer["Connection"] == (round == most ? "close" : nil))
      }
      try await client.expectEnd()
      client.close()
      #expect(await rig.served(most - 1)["sent-route"] == "memory")
    }
  }

  /// given a client that has sent more requests than it may; then it gets the answers to those that it may have, to the
  /// last byte, and then the end: it can ask the others again elsewhere. RFC 9112 §9.6
  @Test("ends a connection with its last request although more have come", arguments: ["/a", "/big"])
  func moreThanMost(target: String) async throws {
    try await ServerRig.run(try Self.folder(), { $0.times.mostRequests = 2 }) { rig in
      let client = try await rig.connect()
      let request = "GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n"
      async let sent: Void = client.send(String(repeating: request, count: 50_000))
      for _ in 0..<2 { #expect(try await client.answer().body.count == (target == "/a" ? 3 : 24_000_000)) }
      try await sent
      try client.connection.finishWriting()
      try await client.expectEnd()
      client.close()
      #expect(await rig.served(1)["sent-route"] == (target == "/a" ? "memory" : "sendfile"))
      #expect(rig.servedCount == 2)
    }
  }
}
