/// The frames that are understood, by the numbers of tcpdump's list of link types.
enum LinkLayer: UInt32 {
  case null = 0
  case ethernet = 1
  /// Two numbers that systems gave to the same thing in the past.
  case rawBSD = 12
  case rawOpenBSD = 14
  case raw = 101
  case loop = 108
  case cooked = 113
  case ipv4 = 228
  case ipv6 = 229
  case cooked2 = 276

  /// - Parameter number: as it stands in the file; the upper half has flags.
  static func of(_ number: UInt32) throws(RefusedContent) -> LinkLayer {
    guard let layer = LinkLayer(rawValue: number & 0xFFFF) else {
      throw RefusedContent("it is a capture of a link type that is not known (\(number & 0xFFFF))")
    }
    return layer
  }

  /// Scrubs a frame in place.
  ///
  /// - Parameter length: how long it was on the wire, in bytes.
  func scrub(_ packet: inout Packet, length: Int) throws(RefusedContent) {
    switch self {
    case .ethernet: try Self.ethernet(&packet, length)
    case .null, .loop:
      // A family, of which every system has numbers of its own; the packet says which version it is.
      if packet.count < 4 { packet.empty(from: 0) }
      try Self.byVersion(&packet, 4, length)
    case .raw, .rawBSD, .rawOpenBSD: try Self.byVersion(&packet, 0, length)
    case .ipv4, .ipv6: try Self.byVersion(&packet, 0, length)
    case .cooked:
      // sll: type, ARPHRD, address length, address (8), protocol.
      try Self.cookedAddress(&packet, lengthAt: 5, addressAt: 6)
      try Self.cookedContent(&packet, 16, hardware: packet.number16(2), type: packet.number16(14), length)
    case .cooked2:
      // sll2: protocol, reserved, interface, ARPHRD, type, address length, address (8).
      try Self.cookedAddress(&packet, lengthAt: 11, addressAt: 12)
      try Self.cookedContent(&packet, 20, hardware: packet.number16(8), type: packet.number16(0), length)
    }
  }

  private static func ethernet(_ packet: inout Packet, _ length: Int) throws(RefusedContent) {
    try packet.replaceHardware(at: 0)
    if packet.count > 6 { try packet.replaceHardware(at: 6) }
    var offset = 12
    // 802.1Q, 802.1ad and what came before it; a tag is two bytes and the next type.
    while let type = packet.number16(offset), type == 0x8100 || type == 0x88A8 || type == 0x9100 { offset += 4 }
    guard let type = packet.number16(offset) else { return packet.empty(from: offset) }
    try content(&packet, offset + 2, type: type, length)
  }

  private static func content(_ packet: inout Packet, _ offset: Int, type: Int, _ length: Int) throws(RefusedContent) {
    switch type {
    case 0x0800: try InternetPacket.ipv4(&packet, offset, length: length - offset)
    case 0x86DD: try InternetPacket.ipv6(&packet, offset, length: length - offset)
    case 0x0806: try arp(&packet, offset)
    default: packet.empty(from: offset)
    }
  }

  private static func byVersion(_ packet: inout Packet, _ offset: Int, _ length: Int) throws(RefusedContent) {
    switch packet.byte(offset).map({ $0 >> 4 }) {
    case 4: try InternetPacket.ipv4(&packet, offset, length: length - offset)
    case 6: try InternetPacket.ipv6(&packet, offset, length: length - offset)
    default: packet.empty(from: offset)
    }
  }

  private static func cookedAddress(_ packet: inout Packet, lengthAt: Int, addressAt: Int) throws(RefusedContent) {
    if packet.byte(lengthAt) == 6, packet.has(addressAt, 8) {
      try packet.replaceHardware(at: addressAt)
      packet.empty(addressAt + 6..<addressAt + 8)
    } else {
      packet.empty(addressAt..<addressAt + 8)
    }
  }

  private static func cookedContent(
    _ packet: inout Packet, _ offset: Int, hardware: Int?, type: Int?, _ length: Int
  ) throws(RefusedContent) {
    // ARPHRD_NETLINK, where the protocol is a family of netlink.
    guard let type, hardware != 824 else { return packet.empty(from: offset) }
    var inner = type
    var offset = offset
    // A tag in between, as in Ethernet.
    while inner == 0x8100 || inner == 0x88A8, let next = packet.number16(offset + 2) {
      inner = next
      offset += 4
    }
    try content(&packet, offset, type: inner, length)
  }

  /// ARP for IPv4 over Ethernet. RFC 826
  private static func arp(_ packet: inout Packet, _ offset: Int) throws(RefusedContent) {
    guard packet.has(offset, 8), packet.number16(offset + 2) == 0x0800, packet.byte(offset + 4) == 6,
      packet.byte(offset + 5) == 4
    else { return packet.empty(from: offset + 8) }
    for (place, isHardware) in [(8, true), (14, false), (18, true), (24, false)] where offset + place < packet.count {
      if isHardware {
        try packet.replaceHardware(at: offset + place)
      } else {
        try packet.replaceIPv4(at: offset + place)
      }
    }
    packet.empty(from: offset + 28)
  }
}
