/// JSON (RFC 8259), of which strings and numbers need care.
extension PageWriter {
  /// A string, in quotes. Bytes that are not UTF-8 become U+FFFD.
  mutating func json(_ text: [UInt8]) {
    // Only what was decoded once is known to be UTF-8; ASCII always is.
    if text.allSatisfy({ $0 < 0x80 }) { jsonString(text) } else { json(String(decoding: text, as: UTF8.self)) }
  }

  /// A string, in quotes.
  mutating func json(_ text: String) { jsonString(text.utf8) }

  /// A number with at most three decimals and never an exponent; null if it is not finite. Magnitudes above 9 · 10¹⁵
  /// are written as that: no rate or time of a transfer comes near it.
  mutating func json(_ number: Double) {
    guard number.isFinite else { return literal("null") }
    let thousandths = Int64((min(max(number, -9e15), 9e15) * 1000).rounded())
    if thousandths < 0 { byte(UInt8(ascii: "-")) }
    decimal(thousandths.magnitude / 1000)
    byte(UInt8(ascii: "."))
    var decimals = Int(thousandths.magnitude % 1000)
    var width = 3
    while width > 1, decimals.isMultiple(of: 10) {
      decimals /= 10
      width -= 1
    }
    padded(decimals, width: width)
  }

  private mutating func jsonString(_ text: some Collection<UInt8>) {
    byte(UInt8(ascii: "\""))
    // Some readers, Foundation's among them, drop a byte order mark at the beginning of a string.
    let hasMark = text.starts(with: "\u{FEFF}".utf8)
    if hasMark { literal(#"\uFEFF"#) }
    for unit in text.dropFirst(hasMark ? 3 : 0) {
      switch unit {
      case UInt8(ascii: "\""): literal(#"\""#)
      case UInt8(ascii: "\\"): literal(#"\\"#)
      case UInt8(ascii: "\n"): literal(#"\n"#)
      case UInt8(ascii: "\r"): literal(#"\r"#)
      case UInt8(ascii: "\t"): literal(#"\t"#)
      case 0x00..<0x20:
        literal(#"\u00"#)
        byte(Self.hexadecimal(unit >> 4))
        byte(Self.hexadecimal(unit & 15))
      default: byte(unit)
      }
    }
    byte(UInt8(ascii: "\""))
  }

  /// Bytes in Base64 with padding (RFC 4648, section 4), without quotes.
  mutating func base64(_ data: [UInt8]) {
    for start in stride(from: 0, to: data.count, by: 3) {
      let group = data[start..<min(start + 3, data.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        let isPadding = place > group.count
        byte(isPadding ? UInt8(ascii: "=") : Self.base64Digits[bits >> (18 - 6 * place) & 63])
      }
    }
  }

  private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
