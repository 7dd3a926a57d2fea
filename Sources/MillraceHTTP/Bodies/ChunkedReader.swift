/// Takes the framing off a chunked body: a pure state machine over the bytes as they come. RFC 9112 §7.1
///
/// It says which of the bytes are content, so that nobody copies them here; what is left of a chunk may be taken from the
/// connection by a kernel route.
package struct ChunkedReader: Sendable, Equatable {
  /// The most bytes of chunk extensions in one body, and of trailer fields. Both are thrown away.
  private static let mostExtension = 16 * 1024
  private static let mostTrailer = 16 * 1024

  private enum State: Equatable {
    case size(digits: Int)
    case extensions(ChunkExtension)
    case sizeLineFeed
    case content
    case contentReturn, contentLineFeed
    /// At the beginning of a line behind the last chunk.
    case trailer
    case trailerName(length: Int)
    case trailerValue
    case trailerLineFeed, lastLineFeed
    case ended
  }

  private var state = State.size(digits: 0)
  /// Of the chunk that is being read.
  private var left: Int64 = 0
  private var extensionBytes = 0
  private var trailerBytes = 0

  package init() {}

  /// What the bytes brought.
  package enum Event: Equatable {
    /// Content stands at this place of the bytes.
    case content(Range<Int>)
    /// The body has ended; the next message begins behind so many bytes.
    case ended(after: Int)
    /// All of the bytes are used up, and none of them was content.
    case needsMore
  }

  package var hasEnded: Bool { state == .ended }

  /// Content that comes next without any framing in between; 0 where framing comes first.
  package var contentAhead: Int64 { state == .content ? left : 0 }

  /// Content that went another way, no more than `contentAhead`.
  package mutating func took(_ count: Int64) {
    precondition(count <= contentAhead, "no more than what is left of the chunk can have gone")
    guard case .content = state else { return }
    left -= count
    if left == 0 { state = .contentReturn }
  }

  /// Reads on from `start`, which moves behind what was read.
  package mutating func read(_ bytes: Span<UInt8>, from start: inout Int) throws(HeadFault) -> Event {
    if hasEnded { return .ended(after: start) }
    while start < bytes.count {
      if case .content = state {
        let count = Int(min(left, Int64(bytes.count - start)))
        let place = start..<start + count
        start += count
        took(Int64(count))
        return .content(place)
      }
      let byte = bytes[start]
      start += 1
      try take(byte)
      if case .ended = state { return .ended(after: start) }
    }
    return .needsMore
  }

  private mutating func take(_ byte: UInt8) throws(HeadFault) {
    switch state {
    case .size(let digits): try takeSize(byte, digits)
    case .extensions(let place): try takeExtension(byte, place)
    case .sizeLineFeed:
      try expect(Ascii.lineFeed, byte, "a chunk's size")
      state = left > 0 ? .content : .trailer
    case .content: break
    case .contentReturn:
      try expect(Ascii.carriageReturn, byte, "a chunk's content")
      state = .contentLineFeed
    case .contentLineFeed:
      try expect(Ascii.lineFeed, byte, "a chunk's content")
      state = .size(digits: 0)
    case .trailer, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed: try takeTrailer(byte)
    case .ended: break
    }
  }

  private mutating func takeSize(_ byte: UInt8, _ digits: Int) throws(HeadFault) {
    if let value = ByteClass.hexValue(byte) {
      // 15 digits are less than 2^60, and more than anybody sends.
      guard digits < 15 else { throw HeadFault("a chunk's size has more than 15 digits") }
      left = (digits == 0 ? 0 : left << 4) | Int64(value)
      state = .size(digits: digits + 1)
      return
    }
    guard digits > 0 else {
      throw HeadFault(
        "a chunk begins with the byte \(HeadReader.hex(byte)); its size in hexadecimal digits is expected")
    }
    guard byte != Ascii.carriageReturn else {
      state = .sizeLineFeed
      return
    }
    guard let place = ChunkExtension.behindSize(byte) else {
      throw HeadFault("a chunk size is followed by the byte \(HeadReader.hex(byte)); CRLF or ; is expected")
    }
    state = .extensions(place)
  }

  private mutating func takeExtension(_ byte: UInt8, _ place: ChunkExtension) throws(HeadFault) {
    extensionBytes += 1
    guard extensionBytes <= Self.mostExtension else {
      throw HeadFault("the chunk extensions are larger than \(Self.mostExtension) bytes")
    }
    if byte == Ascii.carriageReturn, place.mayEnd {
      state = .sizeLineFeed
      return
    }
    guard let next = place.behind(byte) else {
      throw HeadFault("a chunk extension has the byte \(HeadReader.hex(byte)) where none is expected")
    }
    state = .extensions(next)
  }

  private mutating func takeTrailer(_ byte: UInt8) throws(HeadFault) {
    trailerBytes += 1
    guard trailerBytes <= Self.mostTrailer else {
      throw HeadFault(431, "the trailer fields are larger than \(Self.mostTrailer) bytes")
    }
    switch state {
    case .trailer where byte == Ascii.carriageReturn: state = .lastLineFeed
    case .trailer where ByteClass.isToken(byte): state = .trailerName(length: 1)
    case .trailerName(let length) where ByteClass.isToken(byte): state = .trailerName(length: length + 1)
    case .trailerName where byte == Ascii.colon: state = .trailerValue
    case .trailerValue where byte == Ascii.carriageReturn: state = .trailerLineFeed
    case .trailerValue where ByteClass.isValue(byte): break
    case .trailerLineFeed:
      try expect(Ascii.lineFeed, byte, "a trailer field")
      state = .trailer
    case .lastLineFeed:
      try expect(Ascii.lineFeed, byte, "a chunked body")
      state = .ended
    default: throw HeadFault("a trailer field has the byte \(HeadReader.hex(byte)) where none is expected")
    }
  }

  private func expect(_ wanted: UInt8, _ byte: UInt8, _ what: String) throws(HeadFault) {
    guard byte == wanted else {
      throw HeadFault("\(what) is followed by the byte \(HeadReader.hex(byte)); CRLF is expected")
    }
  }
}
