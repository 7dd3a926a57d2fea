import Testing

@testable import MillraceHTTP

@Suite("The framing of a request")
struct RequestFramingTests {
  private static func text(_ fields: String, _ version: String = "1.1") -> String {
    "POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n"
  }

  @Test(
    "is what its fields say",
    arguments: [
      ("", BodyFraming.none), ("Content-Length: 0\r\n", .none), ("Content-Length: 00\r\n", .none),
      ("Content-Length: 5\r\n", .length(5)), ("content-length:5\r\n", .length(5)),
      ("Content-Length: \t5\t \r\n", .length(5)),
      ("Content-Length: 0000000000000000000000000000000005\r\n", .length(5)),
      ("Content-Length: 9223372036854775807\r\n", .length(.max)),
      ("Transfer-Encoding: chunked\r\n", .chunked), ("transfer-encoding:CHUNKED\r\n", .chunked),
      ("Transfer-Encoding: \t chUnked \t\r\n", .chunked), ("Content_Length: 5\r\n", .none),
      ("X-Content-Length: 5\r\n", .none),
      ("Content-Lengt: 5\r\n", .none), ("Transfer_Encoding: chunked\r\n", .none),
    ])
  func framings(fields: String, framing: BodyFraming) throws {
    #expect(try goodHead(Self.text(fields)).framing == framing)
  }

  @Test(
    "is refused where a length is anything but digits",
    arguments: [
      "", " ", "+5", "-5", "-0", "5,", ",5", "5, 5", "5,5", "5 5", "5;5", "0x5", "5.0", "5e1", "a", "5a", "\"5\"",
      "\u{B2}",
      "9223372036854775808", "18446744073709551616", "18446744073709551621", "99999999999999999999999999999999", "5_0",
    ])
  func lengths(value: String) throws {
    #expect(try faultOf(Self.text("Content-Length: \(value)\r\n")).status == 400)
  }

  @Test(
    "is refused where it is said twice, even where both say the same",
    arguments: [
      "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
      "Content-Length: 0\r\nContent-Length: 0\r\n", "Content-Length: 5\r\nX: y\r\ncontent-length: 5\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\ntransfer-encoding: identity\r\n",
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    ])
  func twice(fields: String) throws {
    #expect(try faultOf(Self.text(fields)).status == 400)
  }

  @Test(
    "is refused where a coding is another than chunked: by 501 where chunked ends it, by 400 where nothing does",
    arguments: [
      ("gzip, chunked", 501), ("gzip,chunked", 501), ("chunked, chunked", 501), ("identity, chunked", 501),
      (", chunked", 501), ("\"\", chunked", 501), ("gzip", 400), ("identity", 400), ("chunked, gzip", 400),
      ("chunked, identity", 400), ("xchunked", 400), ("chunkedx", 400), ("chunke", 400), ("chunked;", 400),
      ("chunked;q=1", 400), ("chunked; foo=bar", 400), ("chunked,", 400), ("\"chunked\"", 400), ("'chunked'", 400),
      ("", 400),
      (" ", 400), ("chunked chunked", 400), ("x chunked", 400), ("chunked x", 400), ("\u{A0}chunked", 400),
      ("chunked\u{80}", 400), ("cow", 400), ("chun\tked", 400), ("chunked\u{B}", 400), ("\u{B}chunked", 400),
      ("chunked\0", 400), ("\0chunked", 400),
    ])
  func codings(value: String, status: Int) throws {
    #expect(try faultOf(Self.text("Transfer-Encoding: \(value)\r\n")).status == status)
  }

  @Test("is refused where HTTP/1.0, which has none, has a coding")
  func codingOf10() throws {
    #expect(try faultOf(Self.text("Transfer-Encoding: chunked\r\n", "1.0")).status == 400)
    #expect(try faultOf(Self.text("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "1.0")).status == 400)
    #expect(try goodHead(Self.text("Content-Length: 5\r\n", "1.0")).framing == .length(5))
    #expect(try goodHead(Self.text("Transfer-Encoding: chunked\r\n", "1.2")).framing == .chunked)
  }

  @Test(
    "is refused where its fields are disguised, so that nobody reads them who does not",
    arguments: [
      "Transfer-Encoding : chunked\r\n", "Transfer-Encoding\t: chunked\r\n", " Transfer-Encoding: chunked\r\n",
      "X: y\r\n Transfer-Encoding: chunked\r\n", "X: y\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding:\r\n chunked\r\n",
      "X: y\rTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\n", "Content-Length : 5\r\n",
      "Content-Length\u{B}: 5\r\n", "Content-Length: 5\r\n 6\r\n", "Content-Length:\r\n 5\r\n",
      "Content-Length\0: 5\r\n",
      "\0Transfer-Encoding: chunked\r\n", "Transfer-\r\nEncoding: chunked\r\n", "Transfer-Encoding\r\n: chunked\r\n",
      "Transfer-Encoding: x\r\n\tchunked\r\n", "Content-Length: 5\r6\r\n", "Content-Length: 5\0\r\n",
    ])
  func disguises(fields: String) throws {
    #expect(try faultOf(Self.text(fields)).status == 400)
  }

  @Test(
    "does not depend on the method",
    arguments: ["GET /", "HEAD /", "DELETE /", "TRACE /", "OPTIONS *", "CONNECT a:1", "X /"])
  func methods(line: String) throws {
    #expect(try goodHead("\(line) HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n").framing == .length(7))
    #expect(try goodHead("\(line) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").framing == .chunked)
  }
}
