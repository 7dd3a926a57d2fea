/// What a byte may be in a head. RFC 9110 §5.5, §5.6.2; RFC 3986 §2, §3.2.2
///
/// A bit for each ASCII character, in the code itself: no table in memory, and no initialiser to run.
enum ByteClass {
  /// tchar, what names and methods are made of: letters, digits and !#$%&'*+-.^_`|~
  static func isToken(_ byte: UInt8) -> Bool { has(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE) }

  /// What a registered name is made of: letters, digits and !$%&'()*+,-.;=_~
  static func isHost(_ byte: UInt8) -> Bool { has(byte, 0x2BFF_7FF2_0000_0000, 0x47FF_FFFE_87FF_FFFE) }

  /// What a value is made of: visible characters, anything above ASCII, space and tab.
  static func isValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// A hexadecimal digit's value; nil for anything else.
  static func hexValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- 0x30 }
    let letter = lowercased(byte) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }

  static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  private static func has(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
    byte < 64 ? (low >> UInt64(byte)) & 1 == 1 : byte < 128 && (high >> UInt64(byte &- 64)) & 1 == 1
  }
}

/// The bytes that a head is written with.
enum Ascii {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let comma: UInt8 = 0x2C
  static let slash: UInt8 = 0x2F
  static let colon: UInt8 = 0x3A
}
