public import HTTPTypes
public import Millrace

/// The one answer to a request: using it up is answering. Where it is dropped unused, the answer is 500.
///
/// Whatever the response's fields say of Content-Length, Transfer-Encoding and Connection is left out, for that follows from the
/// body and the connection; a `Connection: close` closes it. To HEAD, and with the statuses that have no body (204, 304), the
/// body is left out.
public struct Responder: ~Copyable {
  let exchange: Exchange

  init(_ exchange: Exchange) { self.exchange = exchange }

  /// Answers without a body.
  public consuming func send(_ response: HTTPResponse) async throws(CopyError) {
    try await exchange.send(response, [])
  }

  /// Answers with bytes.
  public consuming func send(_ response: HTTPResponse, _ body: [UInt8]) async throws(CopyError) {
    try await exchange.send(response, body)
  }

  /// Answers with text; a Content-Type is added where there is none.
  public consuming func send(_ response: HTTPResponse, text: String) async throws(CopyError) {
    var response = response
    if response.headerFields[.contentType] == nil { response.headerFields[.contentType] = "text/plain; charset=utf-8" }
    try await exchange.send(response, Array(text.utf8))
  }

  /// Answers with part of a file, or all of it (`file.section(offset: 0, length: size)`): by sendfile, head and file together.
  /// The section must have a length, which is announced; a file that turns out to be shorter breaks the connection off.
  @discardableResult
  public consuming func send(_ response: HTTPResponse, file: FileSection) async throws(CopyError) -> CopyReport {
    guard let length = file.length else { return try await exchange.send(response, from: file, length: nil) }
    return try await exchange.send(response, from: file, length: Int64(length))
  }

  /// Answers with all that `source` has, by whatever route leads from it to the connection. With a length, which is announced,
  /// the source has to have that many bytes; without one the body is chunked, and passes through memory.
  @discardableResult
  public consuming func send(
    _ response: HTTPResponse, from source: some ByteSource, length: Int64?
  ) async throws(CopyError) -> CopyReport {
    try await exchange.send(response, from: source, length: length)
  }

  /// Begins an answer whose body is written bit by bit, into a sink. The body has to be finished.
  public consuming func begin(_ response: HTTPResponse, length: Int64? = nil) async throws(CopyError) -> ResponseBody {
    try await exchange.begin(response, length: length)
  }

  /// Answers as the file server does.
  package consuming func send(_ write: (ResponseBuffer) -> ReadyAnswer) async {
    await exchange.send(prepared: write)
  }
}
