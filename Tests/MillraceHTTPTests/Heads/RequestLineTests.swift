import HTTPTypes
import Testing

@testable import MillraceHTTP

@Suite("The request line")
struct RequestLineTests {
  @Test(
    "has its method told by all of its letters, in their case",
    arguments: [
      ("GET", HeadIndex.Method.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
      ("OPTIONS", .options), ("TRACE", .trace), ("PATCH", .patch), ("get", .other), ("Get", .other), ("GEX", .other),
      ("GETS", .other), ("PUTS", .other), ("POSE", .other), ("HEAP", .other), ("PROPFIND", .other),
      ("M-SEARCH", .other),
      ("!#$%&'*+-.^_`|~09aZ", .other), (String(repeating: "M", count: 32), .other),
    ])
  func methods(text: String, method: HeadIndex.Method) throws {
    let head = try goodHead("\(text) / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(head.index.method == method)
    #expect(head.method.rawValue == text)
    #expect(head.text(head.index.methodPlace) == text)
  }

  @Test("with a method longer than any that is known is answered by 501, whatever follows it")
  func longMethods() throws {
    let long = String(repeating: "M", count: 33)
    #expect(try faultOf("\(long) / HTTP/1.1\r\nHost: a\r\n\r\n").status == 501)
    #expect(HeadVerdict.ofRequest(latin(long)).status == 501)
  }

  @Test(
    "has the version 1.1, 1.0, or a later one of 1 that counts as 1.1",
    arguments: [("1.0", 0), ("1.1", 1), ("1.2", 1), ("1.9", 1)])
  func versions(text: String, minor: Int) throws {
    #expect(try goodHead("GET / HTTP/\(text)\r\nHost: a\r\n\r\n").minorVersion == minor)
  }

  @Test(
    "of another major version is answered by 505", arguments: ["0.9", "2.0", "3.0", "9.9"])
  func otherVersions(text: String) throws {
    #expect(try faultOf("GET / HTTP/\(text)\r\nHost: a\r\n\r\n").status == 505)
  }

  @Test(
    "that is not a method, a target and a version with one space between them is answered by 400",
    arguments: [
      "GET /\r\n", "GET / \r\n", "GET  / HTTP/1.1\r\n", "GET /  HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n",
      " GET / HTTP/1.1\r\n",
      "\tGET / HTTP/1.1\r\n", "GET\t/ HTTP/1.1\r\n", "GET /\tHTTP/1.1\r\n", "GET / HTTP/1.1\t\r\n",
      "GET /a b HTTP/1.1\r\n",
      "GET / HTTP/1.1\n", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\r\n", "GET / HTTP/1.1\0\r\n", "GET / HTTP/1.1x\r\n",
      "GET / HTTP/1.10\r\n", "GET / HTTP/11\r\n", "GET / HTTP/1\r\n", "GET / HTTP/1.\r\n", "GET / HTTP/.1\r\n",
      "GET / HTTP/1,1\r\n", "GET / HTTP/01.1\r\n", "GET / HTTP/+1.1\r\n", "GET / HTTP/1.x\r\n", "GET / HTTP1.1\r\n",
      "GET / http/1.1\r\n", "GET / HTTp/1.1\r\n", "GET / HTTPS/1.1\r\n", "GET / ICE/1.0\r\n", "GET / RTSP/1.0\r\n",
      "G(T / HTTP/1.1\r\n", "GET: / HTTP/1.1\r\n", "\"GET\" / HTTP/1.1\r\n", "G\u{80}T / HTTP/1.1\r\n",
      "\0GET / HTTP/1.1\r\n",
      "GET HTTP/1.1\r\n", "/ HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "\u{16}\u{3}\u{1}\r\n", "GET\r\n", "GET \r\n",
      "GET\r\n / HTTP/1.1\r\n", "GET\n/ HTTP/1.1\r\n", "GET /\rHTTP/1.1\r\n", "GET /\u{0B}HTTP/1.1\r\n",
    ])
  func malformed(line: String) throws {
    #expect(try faultOf("\(line)Host: a\r\n\r\n").status == 400)
  }

  @Test("is preceded by one empty line at most, which counts for the length", arguments: [("", 0), ("\r\n", 2)])
  func emptyLine(before: String, count: Int) throws {
    let rest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(try goodHead(before + rest).length == count + rest.utf8.count)
  }

  @Test(
    "is refused behind anything else that is no line",
    arguments: ["\r\n\r\n", "\n", "\r", "\r\n\n", "\n\r\n", " \r\n", "\r\r\n"])
  func otherLines(before: String) throws {
    #expect(try faultOf(before + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 400)
  }

  @Test(
    "without anything is waited for", arguments: ["", "\r", "\r\n", "G", "GET", "GET ", "GET /", "GET / HTTP/1.1\r\n"])
  func waits(text: String) {
    #expect(HeadVerdict.ofRequest(latin(text)) == .incomplete)
  }

  @Test("takes no byte into a method that is none of a token's")
  func tokenBytes() {
    let wanted = Set(latin("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for byte in UInt8.min...UInt8.max where byte != 0x20 {
      let verdict = HeadVerdict.ofRequest(latin("M") + [byte] + latin(" / HTTP/1.1\r\nHost: a\r\n\r\n"))
      if (verdict.status == nil) != wanted.contains(byte) { Issue.record("\(byte) in a method: \(verdict)") }
    }
  }

  @Test("takes no byte into a target that is not visible ASCII, and no #")
  func targetBytes() {
    for byte in UInt8.min...UInt8.max where byte != 0x20 {
      let verdict = HeadVerdict.ofRequest(latin("GET /") + [byte] + latin(" HTTP/1.1\r\nHost: a\r\n\r\n"))
      let isTaken = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
      if (verdict.status == nil) != isTaken { Issue.record("\(byte) in a target: \(verdict)") }
    }
  }
}
