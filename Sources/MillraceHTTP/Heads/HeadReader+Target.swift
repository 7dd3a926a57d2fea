// Whom a request is for: RFC 9112 §3.2 and §3.3, RFC 9110 §7.2.
extension HeadReader {
  func readTarget(_ bytes: Span<UInt8>, _ place: Range<Int>, _ index: inout HeadIndex) throws(HeadFault) {
    index.target = HeadIndex.Place(place)
    if index.method == .connect {
      index.targetForm = .authority
      guard try checkAuthority(bytes, place, "the target of CONNECT") != nil else {
        throw HeadFault("the target of CONNECT has no port")
      }
      index.authority = index.target
      return
    }
    switch bytes[place.lowerBound] {
    case Ascii.slash:
      index.targetForm = .origin
      try refuseFragment(bytes, place)
      index.pathAndQuery = index.target
    case UInt8(ascii: "*") where place.count == 1:
      guard index.method == .options else { throw HeadFault("the target * is for OPTIONS alone") }
      index.targetForm = .asterisk
    default:
      index.targetForm = .absolute
      try readAbsolute(bytes, place, &index)
    }
  }

  /// http://authority/path?query
  private func readAbsolute(
    _ bytes: Span<UInt8>, _ place: Range<Int>, _ index: inout HeadIndex
  ) throws(HeadFault) {
    guard let start = Self.afterScheme(bytes, place) else {
      throw HeadFault("the target begins neither with / nor with http:// or https://")
    }
    var end = start
    while end < place.upperBound, bytes[end] != Ascii.slash, bytes[end] != UInt8(ascii: "?"),
      bytes[end] != UInt8(ascii: "#")
    {
      end += 1
    }
    guard end > start else { throw HeadFault("the target has no host") }
    _ = try checkAuthority(bytes, start..<end, "the target")
    let rest = end..<place.upperBound
    try refuseFragment(bytes, rest)
    index.authority = HeadIndex.Place(start..<end)
    index.pathAndQuery = HeadIndex.Place(rest)
  }

  private static func afterScheme(_ bytes: Span<UInt8>, _ place: Range<Int>) -> Int? {
    let letters: StaticString = "http"
    guard place.count > 7 else { return nil }
    for offset in 0..<4 where unsafe ByteClass.lowercased(bytes[place.lowerBound + offset]) != letters.utf8Start[offset]
    {
      return nil
    }
    var at = place.lowerBound + 4
    if ByteClass.lowercased(bytes[at]) == UInt8(ascii: "s") { at += 1 }
    guard at + 3 <= place.upperBound, bytes[at] == Ascii.colon, bytes[at + 1] == Ascii.slash,
      bytes[at + 2] == Ascii.slash
    else { return nil }
    return at + 3
  }

  private func refuseFragment(_ bytes: Span<UInt8>, _ place: Range<Int>) throws(HeadFault) {
    for at in place where bytes[at] == UInt8(ascii: "#") {
      throw HeadFault("the target has a fragment, which no request has")
    }
  }

  /// A request of HTTP/1.1 has one Host, and a valid one; so has one of HTTP/1.0 that has any. RFC 9112 §3.2
  func checkHost(_ bytes: Span<UInt8>, _ index: inout HeadIndex) throws(HeadFault) {
    var host: HeadIndex.Place?
    for field in index.fields where field.known == .host {
      guard host == nil else { throw HeadFault("there is more than one Host") }
      host = field.value
    }
    guard let host else {
      if index.minorVersion >= 1 { throw HeadFault("there is no Host") }
      return
    }
    if !host.isEmpty { _ = try checkAuthority(bytes, host.range, "Host") }
    // The target's is the one that counts.
    if index.targetForm == .origin || index.targetForm == .asterisk { index.authority = host }
  }

  /// host [":" port]; answers where the port begins, nil where there is none. RFC 3986 §3.2
  private func checkAuthority(
    _ bytes: Span<UInt8>, _ place: Range<Int>, _ what: String
  ) throws(HeadFault) -> Int? {
    var at = place.lowerBound
    if bytes[at] == UInt8(ascii: "[") {
      at += 1
      while at < place.upperBound,
        bytes[at] == Ascii.colon || bytes[at] == UInt8(ascii: ".")
          || ByteClass.hexValue(bytes[at]) != nil
      {
        at += 1
      }
      guard at < place.upperBound, bytes[at] == UInt8(ascii: "]"), at > place.lowerBound + 2 else {
        throw HeadFault("\(what) has a [ without an IPv6 address and ] after it")
      }
      at += 1
    } else {
      while at < place.upperBound, ByteClass.isHost(bytes[at]) {
        if bytes[at] == UInt8(ascii: "%") {
          guard at + 2 < place.upperBound, ByteClass.hexValue(bytes[at + 1]) != nil,
            ByteClass.hexValue(bytes[at + 2]) != nil
          else { throw HeadFault("\(what) has a % without two hexadecimal digits after it") }
        }
        at += 1
      }
      guard at > place.lowerBound else { throw HeadFault("\(what) has no host before its port") }
    }
    guard at < place.upperBound else { return nil }
    guard bytes[at] == Ascii.colon else {
      throw HeadFault("\(what) has the byte \(Self.hex(bytes[at])), which no host has")
    }
    let port = at + 1
    var number = 0
    for at in port..<place.upperBound {
      guard ByteClass.isDigit(bytes[at]), number <= 65535 else {
        throw HeadFault("\(what) has a port that is no number from 0 to 65535")
      }
      number = number * 10 + Int(bytes[at] - 0x30)
    }
    guard number <= 65535 else { throw HeadFault("\(what) has a port that is no number from 0 to 65535") }
    return port < place.upperBound ? port : nil
  }
}
