import Millrace
import MillraceServices
import Testing

@Suite("A file server's ranges", .serialized, .timeLimit(.minutes(8)))
struct RangeTests {
  private static let content = noise(300_000)

  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write(content, to: "a.bin")
    try folder.write(Array(content.prefix(1000)), to: "small.bin")
    try folder.write("", to: "empty")
    return folder
  }

  @Test(
    "of one part are that part, by sendfile",
    arguments: [
      ("bytes=0-0", 0..<1), ("bytes=1-99", 1..<100), ("bytes=100000-299999", 100_000..<300_000),
      ("bytes=299999-", 299_999..<300_000), ("bytes=0-", 0..<300_000), ("bytes=5-9999999999", 5..<300_000),
      ("bytes=-1", 299_999..<300_000), ("bytes=-70000", 230_000..<300_000), ("bytes=-9999999", 0..<300_000),
      ("Bytes=10-19", 10..<20), ("bytes=10-19,999999-", 10..<20), ("bytes=, 10-19", 10..<20),
    ])
  func single(range: String, place: Range<Int>) async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      for round in 0..<2 {
        let answer = try await rig.ask("/a.bin", ["Range: \(range)"])
        #expect(answer.status == 206)
        #expect(answer["Content-Range"] == "bytes \(place.lowerBound)-\(place.upperBound - 1)/300000")
        #expect(answer["Content-Length"] == "\(place.count)")
        #expect(answer["ETag"] != nil && answer["Last-Modified"] != nil)
        #expect(isSame(answer.body, Array(Self.content[place])))
        let line = await rig.served(round)
        #expect(line["sent-route"] == "sendfile" && line["sent"] == "\(place.count)")
      }
    }
  }

  @Test(
    "that the file does not have are 416 with its length",
    arguments: [
      ("/a.bin", "bytes=300000-", 300_000), ("/a.bin", "bytes=-0", 300_000), ("/a.bin", "bytes=400000-500000", 300_000),
      ("/small.bin", "bytes=1000-", 1000), ("/empty", "bytes=0-", 0), ("/empty", "bytes=-5", 0),
    ])
  func unsatisfiable(target: String, range: String, length: Int) async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      let answer = try await rig.ask(target, ["Range: \(range)"])
      #expect(answer.status == 416)
      #expect(answer["Content-Range"] == "bytes */\(length)")
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  @Test(
    "that are none, or too much, are answered with all of it",
    arguments: [
      "bytes=a-b", "bytes=5-4", "bytes 0-1", "lines=0-1", "bytes=", "bytes=0-1-2", "bytes=--1",
      "bytes=" + (0..<17).map { "\($0 * 10)-\($0 * 10 + 1)" }.joined(separator: ","),
      "bytes=" + (0..<1300).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ","),
    ])
  func ignored(range: String) async throws {
    try await ServerRig.run(try Self.folder()) { rig in
      let answer = try await rig.ask("/a.bin", ["Range: \(range)"])
      #expect(answer.status == 200)
      #expect(answer["Content-Range"] == nil)
      #expect(isSame(answer.body, Self.content))
      #expect(await rig.served(0)["sent-route"] == "sendfile")
    }
  }

  /// "bytes=0-,0-,0-,…" asks for the file many times over. RFC 9110 §17.15
  @Test("that overlap never move more than the file has")
  func overlapping() async throws {
    let range = "bytes=" + Array(repeating: "0-", count: 1000).joined(separator: ",")
    try await ServerRig.run(try Self.folder()) { rig in
      let answer = try await rig.ask("/a.bin", ["Range: \(range)"])
      #expect(answer.status == 206)
      #expect(answer["Content-Range"] == "bytes 0-299999/300000")
      #expect(isSame(answer.body, Self.content))
      let line = await rig.served(0)
      #expect(line["sent-route"] == "sendfile" && line["sent"] == "300000")
    }
  }

  /// RFC 9110 §14.6, RFC 2046 §5.1.1
  @Test(
    "of several parts are multipart, each part with its place and type, and exactly the length that was said",
    arguments: [
      ("a.bin", [0..<1, 5..<10]), ("a.bin", [100_000..<200_000, 0..<50_000]),
      ("a.bin", [299_990..<300_000, 0..<100, 150_000..<150_001]),
      ("a.bin", (0..<16).map { $0 * 1000..<$0 * 1000 + 500 }), ("small.bin", [1..<2, 4..<900]),
    ])
  func multipart(name: String, ranges: [Range<Int>]) async throws {
    let total = name == "a.bin" ? 300_000 : 1000
    try await ServerRig.run(try Self.folder()) { rig in
      let client = try await rig.connect()
      let list = ranges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ", ")
      for round in 0..<2 {
        try await client.send("GET /\(name) HTTP/1.1\r\nHost: here\r\nRange: bytes=\(list)\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.status == 206)
        #expect(answer["Content-Range"] == nil)
        let type = try #require(answer["Content-Type"])
        let boundary = String(try #require(type.wholeMatch(of: /multipart\/byteranges; boundary=([!-~]{1,70})/)).1)
        var rest = answer.body[...]
        for range in ranges {
          let (head, behind) = try Self.head(of: rest)
          #expect(head.first == "--\(boundary)")
          #expect(head.contains("Content-Type: application/octet-stream"))
          #expect(head.contains("Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)"))
          #expect(isSame(Array(behind.prefix(range.count)), Array(Self.content[range])))
          rest = behind.dropFirst(range.count)
        }
        #expect(String(decoding: rest, as: UTF8.self) == "\r\n--\(boundary)--\r\n")
        let line = await rig.served(round)
        let ofFile = ranges.reduce(0) { $0 + $1.count }
        let routes = try #require(line["sent-route"]).split(separator: "+").sorted()
        #expect(routes == ["memory:\(answer.body.count - ofFile)", "sendfile:\(ofFile)"])
        #expect(line["sent"] == "\(answer.body.count)")
      }
      client.close()
    }
  }

  /// What stands before a part's content, line by line.
  private static func head(of bytes: ArraySlice<UInt8>) throws -> ([String], ArraySlice<UInt8>) {
    let start = bytes.starts(with: [13, 10]) ? bytes.startIndex + 2 : bytes.startIndex
    let end = try #require((start..<bytes.endIndex - 3).first { bytes[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) })
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    return (text.split(separator: "\r\n").map(String.init), bytes[(end + 4)...])
  }

  @Test(
    "hold for the file that the client has a part of, and for no other",
    arguments: [
      ("TAG", 206), ("\"other\"", 200), ("W/TAG", 200), ("DATE", 206), ("Sun, 06 Nov 1994 08:49:36 GMT", 200),
      ("Mon, 07 Nov 1994 08:49:37 GMT", 200), ("nonsense", 200),
    ])
  func ifRange(value: String, status: Int) async throws {
    let folder = try Self.folder()
    try folder.date("a.bin", 784_111_777)
    try await ServerRig.run(folder) { rig in
      let whole = try await rig.ask("/a.bin", method: "HEAD")
      let tag = try #require(whole["ETag"])
      let date = try #require(whole["Last-Modified"])
      let value = value.replacing("TAG", with: tag).replacing("DATE", with: date)
      let answer = try await rig.ask("/a.bin", ["Range: bytes=9-", "If-Range: \(value)"])
      #expect(answer.status == status)
      #expect(isSame(answer.body, Array(Self.content[(status == 206 ? 9 : 0)...])))
      #expect(await rig.served(1)["sent-route"] == "sendfile")
    }
  }

  /// given a download whose client goes away again and again; when it asks for what it lacks each time; then what it
  /// has in the end is the file.
  @Test("let a download go on where it stopped")
  func resumed() async throws {
    let folder = try Folder()
    let content = try folder.write(noise(30_000_000), to: "big")
    try await ServerRig.run(folder) { rig in
      var have: [UInt8] = []
      var tag: String?
      while have.count < content.count {
        let client = try await rig.connect()
        let more = tag.map { "Range: bytes=\(have.count)-\r\nIf-Range: \($0)\r\n" } ?? ""
        try await client.send("GET /big HTTP/1.1\r\nHost: here\r\n\(more)\r\n")
        let head = try RawAnswer(head: try await client.takeHead())
        #expect(head.status == (tag == nil ? 200 : 206))
        tag = head["ETag"]
        let wanted = min(7_000_000, content.count - have.count)
        while client.ahead.count < wanted { try await client.readMore() }
        have += client.ahead
        client.connection.reset()
      }
      #expect(Checksum64.of(have) == Checksum64.of(content))
      #expect(have.count == content.count)
      #expect(await rig.served(0)["sent-route"] == "sendfile")
    }
  }
}
