/// What becomes of an IPv4 address.
enum IPv4Range {
  /// It says nothing of a machine: loopback, unspecified, multicast, broadcast, a netmask.
  case stays
  /// It is one that stands for others.
  case documentation
  case ordinary

  static let loopback: UInt32 = 0x7F00_0001

  static func of(_ address: UInt32) -> IPv4Range {
    switch address >> 24 {
    // RFC 1122, section 3.2.1.3: this host, and loopback.
    case 0 where address == 0, 127: return .stays
    // Multicast, RFC 5771.
    case 224...239: return .stays
    // Ones and then zeros: a netmask, or the broadcast.
    case 255 where (~address & (~address &+ 1)) == 0: return .stays
    default: break
    }
    // RFC 5737, and RFC 2544 for the last one.
    switch address & 0xFFFF_FF00 {
    case 0xC000_0200, 0xC633_6400, 0xCB00_7100: return .documentation
    default: return address & 0xFFFE_0000 == 0xC612_0000 ? .documentation : .ordinary
    }
  }

  /// The image with this number: 254 addresses of each of the three networks, then 131,072 of 198.18.0.0/15.
  static func documentation(at number: UInt32) -> UInt32? {
    switch number {
    case 0..<254: 0xC000_0201 + number
    case 254..<508: 0xC633_6401 + (number - 254)
    case 508..<762: 0xCB00_7101 + (number - 508)
    case 762..<(762 + 0x20000): 0xC612_0000 + (number - 762)
    default: nil
    }
  }
}

/// What becomes of an IPv6 address.
enum IPv6Range {
  /// Loopback, unspecified, a multicast group; or too near to zero to be anybody's.
  case stays
  /// One that stands for others, with its number if it could be one of ours.
  case documentation(UInt32?)
  /// The group in which the last 24 bits of an address are asked for: they are often those of a MAC address.
  /// RFC 4291, section 2.7.1
  case neighbours(UInt32)
  /// A group with the prefix of a network in it. RFC 3306
  case multicast
  case ordinary

  private static let documentation: UInt64 = 0x2001_0DB8_0000_0000

  static func of(_ address: IPv6) -> IPv6Range {
    if address.high == 0, address.low <= 0xFFFF { return .stays }
    if address.high >> 32 == documentation >> 32 {
      let isOurs = address.high == documentation && address.low <= UInt64(UInt32.max)
      return .documentation(isOurs ? UInt32(truncatingIfNeeded: address.low) : nil)
    }
    guard address.high >> 56 == 0xFF else { return .ordinary }
    if address.high == 0xFF02_0000_0000_0000, address.low >> 24 == 0x01_FF {
      return .neighbours(UInt32(truncatingIfNeeded: address.low & 0xFF_FFFF))
    }
    // The flag P.
    guard address.high >> 52 & 0x2 != 0 else { return .stays }
    // ff3s:20:2001:db8::n is one of ours.
    if address.high & 0xFFFF_FFFF == documentation >> 32 { return .documentation(nil) }
    return .multicast
  }

  static func neighbours(of bits: UInt32) -> IPv6 {
    IPv6(high: 0xFF02_0000_0000_0000, low: 0x1_FF00_0000 | UInt64(bits))
  }

  /// The image with this number: an address in 2001:db8::/32, or for a group a group of that network.
  static func image(_ number: UInt32, of address: IPv6) -> IPv6 {
    guard address.high >> 56 == 0xFF else { return IPv6(high: documentation, low: UInt64(number)) }
    return IPv6(
      high: address.high & 0xFFFF_0000_0000_0000 | 0x20_0000_0000 | documentation >> 32, low: UInt64(number))
  }
}

/// What becomes of a MAC address.
enum HardwareRange {
  /// Nobody's, everybody's, or a group's.
  case stays
  /// In 02:00:00, with its number.
  case local(UInt32)
  /// The Ethernet group of ``IPv6Range/neighbours(_:)``. RFC 2464, section 7
  case neighbours(UInt32)
  case ordinary

  static func of(_ address: UInt64) -> HardwareRange {
    if address >> 24 == 0x3333FF { return .neighbours(UInt32(truncatingIfNeeded: address & 0xFF_FFFF)) }
    // The lowest bit of the first byte says that it is a group's.
    if address == 0 || address >> 40 & 1 == 1 { return .stays }
    if address >> 24 == 0x020000 { return .local(UInt32(truncatingIfNeeded: address & 0xFF_FFFF)) }
    return .ordinary
  }

  static func image(_ number: UInt32) -> UInt64 { 0x0200_0000_0000 | UInt64(number) }

  static func neighbours(of bits: UInt32) -> UInt64 { 0x3333_FF00_0000 | UInt64(bits) }
}
