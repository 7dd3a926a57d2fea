/// Lets nothing through but UTF-8 without NUL, in pieces of any size. Text in another encoding would hide what is in it,
/// and a NUL stands in binary files.
struct UTF8Check {
  /// What is missing of a character: how many bytes, and which ones may come next.
  private var missing = 0
  private var next: ClosedRange<UInt8> = 0x80...0xBF

  mutating func feed(_ bytes: ArraySlice<UInt8>) throws(RefusedContent) {
    let text = bytes.span
    for at in text.indices {
      let byte = text[at]
      if missing == 0, byte < 0x80 {
        if byte == 0 { throw .binary }
        continue
      }
      try take(byte)
    }
  }

  mutating func end() throws(RefusedContent) {
    guard missing == 0 else { throw .notUTF8 }
  }

  /// The table of the Unicode standard, section 3.9, "well-formed UTF-8 byte sequences".
  private mutating func take(_ byte: UInt8) throws(RefusedContent) {
    if missing > 0 {
      guard next.contains(byte) else { throw .notUTF8 }
      missing -= 1
      next = 0x80...0xBF
      return
    }
    switch byte {
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, next) = (2, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: missing = 2
    case 0xED: (missing, next) = (2, 0x80...0x9F)
    case 0xF0: (missing, next) = (3, 0x90...0xBF)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, next) = (3, 0x80...0x8F)
    default: throw .notUTF8
    }
  }
}

extension RefusedContent {
  static let binary = RefusedContent("it is binary, and no pcap or pcapng capture")
  static let notUTF8 = RefusedContent("it is not UTF-8 text, and no pcap or pcapng capture")
}
