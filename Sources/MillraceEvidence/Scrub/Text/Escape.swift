/// One escaped character: what it stands for, and how many bytes of source it takes.
struct Escape {
  enum Meaning {
    case byte(UInt8)
    case scalar(Unicode.Scalar)
  }

  var meaning: Meaning
  var length: Int

  /// The escape at a place, of whatever kind.
  static func any(in text: Span<UInt8>, at start: Int, end: Int) -> Escape? {
    switch text[start] {
    case UInt8(ascii: "%"): percent(text, start, end)
    case UInt8(ascii: "\\"): backslash(text, start, end)
    default: entity(text, start, end)
    }
  }

  /// The escape of a JSON string at a place. RFC 8259, section 7
  static func json(in text: Span<UInt8>, at start: Int, end: Int) -> Escape? {
    guard text[start] == UInt8(ascii: "\\"), start + 1 < end else { return nil }
    if text[start + 1] == UInt8(ascii: "\\") { return Escape(meaning: .byte(UInt8(ascii: "\\")), length: 2) }
    return backslash(text, start, end).bare
  }

  /// The same without a mark that it was escaped.
  var bare: Escape {
    guard case .byte(let byte) = meaning else { return self }
    let plain: UInt8 =
      switch byte {
      case EscapeMark.newline: 0x0A
      case EscapeMark.doubleQuote, EscapeMark.deepDoubleQuote: UInt8(ascii: "\"")
      case EscapeMark.singleQuote: UInt8(ascii: "'")
      default: byte
      }
    return Escape(meaning: .byte(plain), length: length)
  }

  /// `%40`, and `%2540` at any depth. RFC 3986, section 2.1
  static func percent(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Escape? {
    var at = start + 1
    while at + 3 < end, text[at] == UInt8(ascii: "2"), text[at + 1] == UInt8(ascii: "5"),
      text[at + 2].hexValue != nil, text[at + 3].hexValue != nil
    {
      at += 2
    }
    guard at + 1 < end, let high = text[at].hexValue, let low = text[at + 1].hexValue else { return nil }
    let byte = high << 4 | low
    let isBare = byte > 0x20 && byte != 0x7F && !("\"'`<>" as ByteSet).contains(byte)
    return Escape(meaning: .byte(isBare ? byte : EscapeMark.percent), length: at + 2 - start)
  }

  /// `\n`, `\"`, `\/`, `\x40`, `\u0040`, `\u{40}`, `\100`, behind any number of backslashes. A run of backslashes that
  /// escapes nothing reads as one.
  static func backslash(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Escape {
    var at = start
    while at < end, text[at] == UInt8(ascii: "\\") { at += 1 }
    let depth = at - start
    func escape(_ byte: UInt8, _ length: Int) -> Escape { Escape(meaning: .byte(byte), length: depth + length) }
    guard at < end else { return escape(UInt8(ascii: "\\"), 0) }
    switch text[at] {
    case UInt8(ascii: "n"), UInt8(ascii: "r"): return escape(EscapeMark.newline, 1)
    case UInt8(ascii: "t"): return escape(0x09, 1)
    case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "v"): return escape(0x0B, 1)
    case UInt8(ascii: "/"): return escape(UInt8(ascii: "/"), 1)
    case UInt8(ascii: "\""): return escape(depth == 1 ? EscapeMark.doubleQuote : EscapeMark.deepDoubleQuote, 1)
    case UInt8(ascii: "'"), EscapeMark.singleQuote: return escape(EscapeMark.singleQuote, 1)
    // A quote that was escaped in another way by the next encoding.
    case EscapeMark.doubleQuote, EscapeMark.deepDoubleQuote: return escape(EscapeMark.deepDoubleQuote, 1)
    case UInt8(ascii: "e"):
      if at + 1 < end, text[at + 1] == UInt8(ascii: "[") { return escape(0x1B, 1) }
    case UInt8(ascii: "x"):
      if at + 2 < end, let high = text[at + 1].hexValue, let low = text[at + 2].hexValue {
        return escape(marked(high << 4 | low), 3)
      }
    case UInt8(ascii: "0")...UInt8(ascii: "3"):
      // strace(1) writes three digits where one more follows, and fewer where none does: what a digit follows may be no
      // escape at all.
      if at + 2 < end, let middle = octal(text[at + 1]), let low = octal(text[at + 2]),
        at + 3 == end || !text[at + 3].isDigit
      {
        return escape(marked((text[at] - 0x30) << 6 | middle << 3 | low), 3)
      }
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      if let (scalar, length) = unicode(text, at, end) {
        return Escape(meaning: meaning(scalar), length: depth + length)
      }
    default: break
    }
    return escape(UInt8(ascii: "\\"), 0)
  }

  /// `&#64;`, `&#x40;`, `&commat;`, `&amp;#64;` at any depth, with and without the semicolon where browsers need none.
  static func entity(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Escape? {
    var at = start + 1
    while at + 4 <= end, text[at].folded == UInt8(ascii: "a"), text[at + 1].folded == UInt8(ascii: "m"),
      text[at + 2].folded == UInt8(ascii: "p"), text[at + 3] == UInt8(ascii: ";")
    {
      at += 4
    }
    if let (scalar, next) = numericEntity(text, at, end) ?? Entities.named(text, at, end) {
      return Escape(meaning: meaning(scalar), length: next - start)
    }
    return at > start + 1 ? Escape(meaning: .byte(UInt8(ascii: "&")), length: at - start) : nil
  }

  private static func numericEntity(
    _ text: Span<UInt8>, _ start: Int, _ end: Int
  ) -> (scalar: Unicode.Scalar, next: Int)? {
    guard start < end, text[start] == UInt8(ascii: "#") else { return nil }
    var at = start + 1
    let isHex = at < end && text[at].folded == UInt8(ascii: "x")
    if isHex { at += 1 }
    let first = at
    var value: UInt32 = 0
    while at < end, at - first < 8, let digit = text[at].hexValue, isHex || digit < 10 {
      value = value &* (isHex ? 16 : 10) &+ UInt32(digit)
      at += 1
    }
    guard at > first, let scalar = Unicode.Scalar(value) else { return nil }
    if at < end, text[at] == UInt8(ascii: ";") { return (scalar, at + 1) }
    return value > 0x20 ? (scalar, at) : nil
  }

  /// From the `u` on: four digits (two times for what UTF-16 has in two), eight after `U`, or any number in braces.
  private static func unicode(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (Unicode.Scalar, Int)? {
    func number(_ at: Int, _ digits: Int) -> UInt32? {
      guard at + digits <= end else { return nil }
      var value: UInt32 = 0
      for place in at..<at + digits {
        guard let digit = text[place].hexValue else { return nil }
        value = value << 4 | UInt32(digit)
      }
      return value
    }
    if text[start] == UInt8(ascii: "U") {
      return number(start + 1, 8).flatMap { Unicode.Scalar($0) }.map { ($0, 9) }
    }
    if start + 1 < end, text[start + 1] == UInt8(ascii: "{") {
      var close = start + 2
      while close < end, close - start < 9, text[close].hexValue != nil { close += 1 }
      guard close < end, close > start + 2, text[close] == UInt8(ascii: "}"),
        let scalar = number(start + 2, close - start - 2).flatMap({ Unicode.Scalar($0) })
      else { return nil }
      return (scalar, close + 1 - start)
    }
    guard let first = number(start + 1, 4) else { return nil }
    if let scalar = Unicode.Scalar(first) { return (scalar, 5) }
    // The first half of a pair; the other one stands behind as many backslashes.
    var at = start + 5
    while at < end, text[at] == UInt8(ascii: "\\") { at += 1 }
    guard first < 0xDC00, at > start + 5, at < end, text[at] == UInt8(ascii: "u"), let second = number(at + 1, 4),
      (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { return nil }
    return (scalar, at + 5 - start)
  }

  private static func octal(_ byte: UInt8) -> UInt8? { (0x30...0x37).contains(byte) ? byte - 0x30 : nil }

  private static func marked(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "\""): EscapeMark.doubleQuote
    case UInt8(ascii: "'"): EscapeMark.singleQuote
    case 0x0A, 0x0D: EscapeMark.newline
    default: byte
    }
  }

  private static func meaning(_ scalar: Unicode.Scalar) -> Meaning {
    scalar.isASCII ? .byte(marked(UInt8(truncatingIfNeeded: scalar.value))) : .scalar(scalar)
  }
}
