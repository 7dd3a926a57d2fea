import Testing

@testable import MillraceHTTP

@Suite("The framing of a response")
struct ResponseFramingTests {
  private static func framing(_ status: Int, _ fields: String, to method: HeadIndex.Method) throws -> BodyFraming {
    let bytes = latin("HTTP/1.1 \(status) x\r\n\(fields)\r\n")
    var index = HeadIndex()
    guard case .complete = try HeadReader().readResponse(bytes.span, into: &index) else {
      throw HeadFault("the head is incomplete")
    }
    return try ResponseFraming.of(index, bytes.span, to: method)
  }

  @Test(
    "is what the request, the status and the fields say, in this order",
    arguments: [
      (200, "", HeadIndex.Method.get, BodyFraming.untilClose), (200, "Content-Length: 5\r\n", .get, .length(5)),
      (200, "Content-Length: 0\r\n", .get, .none), (404, "Content-Length: 5\r\n", .post, .length(5)),
      (200, "Transfer-Encoding: chunked\r\n", .get, .chunked), (500, "", .other, .untilClose),
      (200, "Content-Length: 5\r\n", .head, .none), (200, "", .head, .none), (404, "", .head, .none),
      (200, "Transfer-Encoding: chunked\r\n", .head, .none), (100, "", .post, .none), (103, "", .get, .none),
      (101, "Connection: upgrade\r\n", .get, .none), (199, "Content-Length: 5\r\n", .get, .none),
      (204, "", .get, .none),
      (204, "Content-Length: 5\r\n", .get, .none), (304, "Content-Length: 5\r\n", .get, .none), (304, "", .get, .none),
      (304, "Transfer-Encoding: chunked\r\n", .get, .none), (205, "", .get, .untilClose),
      (200, "", .connect, .untilClose),
      (407, "Content-Length: 5\r\n", .connect, .length(5)),
    ] as [(Int, String, HeadIndex.Method, BodyFraming)])
  func framings(status: Int, fields: String, method: HeadIndex.Method, expected: BodyFraming) throws {
    #expect(try Self.framing(status, fields, to: method) == expected)
  }

  @Test(
    "of CONNECT ignores every length and coding where the tunnel stands, as RFC 9110 §9.3.6 has it",
    arguments: [
      "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      "Content-Length: 5\r\nContent-Length: 6\r\n", "Transfer-Encoding: gzip\r\n",
    ])
  func tunnels(fields: String) throws {
    #expect(try Self.framing(200, fields, to: .connect) == .untilClose)
  }

  @Test(
    "that contradicts itself is refused, even where there is no body",
    arguments: [
      "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      "Content-Length: -5\r\n", "Content-Length: 5, 6\r\n", "Transfer-Encoding: chunked, gzip\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ])
  func contradictions(fields: String) {
    for (status, method) in [(200, HeadIndex.Method.get), (200, .head), (204, .get), (304, .get), (502, .connect)] {
      #expect(throws: HeadFault.self) { try Self.framing(status, fields, to: method) }
    }
  }

  @Test("of HTTP/1.0 has no coding")
  func codingOf10() throws {
    let bytes = latin("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    var index = HeadIndex()
    _ = try HeadReader().readResponse(bytes.span, into: &index)
    #expect(throws: HeadFault.self) { try ResponseFraming.of(index, bytes.span, to: .get) }
  }
}
