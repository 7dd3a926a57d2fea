/// Text of others in a page: a name may be any bytes, and one that hides characters, or turns the line round, must not
/// pass for another.
extension PageWriter {
  /// The text as content of an element: what cannot be seen stands in a span of class `c`, as a sign for it, and so do
  /// spaces at either end.
  mutating func content(_ text: [UInt8]) {
    let inner = text.drop { $0 == space }
    let leading = inner.startIndex
    let trailing = inner.isEmpty ? 0 : inner.reversed().prefix { $0 == space }.count
    spaces(leading)
    visible(text[leading..<(text.count - trailing)], open: #"<span class="c">"#, close: "</span>")
    spaces(trailing)
  }

  /// The same where no element may be: in a quoted attribute, or in `<title>`.
  mutating func plain(_ text: [UInt8]) {
    visible(text[...], open: "", close: "")
  }

  /// A sentence of the program, or what it quotes of others, as content.
  mutating func content(_ text: String) { content(Array(text.utf8)) }

  /// The same where no element may be.
  mutating func plain(_ text: String) { plain(Array(text.utf8)) }

  private var space: UInt8 { UInt8(ascii: " ") }

  private mutating func spaces(_ count: Int) {
    guard count > 0 else { return }
    literal(#"<span class="c">"#)
    for _ in 0..<count { byte(space) }
    literal("</span>")
  }

  private mutating func visible(_ text: ArraySlice<UInt8>, open: StaticString, close: StaticString) {
    // Nearly all names are plain ASCII, and these need no decoding.
    if text.allSatisfy({ (0x20...0x7e).contains($0) }) {
      for byte in text { escaped(Unicode.Scalar(byte)) }
    } else {
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        switch scalar.sign {
        case .none: escaped(scalar)
        case .some(let sign):
          literal(open)
          for scalar in sign.unicodeScalars { escaped(scalar) }
          literal(close)
        }
      }
    }
  }
}

extension Unicode.Scalar {
  /// What to show for a character that is not seen itself: the control pictures of Unicode (U+2400 to U+2421) where
  /// there is one, otherwise `\u{202E}`. nil for a character that can be seen, a space, and the joiners that emoji,
  /// Persian and the scripts of India are written with (U+200C and U+200D).
  fileprivate var sign: String? {
    switch value {
    case 0x00...0x1f: return Unicode.Scalar(0x2400 + value).map { String($0) }
    case 0x7f: return "\u{2421}"
    case 0x20...0x7e, 0x200c, 0x200d: return nil
    default: break
    }
    switch properties.generalCategory {
    // Format covers the marks, overrides and isolates of bidirectional text, the soft hyphen, and the byte order mark.
    case .control, .format, .lineSeparator, .paragraphSeparator: return code
    // U+FFFE, U+FFFF and their like, which HTML calls a parse error and XML forbids.
    default: return properties.isNoncharacterCodePoint ? code : nil
    }
  }

  private var code: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }
}
