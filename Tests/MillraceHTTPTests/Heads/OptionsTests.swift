import Testing

@testable import MillraceHTTP

@Suite("What a request says of its connection")
struct OptionsTests {
  @Test(
    "decides whether it stays, by its version where it says nothing",
    arguments: [
      ("1.1", "", true), ("1.0", "", false), ("1.2", "", true), ("1.1", "close", false), ("1.0", "close", false),
      ("1.1", "Close", false), ("1.1", "keep-alive", true), ("1.0", "keep-alive", true), ("1.0", "Keep-Alive", true),
      ("1.0", "keep-alive, close", false), ("1.1", "keep-alive, close", false), ("1.1", "close, keep-alive", false),
      ("1.1", "x, close", false), ("1.1", ",,close", false), ("1.1", "x ,\tclose\t,y", false), ("1.1", "xclose", true),
      ("1.1", "closed", true), ("1.1", "\"close\"", true), ("1.1", "close=1", true), ("1.0", "keepalive", false),
      ("1.1", "upgrade", true), ("1.1", "x\r\nConnection: close", false), ("1.0", "x\r\nConnection: keep-alive", true),
      ("1.0", "keep-alive\r\nConnection: close", false), ("1.1", "x\r\nProxy-Connection: close", true),
    ])
  func keepsAlive(version: String, connection: String, expected: Bool) throws {
    let head = try goodHead("GET / HTTP/\(version)\r\nHost: a\r\nConnection: \(connection)\r\n\r\n")
    #expect(head.index.keepsAlive == expected)
  }

  @Test(
    "has an upgrade in it where a list says so",
    arguments: [("upgrade", true), ("x, Upgrade", true), ("upgraded", false)])
  func upgrade(connection: String, expected: Bool) throws {
    let head = try goodHead("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\n\r\n")
    #expect(head.index.options.contains(.upgrade) == expected)
  }

  @Test(
    "has the client wait for 100 where the version has such answers",
    arguments: [("1.1", "100-continue", true), ("1.1", "100-Continue", true), ("1.0", "100-continue", false)])
  func expectation(version: String, value: String, expected: Bool) throws {
    let head = try goodHead("PUT / HTTP/\(version)\r\nHost: a\r\nContent-Length: 1\r\nExpect: \(value)\r\n\r\n")
    #expect(head.index.expectsContinue == expected)
  }

  @Test(
    "is answered by 417 where it expects anything else",
    arguments: ["", "100-continued", "100", "200-ok", "100-continue, x", "x=y", "\"100-continue\""])
  func otherExpectations(value: String) throws {
    #expect(try faultOf("PUT / HTTP/1.1\r\nHost: a\r\nExpect: \(value)\r\n\r\n").status == 417)
  }

  @Test("is forgotten when the next head is read into the same index")
  func forgotten() throws {
    var index = HeadIndex()
    let first = latin(
      "POST http://a/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    _ = try HeadReader().readRequest(first.span, into: &index)
    #expect(index.framing == .length(3))
    let second = latin("OPTIONS * HTTP/1.0\r\n\r\n")
    _ = try HeadReader().readRequest(second.span, into: &index)
    #expect(index.fields.isEmpty)
    #expect(index.framing == .none)
    #expect(index.options.isEmpty)
    #expect(!index.expectsContinue)
    #expect(index.authority.isEmpty)
    #expect(index.pathAndQuery.isEmpty)
  }
}
