import Millrace
import MillraceServices
import Testing

@Suite("A file that changes while it is served", .serialized, .timeLimit(.minutes(8)))
struct ChangingFileTests {
  /// Neither the socket of the server nor that of the client takes as much.
  private static let size = 24_000_000

  /// Begins a download and waits until the first of its bytes are there: the rest waits for the client.
  private static func begin(_ rig: ServerRig, _ target: String) async throws -> (RawClient, RawAnswer) {
    let client = try await rig.connect()
    try await client.send("GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n")
    let head = try RawAnswer(head: try await client.takeHead())
    while client.ahead.isEmpty { try await client.readMore() }
    return (client, head)
  }

  @Test("is sent as it was, where another one takes its place or it is deleted", arguments: ["rename", "delete"])
  func replaced(how: String) async throws {
    let folder = try Folder()
    let old = try folder.write(noise(Self.size), to: "a")
    let new = try folder.write(noise(100_000, seed: 2), to: "b")
    try await ServerRig.run(folder, { $0.openFileValidity = .milliseconds(1) }) { rig in
      let (client, head) = try await Self.begin(rig, "/a")
      if how == "rename" { try folder.rename("b", to: "a") } else { try folder.delete("a") }
      while client.ahead.count < Self.size { try await client.readMore() }
      #expect(isSame(client.ahead, old))
      #expect(head["Content-Length"] == "\(Self.size)")
      client.close()
      #expect(await rig.served(0)["sent-route"] == "sendfile")
      // Until what is known is old enough to be looked at again.
      var answer = try await rig.ask("/a")
      while answer["ETag"] == head["ETag"] { answer = try await rig.ask("/a") }
      #expect(answer.status == (how == "rename" ? 200 : 404))
      if how == "rename" { #expect(isSame(answer.body, new)) }
    }
  }

  /// given a client that was told a length; when the file then is shorter; then the connection breaks: it must neither
  /// get less and think that is all, nor take the next answer for the rest of this one.
  @Test("breaks the connection where it becomes shorter", arguments: [0, 1000, 18_000_000])
  func shorter(left: Int) async throws {
    let folder = try Folder()
    try folder.write(noise(Self.size), to: "a")
    try await ServerRig.run(folder) { rig in
      let client = try await rig.connect()
      try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\nGET /none HTTP/1.1\r\nHost: here\r\n\r\n")
      let head = try RawAnswer(head: try await client.takeHead())
      #expect(head["Content-Length"] == "\(Self.size)")
      while client.ahead.isEmpty { try await client.readMore() }
      try folder.truncate("a", to: left)
      let error = await #expect(throws: EndpointError.self) { while true { try await client.readMore() } }
      #expect(error?.errno == .connectionReset)
      #expect(client.ahead.count < Self.size)
      client.close()
      let line = await rig.served(0)
      #expect(line["failed"] != nil, "\(line)")
      #expect(line["sent-route"] == "sendfile")
      #expect((line["sent"].flatMap { Int($0) } ?? .max) < Self.size)
      #expect(rig.servedCount == 1)
      // Others are served with what it is now.
      #expect(try await rig.ask("/none").status == 404)
    }
  }

  /// given a file that was measured and is known; when it becomes empty without anybody looking again; then what was
  /// announced cannot be sent, and the connection breaks.
  @Test("breaks the connection where it has become shorter since it was measured")
  func shorterThanMeasured() async throws {
    let folder = try Folder()
    let content = try folder.write(noise(100_000), to: "a")
    try await ServerRig.run(folder, { $0.openFileValidity = .seconds(3600) }) { rig in
      #expect(isSame(try await rig.ask("/a").body, content))
      try folder.truncate("a", to: 0)
      let client = try await rig.connect()
      try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
      await #expect(throws: (any Error).self) { _ = try await client.answer() }
      client.close()
      let line = await rig.served(1)
      #expect(line["failed"]?.contains("became shorter") == true, "\(line)")
      #expect(line["sent-route"] == "none")
    }
  }

  @Test("is sent as long as it was where it grows")
  func longer() async throws {
    let folder = try Folder()
    let content = try folder.write(noise(Self.size), to: "a")
    try await ServerRig.run(folder) { rig in
      let (client, head) = try await Self.begin(rig, "/a")
      try folder.truncate("a", to: 2 * Self.size)
      while client.ahead.count < Self.size { try await client.readMore() }
      #expect(head["Content-Length"] == "\(Self.size)")
      #expect(isSame(client.ahead, content))
      // The connection goes on with the next answer and nothing else.
      try await client.send("GET /none HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
      while client.ahead.count == Self.size { try await client.readMore() }
      let behind = try await client.rest().dropFirst(Self.size)
      #expect(String(decoding: behind.prefix(12), as: UTF8.self) == "HTTP/1.1 404")
      client.close()
      let line = await rig.served(0)
      #expect(line["sent-route"] == "sendfile" && line["sent"] == "\(Self.size)")
    }
  }

  /// given a file that is known; when it is written over, has another size, or is replaced; then its new content is
  /// sent with a new tag as soon as it is looked at again.
  @Test("is seen", arguments: [10, 100_000], ["over", "longer", "replaced"])
  func seen(size: Int, how: String) async throws {
    let folder = try Folder()
    try folder.write(noise(size), to: "a")
    try await ServerRig.run(folder, { $0.openFileValidity = .milliseconds(1) }) { rig in
      let before = try await rig.ask("/a")
      let new: [UInt8]
      if how == "replaced" {
        new = try folder.write(noise(size, seed: 2), to: "b")
        try folder.rename("b", to: "a")
      } else {
        new = try folder.write(noise(how == "over" ? size : size + 1, seed: 2), to: "a")
      }
      var answer = before
      var rounds = 0
      while answer["ETag"] == before["ETag"] {
        answer = try await rig.ask("/a")
        rounds += 1
      }
      #expect(isSame(answer.body, new))
      let line = await rig.served(rounds)
      #expect(line["sent-route"] == (size > 16384 ? "sendfile" : "memory"))
    }
  }

  @Test("is seen by its compressed neighbours, too")
  func neighbours() async throws {
    let folder = try Folder()
    let content = try folder.write(noise(1000), to: "a")
    try await ServerRig.run(folder, { $0.openFileValidity = .milliseconds(1) }) { rig in
      let gzip = ["Accept-Encoding: gzip"]
      var answer = try await rig.ask("/a", gzip)
      #expect(answer.body == content && answer["Content-Encoding"] == nil)
      #expect(await rig.served(0)["sent-route"] == "memory")
      for seed in [2, 3] as [UInt64] {
        let compressed = try folder.write(noise(500, seed: seed), to: "a.gz")
        while answer.body != compressed { answer = try await rig.ask("/a", gzip) }
        #expect(answer["Content-Encoding"] == "gzip")
      }
      try folder.delete("a.gz")
      while answer["Content-Encoding"] != nil { answer = try await rig.ask("/a", gzip) }
      #expect(answer.body == content)
    }
  }

  @Test("is a listing where it was the index of its directory")
  func index() async throws {
    let folder = try Folder()
    try folder.write("abc", to: "index.html")
    try await ServerRig.run(folder, { $0.openFileValidity = .milliseconds(1) }) { rig in
      var answer = try await rig.ask("/")
      #expect(answer.text == "abc")
      try folder.delete("index.html")
      while answer.text == "abc" { answer = try await rig.ask("/") }
      #expect(answer.status == 200 && answer["Cache-Control"] == "no-cache")
      // Of the folder its root alone is left open.
      while try folder.hasOpenFiles(moreThan: 1) { await Task.yield() }
      try folder.write("def", to: "index.html")
      answer = try await rig.ask("/")
      #expect(answer.text == "def")
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  @Test("is gone when it was deleted, or has become a directory", arguments: ["deleted", "directory"])
  func gone(how: String) async throws {
    let folder = try Folder()
    try folder.write(noise(100), to: "a")
    try await ServerRig.run(folder, { $0.openFileValidity = .milliseconds(1) }) { rig in
      var answer = try await rig.ask("/a")
      #expect(await rig.served(0)["sent-route"] == "memory")
      try folder.delete("a")
      if how == "directory" { try folder.make(directory: "a") }
      while answer.status == 200 { answer = try await rig.ask("/a") }
      #expect(answer.status == (how == "directory" ? 301 : 404))
      // Of the folder its root alone is left open.
      while try folder.hasOpenFiles(moreThan: 1) { await Task.yield() }
    }
  }
}
