import Testing

@testable import MillraceHTTP

@Suite("A chunked body")
struct ChunkedReaderTests {
  @Test(
    "is its content, and ends behind its last CRLF",
    arguments: [
      ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
      ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
      ("0005\r\nhello\r\n0000\r\n\r\n", "hello"), ("000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
      ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"), ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"), ("1\r\n\0\r\n0\r\n\r\n", "\0"),
      ("1f\r\n0123456789012345678901234567890\r\n0\r\n\r\n", "0123456789012345678901234567890"),
      ("0\r\nX: y\r\n\r\n", ""), ("0\r\nX: y\r\nZ:\r\nA:\t b \r\n\r\n", ""), ("0\r\nContent-Length: 5\r\n\r\n", ""),
      ("0\r\nX: \u{80}\r\n\r\n", ""),
    ])
  func bodies(text: String, content: String) {
    let bytes = latin(text)
    #expect(Unchunking(bytes).content == latin(content))
    #expect(Unchunking(bytes).end == .ended(bytes.count))
    for more in ["\r\n", "0\r\n\r\n", "GET / HTTP/1.1\r\n", "X: y\r\n\r\n"] {
      #expect(Unchunking(bytes + latin(more)) == Unchunking(bytes))
    }
    expectSameWhereverCut(bytes)
  }

  @Test(
    "is refused at a size that is not hexadecimal digits and CRLF",
    arguments: [
      "\r\n", "\n", "g\r\n", "-1\r\n", "+1\r\n", "0x5\r\n", "0X5\r\n", " 5\r\n", "\t5\r\n", "5 \r\n", "5\t\r\n",
      "5 5\r\n",
      "5\n", "5\r5", "5\r\r\n", "5\0\r\n", "5,\r\n", "5.\r\n", "5_\r\n", "\"5\"\r\n", "5h\r\n", ";\r\n", ";a=b\r\n",
      "\0",
      "0000000000000005\r\n", "1000000000000000\r\n", "7fffffffffffffff\r\n", "8000000000000000\r\n",
      "ffffffffffffffff\r\n",
      "10000000000000005\r\n", "100000000000000000000000000000005\r\n", "\u{B2}\r\n", "\u{FF}\r\n",
      "FFFFFFFF0000000A\r\n",
    ])
  func sizes(size: String) {
    let bytes = latin(size + "hello\r\n0\r\n\r\n")
    #expect(Unchunking(bytes).isRefused)
    expectSameWhereverCut(bytes)
    // Behind another chunk, too.
    #expect(Unchunking(latin("1\r\na\r\n") + bytes).isRefused)
  }

  @Test(
    "is refused where content is not followed by CRLF",
    arguments: [
      "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n",
      "5\r\nhell\r\n0\r\n\r\n",
      "5\r\nhello\r\n\r\n0\r\n\r\n", "5\r\nhello \r\n0\r\n\r\n", "0\n\r\n", "0\r\n\n", "0\r\n\rX",
      "5\r\nhello\r\n0\r\n\r\r\n",
    ])
  func contentEnds(text: String) {
    #expect(Unchunking(latin(text)).isRefused)
    expectSameWhereverCut(latin(text))
  }

  @Test(
    "has extensions by their grammar, and nothing of them is content",
    arguments: [
      ";a", ";a=b", ";a=\"b\"", ";a=\"\"", ";a=\"b;c=d\"", ";a=\"\\\"\"", ";a=\"\\\\\"", ";a;b;c=d", " ;a", "\t ; a",
      ";a ;b",
      ";a = b", ";a\t=\t\"b\"", ";a=b ; c", ";a=\"b\" ;c", ";a=\"\u{80}\"", ";a=\"\\\u{80}\"", ";a=\"0\t \"",
      ";!#$%&'*+-.^_`|~=1",
    ])
  func extensions(text: String) {
    let bytes = latin("5\(text)\r\nhello\r\n0\(text)\r\n\r\n")
    #expect(Unchunking(bytes).content == latin("hello"))
    #expect(Unchunking(bytes).end == .ended(bytes.count))
    expectSameWhereverCut(bytes)
  }

  @Test(
    "is refused at an extension that is none",
    arguments: [
      ";", "; ", ";;", ";a;", ";a=", ";a= ", ";=b", ";a==b", ";a=b=c", ";a=\"", ";a=\"b", ";a=\"b\"c", ";a=\"b\" c",
      ";a b", ";a=b c",
      ";a ", ";a=b ", ";a=\"b\" ", ";a\n", ";a=b\n", ";\n", ";a=\"\n\"", ";a=\"\r\n\"", ";a=\"\\\r\n\"", ";a\0",
      ";a=\0", ";a=\"\0\"",
      ";a=\"\\\0\"", ";a\u{7F}", ";a=\"\u{7F}\"", ";\u{80}", ";a=\u{80}", ";a\rb", ";(", ";a=(", ";a,b", ";a=b,", " a",
      " a;", " =b",
      ";a\u{B}", "\u{B};a",
    ])
  func malformedExtensions(text: String) {
    let bytes = latin("5\(text)\r\nhello\r\n0\r\n\r\n")
    #expect(Unchunking(bytes).isRefused)
    expectSameWhereverCut(bytes)
  }

  @Test(
    "is refused at a trailer field that is none",
    arguments: [
      "X\r\n", "X : y\r\n", ": y\r\n", " X: y\r\n", "X: y\r\n z\r\n", "X: y\n", "X: y\r\r\n", "X: \0\r\n",
      "X\u{80}: y\r\n", "X: \u{7F}\r\n",
      "5\r\nhello\r\n", "X: y\rZ: a\r\n", "\nX: y\r\n", "GET / HTTP/1.1\r\n",
    ])
  func trailers(line: String) {
    let bytes = latin("5\r\nhello\r\n0\r\n\(line)\r\n")
    #expect(Unchunking(bytes).isRefused)
    expectSameWhereverCut(bytes)
  }

  @Test("is bounded in its extensions and in its trailer, over all of its chunks")
  func limits() {
    let chunk = "1;a=" + String(repeating: "b", count: 1021) + "\r\nx\r\n"
    // An extension is counted from behind its semicolon.
    #expect(!Unchunking(latin(String(repeating: chunk, count: 16))).isRefused)
    #expect(Unchunking(latin(String(repeating: chunk, count: 17))).isRefused)
    #expect(Unchunking(latin("1;a=" + String(repeating: "b", count: 17_000))).isRefused)
    #expect(Unchunking(latin("1" + String(repeating: " ", count: 17_000))).isRefused)
    let field = "X: " + String(repeating: "y", count: 1019) + "\r\n"
    #expect(!Unchunking(latin("0\r\n" + String(repeating: field, count: 15) + "\r\n")).isRefused)
    #expect(Unchunking(latin("0\r\n" + String(repeating: field, count: 17))).status == 431)
    #expect(Unchunking(latin("0\r\n" + String(repeating: "X", count: 17_000))).status == 431)
  }

  @Test("of the largest chunk is so many bytes ahead, and the next byte is content")
  func largest() throws {
    var reader = ChunkedReader()
    var start = 0
    let bytes = latin("fffffffffffffff\r\nab")
    #expect(try reader.read(bytes.span, from: &start) == .content(17..<19))
    #expect(reader.contentAhead == (1 << 60) - 3)
    reader.took((1 << 60) - 3)
    #expect(reader.contentAhead == 0)
    let rest = latin("\r\n0\r\n\r\n")
    start = 0
    #expect(try reader.read(rest.span, from: &start) == .ended(after: rest.count))
  }

  @Test("of which some went another way goes on behind it")
  func taking() throws {
    var reader = ChunkedReader()
    var start = 0
    let head = latin("a\r\n")
    #expect(reader.contentAhead == 0)
    #expect(try reader.read(head.span, from: &start) == .needsMore)
    #expect(reader.contentAhead == 10)
    reader.took(4)
    #expect(reader.contentAhead == 6)
    let more = latin("45")
    start = 0
    #expect(try reader.read(more.span, from: &start) == .content(0..<2))
    reader.took(4)
    #expect(reader.contentAhead == 0)
    let rest = latin("\r\n0\r\n\r\n")
    start = 0
    #expect(try reader.read(rest.span, from: &start) == .ended(after: 7))
  }

  @Test("is not moved on by nothing that went another way, wherever it stands")
  func takingNothing() {
    let bytes = latin("5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n")
    for cut in 0...bytes.count {
      var reader = ChunkedReader()
      var start = 0
      while start < cut { _ = try? reader.read(bytes.span.extracting(first: cut), from: &start) }
      let before = reader
      reader.took(0)
      if reader != before { Issue.record("behind \(cut) bytes it moves on") }
    }
  }

  @Test("that has ended takes no more bytes")
  func afterwards() throws {
    var reader = ChunkedReader()
    let bytes = latin("0\r\n\r\nGET / HTTP/1.1\r\n")
    var start = 0
    #expect(try reader.read(bytes.span, from: &start) == .ended(after: 5))
    #expect(reader.hasEnded)
    #expect(try reader.read(bytes.span, from: &start) == .ended(after: 5))
    #expect(start == 5)
    start = bytes.count
    #expect(try reader.read(bytes.span, from: &start) == .ended(after: bytes.count))
  }

  /// Cut in two anywhere, and in single bytes, it is the same; and no part of it that lacks its end has ended.
  private func expectSameWhereverCut(_ bytes: [UInt8], at place: SourceLocation = #_sourceLocation) {
    let whole = Unchunking(bytes)
    for cut in 0...bytes.count {
      let parts = Unchunking([Array(bytes.prefix(cut)), Array(bytes.dropFirst(cut))])
      if parts != whole {
        Issue.record("cut at \(cut) it is \(parts), and whole it is \(whole)", sourceLocation: place)
      }
      if cut < bytes.count, case .ended(let end) = Unchunking(Array(bytes.prefix(cut))).end, .ended(end) != whole.end {
        Issue.record("cut at \(cut) it has ended", sourceLocation: place)
      }
    }
    let single = Unchunking(bytes.map { [$0] })
    if single != whole {
      Issue.record("in single bytes it is \(single), and whole it is \(whole)", sourceLocation: place)
    }
  }
}

extension Unchunking {
  var status: Int? {
    guard case .refused(let fault) = end else { return nil }
    return fault.status
  }

  var isRefused: Bool { status != nil }
}
