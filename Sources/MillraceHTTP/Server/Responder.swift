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

  deinit { exchange.responderIsGone() }

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

/// The body of a response that is written bit by bit: a sink.
///
/// With a length `copy` takes the kernel route to it; without one every copy and every write is a chunk.
public final class ResponseBody: ByteSink, @unchecked Sendable {
  private let exchange: Exchange
  private let isChunked: Bool
  private let isLeftOut: Bool

  init(_ exchange: Exchange, isChunked: Bool, isLeftOut: Bool) {
    self.exchange = exchange
    self.isChunked = isChunked
    self.isLeftOut = isLeftOut
  }

  /// The connection itself, or a writer that puts chunks around what it is given.
  public var sinkShape: SinkShape {
    if isLeftOut { return .writer(Nothing()) }
    return isChunked
      ? .writer(ChunkWriter(exchange: exchange)) : exchange.connection.connection.sinkShape.observed(exchange.noteSent)
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: [UInt8]) async throws(CopyError) {
    if bytes.isEmpty { return }
    try await copy(from: Bytes(bytes), to: self, options: exchange.connection.sendOptions(for: Int64(bytes.count)))
  }

  /// The body is complete. One that was announced longer breaks the connection off.
  public func finish() async throws(CopyError) { try await exchange.finishBody(isChunked: isChunked && !isLeftOut) }

  private struct ChunkWriter: ByteWriter {
    let exchange: Exchange

    func write(_ bytes: ArraySlice<UInt8>) async throws -> Int {
      let before = Array(String(bytes.count, radix: 16).utf8) + [Ascii.carriageReturn, Ascii.lineFeed]
      let connection = exchange.connection
      try await copy(
        from: Bytes(before + bytes + [Ascii.carriageReturn, Ascii.lineFeed]), to: connection.connection,
        options: connection.sendOptions(for: Int64(bytes.count)))
      exchange.noteChunk(bytes.count)
      return bytes.count
    }
  }

  private struct Nothing: ByteWriter {
    func write(_ bytes: ArraySlice<UInt8>) async throws -> Int { bytes.count }
  }
}
