public import Millrace

/// The body of a response that is written bit by bit: a sink.
///
/// With a length `copy` takes the kernel route to it, and no byte more than was announced; without one every copy and every write
/// is a chunk, through memory.
public final class ResponseBody: ByteSink, @unchecked Sendable {
  private let exchange: Exchange
  private let framing: BodyFraming
  private var written: Int64 = 0
  private var isFinished = false

  /// - Parameter framing: none where nothing of it is to be sent, as to HEAD.
  init(_ exchange: Exchange, _ framing: BodyFraming) {
    self.exchange = exchange
    self.framing = framing
  }

  /// The connection itself, or a writer that puts chunks around what it is given.
  public var sinkShape: SinkShape {
    if exchange.isOver || isFinished { return .writer(TooLate()) }
    switch framing {
    case .none: return .writer(Nothing())
    case .chunked: return .writer(ChunkWriter(exchange: exchange))
    case .untilClose: return counted(exchange.sinkShape(isBody: true))
    case .length(let length):
      return counted(exchange.sinkShape(isBody: true)).limited(to: Int(clamping: max(0, length - written)))
    }
  }

  private func counted(_ shape: SinkShape) -> SinkShape {
    let before = written
    return shape.observed { [self] progress in
      let now = before + Int64(progress.delivered)
      exchange.noteSent(now - written, progress.route)
      written = now
    }
  }

  /// Writes all of `bytes`. More than was announced is a mistake of the program's, and ends it.
  public func write(_ bytes: [UInt8]) async throws(CopyError) {
    if case .length(let length) = framing {
      precondition(Int64(bytes.count) <= length - written, "a body has no more bytes than its length of \(length)")
    }
    if bytes.isEmpty { return }
    do throws(CopyError) {
      try await copy(from: Bytes(bytes), to: self, options: CopyOptions(measuresCPU: false))
    } catch {
      exchange.noteBroken()
      throw error
    }
  }

  /// The body is complete. One that is shorter than was announced breaks the connection off.
  public func finish() async throws(CopyError) {
    precondition(!isFinished, "a body is finished once")
    isFinished = true
    let isShort = if case .length(let length) = framing { written < length } else { false }
    try await exchange.finishBody(isChunked: framing == .chunked, isShort: isShort)
  }

  private struct ChunkWriter: ByteWriter {
    let exchange: Exchange

    func write(_ bytes: ArraySlice<UInt8>) async throws -> Int {
      let before = Array(String(bytes.count, radix: 16).utf8) + [Ascii.carriageReturn, Ascii.lineFeed]
      if exchange.isOver { throw CopyError(side: .sink, cause: .closed, report: CopyReport()) }
      do throws(CopyError) {
        try await copy(
          from: Bytes(before + bytes + [Ascii.carriageReturn, Ascii.lineFeed]), to: exchange.client(isBody: true),
          options: CopyOptions(measuresCPU: false))
      } catch {
        exchange.noteBroken()
        throw error
      }
      exchange.noteSent(Int64(bytes.count), .buffered)
      return bytes.count
    }
  }

  /// The body is finished, or the exchange is over and the connection has another one.
  private struct TooLate: ByteWriter {
    func write(_ bytes: ArraySlice<UInt8>) async throws -> Int {
      throw CopyError(side: .sink, cause: .closed, report: CopyReport())
    }
  }

  private struct Nothing: ByteWriter {
    func write(_ bytes: ArraySlice<UInt8>) async throws -> Int { bytes.count }
  }
}
