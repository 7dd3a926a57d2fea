import Millrace
import MillraceHTTP
import MillraceServices
import Testing

@Suite("The end of a file server", .serialized, .timeLimit(.minutes(8)))
struct ServerEndTests {
  private static let size = 24_000_000

  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try folder.write(noise(size), to: "big")
    return folder
  }

  private static let request = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"

  /// given a download under way with a request behind it, and a connection that waits for its next one; when the server
  /// is to end; then the download comes to its end and nothing else is answered, and the one that waits is closed.
  @Test("loses no byte of what is under way, and closes what waits")
  func drains() async throws {
    // However long the download takes.
    try await ServerRig.run(try Self.folder(), { $0.drainTimeout = .seconds(3600) }) { rig in
      let idle = try await rig.connect()
      try await idle.send(Self.request)
      #expect(try await idle.answer().text == "abc")
      let loading = try await rig.connect()
      try await loading.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n\(Self.request)")
      _ = try await loading.takeHead()
      await rig.beginShutDown()
      try await idle.expectEnd()
      await #expect(throws: (any Error).self) {
        let late = try await rig.connect()
        defer { late.close() }
        try await late.send(Self.request)
        _ = try await late.answer()
      }
      while loading.ahead.count < Self.size { try await loading.readMore() }
      #expect(isSame(Array(loading.ahead.prefix(Self.size)), noise(Self.size)))
      try loading.connection.finishWriting()
      #expect(try await loading.rest().count == Self.size, "no request is answered after that")
      idle.close()
      loading.close()
      let line = await rig.served(1)
      #expect(line["sent-route"] == "sendfile" && line["sent"] == "\(Self.size)" && line["failed"] == nil)
    }
  }

  /// One that has come in this moment may ask once, and does not keep the server for longer.
  @Test("closes a connection that has not asked for anything, or answers it")
  func fresh() async throws {
    try await ServerRig.run(try Self.folder(), { $0.drainTimeout = .seconds(3600) }) { rig in
      let clients = [try await rig.connect(), try await rig.connect()]
      // Both are in once a later one is.
      #expect(try await rig.ask("/a").text == "abc")
      await rig.beginShutDown()
      try await clients[0].expectEnd()
      try await clients[1].expectEnd()
      for client in clients { client.close() }
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  @Test("breaks off what is not over in time")
  func timeout() async throws {
    try await ServerRig.run(try Self.folder(), { $0.drainTimeout = .milliseconds(30) }) { rig in
      let client = try await rig.connect()
      try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
      _ = try await client.takeHead()
      try await rig.shutDown()
      let error = await #expect(throws: EndpointError.self) { while true { try await client.readMore() } }
      #expect(error?.errno == .connectionReset)
      client.close()
      let line = await rig.served(0)
      #expect(line["failed"] != nil && line["sent-route"] == "sendfile")
    }
  }

  /// given a connection that lingers behind a refusal, one in a head, one that waits and one with a download; when its
  /// task is cancelled; then all of them end at once, although everything may take an hour.
  @Test("is at once where its task is cancelled")
  func cancelled() async throws {
    try await ServerRig.run(
      try Self.folder(),
      {
        $0.drainTimeout = .seconds(3600)
        $0.times.linger = .seconds(3600)
        $0.times.head = .seconds(3600)
      }
    ) { rig in
      var clients: [RawClient] = []
      for beginning in ["nonsense\r\n\r\n", "GET /a", Self.request, "GET /big HTTP/1.1\r\nHost: here\r\n\r\n"] {
        let client = try await rig.connect()
        try await client.send(beginning)
        if beginning != "GET /a" { _ = try await client.takeHead() }
        clients.append(client)
      }
      await rig.cancel()
      for client in clients { client.close() }
      let line = await rig.log.line { $0["target"] == "/big" }
      #expect(line["failed"] != nil && line["sent-route"] == "sendfile")
    }
  }

  /// given a time to linger that is longer than any; then it is no sum that overflows.
  @Test("may be as far away as a Duration has room for")
  func longestTimes() async throws {
    try await ServerRig.run(
      try Self.folder(),
      {
        $0.times.linger = .seconds(Int64.max)
        $0.times.head = .nanoseconds(Int64.max - 1)
        $0.times.keepAlive = .nanoseconds(Int64.max - 1)
        $0.times.idle = .seconds(Int64.max)
        $0.times.grace = .seconds(Int64.max)
      }
    ) { rig in
      let client = try await rig.connect()
      try await client.send("\(Self.request)GET /big HTTP/1.1\r\nHost: here\r\n\r\nnonsense\r\n\r\n")
      #expect(try await client.answer().text == "abc")
      #expect(try await client.answer().body.count == Self.size)
      #expect(try await client.answer().status == 400)
      try client.connection.finishWriting()
      try await client.expectEnd()
      client.close()
      #expect(await rig.served(1)["sent-route"] == "sendfile")
    }
  }
}
