/// The bytes of a page, written from front to back. Markup comes from literals alone; everything else goes through a
/// function that escapes it, so that no name becomes an element.
struct PageWriter {
  /// What is written so far: UTF-8.
  private(set) var bytes: [UInt8] = []

  /// - Parameter capacity: Bytes to make room for at once.
  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Markup, or the punctuation of JSON, as it stands.
  mutating func literal(_ literal: StaticString) {
    literal.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  /// A number in decimal digits.
  mutating func decimal(_ number: some BinaryInteger) {
    bytes.append(contentsOf: String(number).utf8)
  }

  /// A number from 0 on, with zeros before it up to `width` digits.
  mutating func padded(_ number: Int, width: Int) {
    let digits = String(number).utf8
    for _ in 0..<max(0, width - digits.count) { bytes.append(UInt8(ascii: "0")) }
    bytes.append(contentsOf: digits)
  }

  /// One byte, which the caller knows to be harmless where it stands.
  mutating func byte(_ byte: UInt8) { bytes.append(byte) }

  /// One character of text: those that mean something to HTML in content or in a quoted attribute become references.
  mutating func escaped(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "&": literal("&amp;")
    case "<": literal("&lt;")
    case ">": literal("&gt;")
    case "\"": literal("&quot;")
    case "'": literal("&#39;")
    default: bytes.append(contentsOf: scalar.utf8)
    }
  }
}
