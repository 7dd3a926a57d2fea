extension PageWriter {
  /// A segment of a URL's path: all bytes but the unreserved ones of RFC 3986 (section 2.3) percent-encoded, so that it
  /// brings neither a scheme nor a query, a fragment or a further segment.
  mutating func segment(_ name: [UInt8]) {
    for byte in name {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        self.byte(byte)
      default:
        self.byte(UInt8(ascii: "%"))
        self.byte(Self.hexadecimal(byte >> 4))
        self.byte(Self.hexadecimal(byte & 15))
      }
    }
  }

  /// A link to `levels` directories above the one that is shown. It is relative, so that it holds behind a proxy that
  /// serves the tree below a path of its own.
  mutating func ancestor(_ levels: Int) {
    guard levels > 0 else { return literal("./") }
    for _ in 0..<levels { literal("../") }
  }

  /// A digit from 0 to 15, in capitals as RFC 3986 (section 2.1) wants them.
  static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
  }
}
