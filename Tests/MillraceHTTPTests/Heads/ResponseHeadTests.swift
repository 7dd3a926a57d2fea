import Testing

@testable import MillraceHTTP

@Suite("The head of a response")
struct ResponseHeadTests {
  @Test(
    "has a status and a reason, which may be missing with the space before it",
    arguments: [
      ("HTTP/1.1 200 OK", 200, "OK", 1), ("HTTP/1.1 200 ", 200, "", 1), ("HTTP/1.1 200", 200, "", 1),
      ("HTTP/1.0 404 Not Found", 404, "Not Found", 0), ("HTTP/1.9 100 Continue", 100, "Continue", 1),
      ("HTTP/1.1 599 \t \u{E4}", 599, "\t \u{FFFD}", 1), ("HTTP/1.1 101 Switching", 101, "Switching", 1),
      ("HTTP/1.1 200  OK ", 200, " OK ", 1),
    ])
  func lines(line: String, status: Int, reason: String, minor: UInt8) throws {
    let bytes = latin("\(line)\r\nServer: x\r\n\r\n")
    expectSameWhereverCut(bytes) { HeadVerdict.ofResponse($0, $1) }
    var index = HeadIndex()
    #expect(try HeadReader().readResponse(bytes.span, into: &index) == .complete(length: bytes.count))
    #expect(index.status == status)
    #expect(HeadIndex.text(bytes.span, index.reason.range) == reason)
    #expect(index.minorVersion == minor)
    #expect(index.fields.count == 1)
  }

  @Test(
    "that does not begin with a status line is refused",
    arguments: [
      "HTTP/1.1  200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 099 OK\r\n",
      "HTTP/1.1 600 OK\r\n",
      "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 -20 OK\r\n", "HTTP/1.1 200OK\r\n", "HTTP/1.1 200 OK\n", "HTTP/1.1 200 O\rK\r\n",
      "HTTP/1.1 200 O\0K\r\n", "HTTP/1.1 200\tOK\r\n", "HTTP/1.1\t200 OK\r\n", "http/1.1 200 OK\r\n", "ICY 200 OK\r\n",
      "\r\nHTTP/1.1 200 OK\r\n", "HTTP/1.1200 OK\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\r\n",
      " HTTP/1.1 200 OK\r\n",
    ])
  func malformed(line: String) {
    let bytes = latin("\(line)Server: x\r\n\r\n")
    expectSameWhereverCut(bytes) { HeadVerdict.ofResponse($0, $1) }
    #expect(HeadVerdict.ofResponse(bytes).status == 400)
  }

  @Test("of another major version is refused as such")
  func version() {
    #expect(HeadVerdict.ofResponse(latin("HTTP/2.0 200 OK\r\n\r\n")).status == 505)
  }

  @Test(
    "is held to the same lines as a request's",
    arguments: ["X : a\r\n", "X: a\r\n b\r\n", "X: a\n", "X: a\rb\r\n", "X: \0\r\n", ": a\r\n", "X\r\n", " X: a\r\n"])
  func fields(line: String) {
    let bytes = latin("HTTP/1.1 200 OK\r\n\(line)\r\n")
    expectSameWhereverCut(bytes) { HeadVerdict.ofResponse($0, $1) }
    #expect(HeadVerdict.ofResponse(bytes).status == 400)
  }

  @Test("needs no Host, and an Expect means nothing in it")
  func fieldsOfRequests() throws {
    let bytes = latin("HTTP/1.1 200 OK\r\nExpect: whatever\r\nHost: a\r\nHost: b\r\n\r\n")
    var index = HeadIndex()
    #expect(try HeadReader().readResponse(bytes.span, into: &index) == .complete(length: bytes.count))
    #expect(!index.expectsContinue)
  }

  @Test(
    "says whether the connection stays",
    arguments: [("1.1", "x", true), ("1.1", "close", false), ("1.0", "x", false), ("1.0", "keep-alive", true)])
  func keepsAlive(version: String, connection: String, expected: Bool) throws {
    let bytes = latin("HTTP/\(version) 200 OK\r\nConnection: \(connection)\r\n\r\n")
    var index = HeadIndex()
    _ = try HeadReader().readResponse(bytes.span, into: &index)
    #expect(index.keepsAlive == expected)
  }
}
