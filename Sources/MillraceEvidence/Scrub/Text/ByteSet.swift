/// A set of bytes that is asked once per byte of text.
struct ByteSet: Sendable, Equatable {
  private var words = SIMD4<UInt64>()

  init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { insert(byte) }
  }

  mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

  func union(_ other: ByteSet) -> ByteSet {
    var both = self
    both.words |= other.words
    return both
  }

  var inverted: ByteSet {
    var others = self
    others.words = ~words
    return others
  }
}

extension ByteSet {
  static let lower = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
  static let upper = ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
  static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
  static let alphanumeric = lower.union(upper).union(digits)
  /// Letters and digits, and every byte of a character beyond ASCII.
  static let word = alphanumeric.union(ByteSet(0x80...0xFF))
  static let hex = digits.union("abcdefABCDEF")
  static let realLineEnds: ByteSet = "\n\r"
  /// Those that were escaped as well.
  static let lineEnds = realLineEnds.union(ByteSet([EscapeMark.newline]))
  static let blanks = ByteSet([0x20, 0x09, EscapeMark.percent])
  static let quotes = ("\"'`" as ByteSet).union(
    ByteSet([EscapeMark.doubleQuote, EscapeMark.deepDoubleQuote, EscapeMark.singleQuote]))
  static let whitespace: ByteSet = " \t\n\r\u{0B}\u{0C}\u{1A}"
  /// Where a URL in running text ends. What was percent-encoded belongs to the URL and does not end it.
  static let urlEnds = whitespace.union(quotes).union("<>")
  static let email = word.union("._%+-")
  static let domain = word.union("-.")
  static let key = alphanumeric.union("_-.")
  /// token68 of RFC 9110, section 11.2.
  static let token68 = alphanumeric.union("-._~+/=")
  static let base64 = alphanumeric.union("+/_-")
  static let nameOfUser = word.union("._-+@$")
}

extension ByteSet: ExpressibleByStringLiteral {
  init(stringLiteral text: String) { self.init(text.utf8) }
}

extension UInt8 {
  /// The letter in lower case, of ASCII alone.
  @inline(__always)
  var folded: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

  @inline(__always)
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }

  /// 0 to 15; nil where it is no hexadecimal digit.
  @inline(__always)
  var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
