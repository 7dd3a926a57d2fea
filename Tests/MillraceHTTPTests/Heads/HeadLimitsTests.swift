import Testing

@testable import MillraceHTTP

@Suite("A limit of heads")
struct HeadLimitsTests {
  private static func limits(line: Int = 8192, head: Int = 32768, fields: Int = 100) -> HeadLimits {
    var limits = HeadLimits()
    (limits.line, limits.head, limits.fields) = (line, head, fields)
    return limits
  }

  /// "GET / HTTP/1.1" and CRLF are 16 bytes.
  private static func line(of count: Int) -> String { "GET /\(String(repeating: "a", count: count - 16)) HTTP/1.1\r\n" }

  @Test("on the first line is the number of its bytes, with its CRLF, and beyond it the answer is 414")
  func lines() throws {
    let limits = Self.limits(line: 40)
    for before in ["", "\r\n"] {
      _ = try goodHead(before + Self.line(of: 40) + "Host: a\r\n\r\n", limits)
      for count in 41...60 {
        #expect(try faultOf(before + Self.line(of: count) + "Host: a\r\n\r\n", limits).status == 414)
      }
    }
  }

  @Test("on the first line holds wherever in the line it is passed, and without an end of the line")
  func unendedLines() {
    let limits = Self.limits(line: 40)
    for text in [
      "GET /" + String(repeating: "a", count: 36), "\r\nGET /" + String(repeating: "a", count: 36),
      "GET http://" + String(repeating: "a", count: 30), "GET *" + String(repeating: "*", count: 36),
    ] {
      #expect(HeadVerdict.ofRequest(latin(text), limits).status == 414, "\(text)")
      expectSameWhereverCut(latin(text + " HTTP/1.1\r\nHost: a\r\n\r\n"), limits)
      expectSameWhereverCut(latin(text + "\u{1} HTTP/1.1\r\nHost: a\r\n\r\n"), limits)
    }
    // What is wrong with the line in front of the limit comes first, behind it the limit does.
    expectSameWhereverCut(latin("GET /" + String(repeating: "a", count: 29) + " HTTPX1.1\r\n"), limits)
    expectSameWhereverCut(latin("GET /" + String(repeating: "a", count: 30) + " HTTPX1.1\r\n"), limits)
    expectSameWhereverCut(latin("GET /" + String(repeating: "a", count: 30) + " HTTP/2.0\r\n"), limits)
  }

  @Test("on the whole is the number of its bytes, its empty line included, and beyond it the answer is 431")
  func heads() throws {
    let limits = Self.limits(line: 40, head: 80)
    let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
    let left = 80 - start.utf8.count - 4
    _ = try goodHead(start + String(repeating: "x", count: left) + "\r\n\r\n", limits)
    for more in 1...20 {
      let text = start + String(repeating: "x", count: left + more)
      #expect(try faultOf(text + "\r\n\r\n", limits).status == 431)
      expectSameWhereverCut(latin(text + "\u{0}\r\n\r\n"), limits)
      expectSameWhereverCut(latin(text + "\r\n Y: z\r\n\r\n"), limits)
    }
    #expect(HeadVerdict.ofRequest(latin(start + String(repeating: "x", count: 60)), limits).status == 431)
    #expect(HeadVerdict.ofRequest(latin(start + String(repeating: "\r\nA: b", count: 60)), limits).status == 431)
    // And of the line where it allows more than the head.
    expectSameWhereverCut(latin(Self.line(of: 90) + "Host: a\r\n\r\n"), Self.limits(line: 100, head: 80))
    expectSameWhereverCut(latin("\r\n" + Self.line(of: 90) + "Host: a\r\n\r\n"), Self.limits(line: 80, head: 80))
  }

  @Test("on the fields is their number, and beyond it the answer is 431")
  func fields() throws {
    let limits = Self.limits(fields: 5)
    _ = try goodHead("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 4) + "\r\n", limits)
    let more = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 5) + "\r\n"
    #expect(try faultOf(more, limits).status == 431)
  }

  @Test("that nobody set lets an ordinary head pass and stops a large one")
  func defaults() throws {
    let path = String(repeating: "a", count: 8192 - 16)
    #expect(HeadVerdict.ofRequest(latin("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n")).status == nil)
    #expect(HeadVerdict.ofRequest(latin("GET /\(path)a HTTP/1.1\r\nHost: a\r\n\r\n")).status == 414)
    #expect(HeadVerdict.ofRequest(latin("GET /\(path)a")).status == nil)
    let field = "X: " + String(repeating: "y", count: 1019) + "\r\n"
    let full = "GET / HTTP/1.1\r\n" + String(repeating: field, count: 31)
    #expect(HeadVerdict.ofRequest(latin(full + "Host: a\r\n\r\n")).status == nil)
    #expect(HeadVerdict.ofRequest(latin(full + field + "Host: a\r\n\r\n")).status == 431)
    #expect(HeadVerdict.ofResponse(latin("HTTP/1.1 200 OK\r\n" + String(repeating: field, count: 32))).status == 431)
  }

  @Test("beyond 60 KiB is 60 KiB, for a place has 16 bits")
  func most() throws {
    let limits = Self.limits(line: .max, head: .max, fields: .max)
    let large = String(repeating: "y", count: HeadLimits.most - 31)
    let head = try #require(try RequestHead(latin("GET / HTTP/1.1\r\nHost: a\r\nX:\(large)\r\n\r\n"), limits: limits))
    #expect(head.length == HeadLimits.most)
    #expect(HeadVerdict.ofRequest(latin("GET / HTTP/1.1\r\nHost: a\r\nX:\(large)y\r\n\r\n"), limits).status == 431)
    let huge = String(repeating: "y", count: 70_000)
    #expect(HeadVerdict.ofRequest(latin("GET / HTTP/1.1\r\nX: \(huge)\r\nHost: a\r\n\r\n"), limits).status == 431)
    #expect(HeadVerdict.ofResponse(latin("HTTP/1.1 200 OK\r\nX: \(huge)\r\nDate: a\r\n\r\n"), limits).status == 431)
  }

  @Test("of nothing or less refuses everything", arguments: [0, -1, Int.min])
  func nothing(limit: Int) {
    let head = latin("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(HeadVerdict.ofRequest(head, Self.limits(line: limit)).status == 414)
    #expect(HeadVerdict.ofRequest(head, Self.limits(head: limit)).status == 431)
    #expect(HeadVerdict.ofRequest(head, Self.limits(fields: limit)).status == 431)
  }
}
