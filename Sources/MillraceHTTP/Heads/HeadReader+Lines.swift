// The first lines: RFC 9112 §3 and §4.
extension HeadReader {
  /// The longest method that is looked at before the rest of the line.
  private static let longestMethod = 32

  /// method SP request-target SP HTTP-version CRLF; answers where the fields begin.
  func readRequestLine(_ bytes: Span<UInt8>, from start: Int, into index: inout HeadIndex) throws(HeadFault) -> Int? {
    let count = bytes.count
    var at = start
    while at < count, ByteClass.isToken(bytes[at]) { at += 1 }
    if at - start > Self.longestMethod { throw HeadFault(501, "the method is longer than any that is known") }
    guard at < count else { return nil }
    guard bytes[at] == Ascii.space, at > start else {
      throw HeadFault("the request line does not begin with a method and a space")
    }
    index.methodPlace = HeadIndex.Place(start..<at)
    index.method = Self.method(bytes, start..<at)
    at += 1
    let from = at
    // Visible ASCII: anything else is percent-encoded in a target. RFC 3986 §2
    while at < count, bytes[at] > Ascii.space, bytes[at] < 0x7F { at += 1 }
    guard at < count else { return nil }
    guard bytes[at] == Ascii.space else {
      switch bytes[at] {
      case Ascii.carriageReturn, Ascii.lineFeed: throw HeadFault("the request line has no version")
      case let byte: throw HeadFault("the request target has the byte \(Self.hex(byte)), which no target has")
      }
    }
    guard at > from else { throw HeadFault("the request line has two spaces where one is expected") }
    try readTarget(bytes, from..<at, &index)
    guard let next = try readVersion(bytes, from: at + 1, &index) else { return nil }
    guard next + 1 < count else {
      guard next == count || bytes[next] == Ascii.carriageReturn else { throw Self.afterVersion }
      return nil
    }
    guard bytes[next] == Ascii.carriageReturn, bytes[next + 1] == Ascii.lineFeed else { throw Self.afterVersion }
    return next + 2
  }

  private static let afterVersion = HeadFault("the request line goes on after its version, or does not end in CRLF")

  /// HTTP-version SP status-code SP [reason-phrase] CRLF. The space before a reason that is not there is often missing, too.
  func readStatusLine(_ bytes: Span<UInt8>, into index: inout HeadIndex) throws(HeadFault) -> Int? {
    guard var at = try readVersion(bytes, from: 0, &index) else { return nil }
    let count = bytes.count
    guard at + 4 < count else { return nil }
    guard bytes[at] == Ascii.space else { throw HeadFault("the status line has no space after its version") }
    var status = 0
    for place in at + 1..<at + 4 {
      guard ByteClass.isDigit(bytes[place]) else { throw HeadFault("a status is three digits") }
      status = status * 10 + Int(bytes[place] - 0x30)
    }
    guard (100...599).contains(status) else { throw HeadFault("the status is \(status); 100 to 599 is expected") }
    index.status = status
    at += 4
    let hasReason = bytes[at] == Ascii.space
    if hasReason { at += 1 }
    let from = at
    while hasReason, at < count, ByteClass.isValue(bytes[at]) { at += 1 }
    guard at + 1 < count else { return nil }
    guard bytes[at] == Ascii.carriageReturn, bytes[at + 1] == Ascii.lineFeed else {
      throw HeadFault("the status line does not end in CRLF")
    }
    index.reason = HeadIndex.Place(from..<at)
    return at + 2
  }

  /// "HTTP/1." and a digit. Of a later minor version the rules of 1.1 hold (RFC 9110 §2.5).
  private func readVersion(_ bytes: Span<UInt8>, from start: Int, _ index: inout HeadIndex) throws(HeadFault) -> Int? {
    let wanted: StaticString = "HTTP/"
    let length = 8
    let present = min(length, bytes.count - start)
    for offset in 0..<present {
      let byte = bytes[start + offset]
      let isRight: Bool =
        switch offset {
        case 0..<5: unsafe byte == wanted.utf8Start[offset]
        case 6: byte == UInt8(ascii: ".")
        default: ByteClass.isDigit(byte)
        }
      guard isRight else { throw HeadFault("the version is not HTTP/1.1 or HTTP/1.0") }
    }
    guard present == length else { return nil }
    guard bytes[start + 5] == UInt8(ascii: "1") else {
      throw HeadFault(505, "the version is HTTP/\(bytes[start + 5] - 0x30); HTTP/1.1 or HTTP/1.0 is expected")
    }
    index.minorVersion = min(1, bytes[start + 7] - 0x30)
    return start + length
  }

  private static func method(_ bytes: Span<UInt8>, _ place: Range<Int>) -> HeadIndex.Method {
    // By its length and its first letter there is one candidate.
    let candidate: (HeadIndex.Method, StaticString)
    switch (place.count, bytes[place.lowerBound]) {
    case (3, UInt8(ascii: "G")): candidate = (.get, "GET")
    case (3, UInt8(ascii: "P")): candidate = (.put, "PUT")
    case (4, UInt8(ascii: "H")): candidate = (.head, "HEAD")
    case (4, UInt8(ascii: "P")): candidate = (.post, "POST")
    case (5, UInt8(ascii: "P")): candidate = (.patch, "PATCH")
    case (5, UInt8(ascii: "T")): candidate = (.trace, "TRACE")
    case (6, UInt8(ascii: "D")): candidate = (.delete, "DELETE")
    case (7, UInt8(ascii: "O")): candidate = (.options, "OPTIONS")
    case (7, UInt8(ascii: "C")): candidate = (.connect, "CONNECT")
    default: return .other
    }
    for (offset, at) in place.enumerated() where unsafe bytes[at] != candidate.1.utf8Start[offset] { return .other }
    return candidate.0
  }
}
