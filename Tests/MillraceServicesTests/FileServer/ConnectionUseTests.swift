import Glibc
import Millrace
import MillraceServices
import Testing

@Suite("A file server's connections", .serialized, .timeLimit(.minutes(8)))
struct ConnectionUseTests {
  /// given a client that has said its last word with its requests, as netcat does; then it still gets every answer
  /// whole.
  @Test("answer a client that sends no more", arguments: ["HTTP/1.1\r\nHost: here", "HTTP/1.0"])
  func halfClosed(version: String) async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    let big = try folder.write(noise(20_000_000), to: "big")
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      let requests = ["/a", "/big", "/a"].map { "GET \($0) \(version)\r\nConnection: keep-alive\r\n\r\n" }
      try await client.send(requests.joined())
      try client.connection.finishWriting()
      #expect(try await client.answer().text == "abc")
      #expect(isSame(try await client.answer().body, big))
      #expect(try await client.answer().text == "abc")
      try await client.expectEnd()
      client.close()
      #expect(await rig.served(0)["sent-route"] == "memory")
      #expect(await rig.served(1)["sent-route"] == "sendfile")
    }
  }

  /// given a client that asks on and on and reads nothing; then what it asked for waits, in no more memory than a few
  /// answers take, and comes in order once it reads.
  @Test("keep answers in order for a client that asks faster than it reads", arguments: [10, 16_000, 20_000])
  func asksFaster(size: Int) async throws {
    let folder = try Folder()
    let contents = try (0..<3).map { try folder.write(noise(size, seed: UInt64($0 + 1)), to: "f\($0)") }
    let count = 900
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      let requests = (0..<count).map { "GET /f\($0 % 3) HTTP/1.1\r\nHost: here\r\n\r\n" }.joined()
      async let sent: Void = client.send(requests)
      for place in 0..<count {
        let answer = try await client.answer()
        guard isSame(answer.body, contents[place % 3]) else {
          Issue.record("answer \(place) is another")
          break
        }
      }
      try await sent
      client.close()
      _ = await rig.served(count - 1)
      let route = size > 16384 ? "sendfile" : "memory"
      #expect(rig.log.lines.filter { $0.message == "served" }.allSatisfy { $0["sent-route"] == route })
    }
  }

  /// RFC 9112 §2.2: an empty line before a request is let pass.
  @Test("let an empty line pass before a request")
  func emptyLine() async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      for _ in 0..<3 {
        try await client.send("\r\nGET /a HTTP/1.1\r\nHost: here\r\n\r\n")
        #expect(try await client.answer().text == "abc")
      }
      client.close()
      #expect(await rig.served(2)["sent-route"] == "memory")
    }
  }

  @Test("may come over a Unix socket")
  func unixSocket() async throws {
    let folder = try Folder()
    let content = try folder.write(noise(5_000_000), to: "big")
    let path = "@millrace-served-\(getpid())"
    try await ServerRig.run(folder, listen: [.unix(path: path)]) { rig in
      let client = try await rig.connect()
      for round in 0..<2 {
        try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
        #expect(isSame(try await client.answer().body, content))
        #expect(await rig.served(round)["sent-route"] == "sendfile")
      }
      client.close()
    }
  }
}
