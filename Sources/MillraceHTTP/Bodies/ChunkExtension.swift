/// A place in the extensions of a chunk, which are read only to be thrown away: to the letter all the same, for what is
/// an extension for one reader may be a line for another. RFC 9112 §7.1.1
///
///     chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
enum ChunkExtension: Equatable {
  /// In white space that a semicolon ends.
  case beforeSemicolon
  case beforeName, name
  /// In white space behind a name: of the "=" or of the next extension.
  case behindName
  case beforeValue, token
  case quoted, quotedPair, quotedEnd

  /// Where the byte behind a chunk's size leads; nil where it is none of an extension.
  static func behindSize(_ byte: UInt8) -> ChunkExtension? { quotedEnd.behind(byte) }

  /// CRLF may follow.
  var mayEnd: Bool {
    switch self {
    case .name, .token, .quotedEnd: true
    default: false
    }
  }

  /// Where the next byte leads; nil where it is none that may stand here.
  func behind(_ byte: UInt8) -> ChunkExtension? {
    switch self {
    case .quoted: behindQuoted(byte)
    case .quotedPair: ByteClass.isValue(byte) ? .quoted : nil
    default:
      switch byte {
      case UInt8(ascii: ";"): isBeforeWord ? nil : .beforeName
      case UInt8(ascii: "="): self == .name || self == .behindName ? .beforeValue : nil
      case UInt8(ascii: "\""): self == .beforeValue ? .quoted : nil
      case Ascii.space, Ascii.tab: behindSpace
      default: ByteClass.isToken(byte) ? behindToken : nil
      }
    }
  }

  private var isBeforeWord: Bool { self == .beforeName || self == .beforeValue }

  private var behindSpace: ChunkExtension {
    switch self {
    case .beforeName, .beforeValue: self
    case .name, .behindName: .behindName
    default: .beforeSemicolon
    }
  }

  private var behindToken: ChunkExtension? {
    switch self {
    case .beforeName, .name: .name
    case .beforeValue, .token: .token
    default: nil
    }
  }

  private func behindQuoted(_ byte: UInt8) -> ChunkExtension? {
    switch byte {
    case UInt8(ascii: "\""): .quotedEnd
    case UInt8(ascii: "\\"): .quotedPair
    default: ByteClass.isValue(byte) ? .quoted : nil
    }
  }
}
