@testable import MillraceEvidence
import Testing

@Suite("The head of an answer, as the load reads it")
struct ResponseHeadTests {
  private func read(_ text: String) throws -> ResponseHead? { try ResponseHead(in: Array(text.utf8)) }

  @Test(
    "says the status, the length of the content and where that begins",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n", 200, 13),
      ("HTTP/1.1 200 OK\r\nServer: x\r\ncOnTeNt-LeNgTh:\t 1048576 \r\nDate: y\r\n\r\n", 200, 1_048_576),
      ("HTTP/1.1 404 Not Found\r\nContent-Length:0\r\n\r\n", 404, 0),
      ("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n", 200, 1), ("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n", 200, 1),
      ("HTTP/1.1 200 OK\r\nX-Content-Length: 7\r\nContent-Length: 1\r\nEmpty:\r\n\r\n", 200, 1),
    ])
  func whole(_ text: String, _ status: Int, _ length: Int) throws {
    let head = try #require(try read(text))
    #expect(head.status == status)
    #expect(head.contentLength == length)
    #expect(head.count == text.utf8.count)
    // What follows is no part of it, whatever it is.
    #expect(try read(text + "\r\n\r\ncontent\r\n\r\n") == head)
  }

  @Test("waits for its end, wherever it is cut")
  func pieces() throws {
    let text = Array("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n".utf8)
    for count in 0..<text.count { #expect(try ResponseHead(in: Array(text[..<count])) == nil, "\(count)") }
  }

  @Test(
    "is not taken for one when it is none",
    arguments: [
      ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 and a status"),
      ("HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 and a status"),
      ("HTTP/1.1 2x0 OK\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 and a status"),
      ("HTTP/1.1 20\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 and a status"),
      ("\r\n\r\n", "HTTP/1.1 and a status"), ("HTTP/1.1 200 OK\r\n\r\n", "has no Content-Length"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "is no number, or there are two"),
      ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "is no number"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", "is no number"),
      ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "is no number"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1234567890123456\r\n\r\n", "is no number"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "in a transfer coding"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nnonsense\r\n\r\n", "a line without a colon"),
    ])
  func wrong(_ text: String, _ sentence: String) throws {
    let error = #expect(throws: RoleFailure.self) { try read(text) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test("has a bound")
  func bound() throws {
    let start = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: "
    func head(of count: Int) -> String {
      start + String(repeating: "x", count: count - start.utf8.count - 4) + "\r\n\r\n"
    }
    #expect(try read(head(of: ResponseHead.limit))?.count == ResponseHead.limit)
    #expect(throws: RoleFailure.self) { try read(head(of: ResponseHead.limit + 1)) }
  }
}
