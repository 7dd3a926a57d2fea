/// ICMP, ICMPv6 and IGMP: types and numbers stay, addresses are replaced, contents go.
enum ControlMessage {
  static func icmp(_ packet: inout Packet, _ transport: InternetPacket.Transport) throws(RefusedContent) {
    let offset = transport.offset
    guard let type = packet.byte(offset) else { return }
    switch type {
    // Echo.
    case 0, 8: packet.empty(from: offset + 8)
    // Unreachable, quench, time exceeded, bad parameter.
    case 3, 4, 11, 12: try quoted(&packet, transport, type: type)
    case 5:
      if packet.count > offset + 4 { try packet.replaceIPv4(at: offset + 4) }
      try InternetPacket.ipv4(&packet, offset + 8, length: transport.length - 8, depth: transport.depth + 1)
    // Routers: without a number of addresses.
    case 9: packet.empty(from: offset + 4)
    case 10, 13...18: packet.empty(from: offset + 8)
    default: packet.empty(from: offset + 4)
    }
    packet.writeChecksum(at: offset + 2, over: offset..<transport.end)
  }

  /// The packet that an error speaks of, and without what may stand behind it: those objects carry addresses and names.
  /// RFC 4884
  private static func quoted(
    _ packet: inout Packet, _ transport: InternetPacket.Transport, type: UInt8
  ) throws(RefusedContent) {
    let offset = transport.offset
    let quote = offset + 8
    if type != 4, let words = packet.byte(offset + 5), words > 0 {
      packet.empty(from: quote + Int(words) * 4)
      packet.empty(offset + 5..<offset + 6)
    }
    try InternetPacket.ipv4(&packet, quote, length: transport.length - 8, depth: transport.depth + 1)
  }

  /// A group of IPv4 tells nothing; lists of sources do.
  static func igmp(_ packet: inout Packet, _ transport: InternetPacket.Transport) throws(RefusedContent) {
    let offset = transport.offset
    guard let type = packet.byte(offset) else { return }
    switch type {
    case 0x11, 0x12, 0x16, 0x17:
      if packet.count > offset + 4 { try packet.replaceIPv4(at: offset + 4) }
      packet.empty(from: offset + 8)
    default: packet.empty(from: offset + 4)
    }
    packet.writeChecksum(at: offset + 2, over: offset..<transport.end)
  }

  static func icmpv6(_ packet: inout Packet, _ transport: InternetPacket.Transport) throws(RefusedContent) {
    let offset = transport.offset
    guard let type = packet.byte(offset) else { return }
    switch type {
    case 1...4:
      // The length of a quote that objects stand behind. RFC 4884
      if type == 1 || type == 3, let words = packet.byte(offset + 4), words > 0 {
        packet.empty(from: offset + 8 + Int(words) * 8)
        packet.empty(offset + 4..<offset + 5)
      }
      try InternetPacket.ipv6(&packet, offset + 8, length: transport.length - 8, depth: transport.depth + 1)
    case 128, 129: packet.empty(from: offset + 8)
    // Listeners.
    case 130...132: try fields(&packet, transport, addresses: [8], end: 24, hasOptions: false)
    case 143: packet.empty(from: offset + 4)
    // Neighbours. RFC 4861, section 4
    case 133: try fields(&packet, transport, addresses: [], end: 8, hasOptions: true)
    case 134: try fields(&packet, transport, addresses: [], end: 16, hasOptions: true)
    case 135, 136: try fields(&packet, transport, addresses: [8], end: 24, hasOptions: true)
    case 137: try fields(&packet, transport, addresses: [8, 24], end: 40, hasOptions: true)
    default: packet.empty(from: offset + 4)
    }
    var seed = transport.seed
    seed.add(transport.length)
    packet.writeChecksum(at: offset + 2, over: offset..<transport.end, seed: seed)
  }

  private static func fields(
    _ packet: inout Packet, _ transport: InternetPacket.Transport, addresses: [Int], end: Int, hasOptions: Bool
  ) throws(RefusedContent) {
    let offset = transport.offset
    for place in addresses where packet.count > offset + place { try packet.replaceIPv6(at: offset + place) }
    guard hasOptions else { return packet.empty(from: offset + end) }
    var at = offset + end
    while at < packet.count {
      guard packet.has(at, 2), packet.bytes[at + 1] > 0 else { return packet.empty(from: at) }
      let length = Int(packet.bytes[at + 1]) * 8
      try option(&packet, at, length, transport)
      at += length
    }
  }

  /// Link-layer addresses, prefixes, a redirected packet and the MTU; of others the length alone is left.
  private static func option(
    _ packet: inout Packet, _ at: Int, _ length: Int, _ transport: InternetPacket.Transport
  ) throws(RefusedContent) {
    switch (packet.bytes[at], length) {
    case (1, 8), (2, 8):
      if packet.count > at + 2 { try packet.replaceHardware(at: at + 2) }
    case (3, 32):
      if packet.count > at + 16 { try packet.replaceIPv6(at: at + 16) }
    case (4, 16...):
      packet.empty(at + 2..<at + 8)
      try InternetPacket.ipv6(&packet, at + 8, length: length - 8, depth: transport.depth + 1)
    case (5, 8): break
    default: packet.empty(at + 2..<at + length)
    }
  }
}
