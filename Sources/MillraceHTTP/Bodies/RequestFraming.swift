/// How the body of a request ends, and whether it says so in one way only. RFC 9112 §6.1 to §6.3
enum RequestFraming {
  static func of(_ index: borrowing HeadIndex, _ bytes: Span<UInt8>) throws(HeadFault) -> BodyFraming {
    try framing(index, bytes, bodyWithoutLength: .none)
  }

  /// Of a head whose fields decide: Transfer-Encoding, Content-Length, or neither.
  static func framing(
    _ index: borrowing HeadIndex, _ bytes: Span<UInt8>, bodyWithoutLength: BodyFraming
  ) throws(HeadFault) -> BodyFraming {
    var isChunked = false
    var length: Int64?
    for field in index.fields {
      switch field.known {
      case .transferEncoding:
        guard !isChunked else { throw HeadFault("Transfer-Encoding stands there twice") }
        try checkCoding(bytes, field.value.range)
        isChunked = true
      case .contentLength:
        guard length == nil else { throw HeadFault("Content-Length stands there twice") }
        length = try Self.length(bytes, field.value.range)
      default: break
      }
    }
    guard isChunked else { return length.map { $0 == 0 ? .none : .length($0) } ?? bodyWithoutLength }
    if length != nil { throw HeadFault("there is a Transfer-Encoding and a Content-Length") }
    if index.minorVersion == 0 { throw HeadFault("HTTP/1.0 has no Transfer-Encoding") }
    return .chunked
  }

  /// "chunked", and nothing before or after it: nobody here would undo another coding.
  private static func checkCoding(_ bytes: Span<UInt8>, _ place: Range<Int>) throws(HeadFault) {
    let end = lastCoding(bytes, place)
    guard HeadReader.equals(bytes, end, "chunked") else {
      throw HeadFault("the last of Transfer-Encoding is not chunked, so that there is no end")
    }
    guard end == place else {
      throw HeadFault(501, "Transfer-Encoding has more than chunked, which is all that is known here")
    }
  }

  private static func lastCoding(_ bytes: Span<UInt8>, _ place: Range<Int>) -> Range<Int> {
    var from = place.upperBound
    while from > place.lowerBound, bytes[from - 1] != Ascii.comma { from -= 1 }
    while from < place.upperBound, bytes[from] == Ascii.space || bytes[from] == Ascii.tab { from += 1 }
    return from..<place.upperBound
  }

  /// Digits, and no list of them, even where all say the same: who would not take the first would take the last.
  private static func length(_ bytes: Span<UInt8>, _ place: Range<Int>) throws(HeadFault) -> Int64 {
    guard !place.isEmpty else { throw HeadFault("Content-Length is empty") }
    var length: Int64 = 0
    for at in place {
      guard ByteClass.isDigit(bytes[at]) else { throw HeadFault("Content-Length is no whole number") }
      let (tens, isTooMuch) = length.multipliedReportingOverflow(by: 10)
      let (next, isFarTooMuch) = tens.addingReportingOverflow(Int64(bytes[at] - 0x30))
      guard !isTooMuch, !isFarTooMuch else { throw HeadFault("Content-Length is more than 2^63 - 1") }
      length = next
    }
    return length
  }
}

/// How the body of a response ends. RFC 9112 §6.3
package enum ResponseFraming {
  /// - Parameter method: of the request that it answers.
  package static func of(
    _ index: borrowing HeadIndex, _ bytes: Span<UInt8>, to method: HeadIndex.Method
  ) throws(HeadFault) -> BodyFraming {
    // Not even looked at: the tunnel begins behind the head, whatever the fields say. RFC 9110 §9.3.6
    if method == .connect, (200..<300).contains(index.status) { return .untilClose }
    // Looked at even where there is no body: what contradicts itself is not to be trusted with the next one either.
    let framing = try RequestFraming.framing(index, bytes, bodyWithoutLength: .untilClose)
    switch index.status {
    case 100..<200, 204, 304: return .none
    default: return method == .head ? .none : framing
    }
  }
}
