/// IP packets: addresses replaced, what carries others emptied, checksums made right again.
enum InternetPacket {
  /// IP in IP in IP is a loop or an attack.
  private static let deepest = 4

  /// The part of a packet that a transport has: where it begins, how long it was on the wire, and the sum of the pseudo
  /// header in front of it.
  struct Transport {
    var offset: Int
    var length: Int
    var number: UInt8
    var seed: InternetChecksum
    var isIPv6: Bool
    var depth: Int

    /// Where it ends, in the capture.
    var end: Int { offset + length }
  }

  /// - Parameter length: what there was on the wire from `offset` on.
  static func ipv4(_ packet: inout Packet, _ offset: Int, length: Int, depth: Int = 0) throws(RefusedContent) {
    guard depth < deepest, let first = packet.byte(offset), first >> 4 == 4, first & 0xF >= 5 else {
      return packet.empty(from: offset)
    }
    let header = Int(first & 0xF) * 4
    for place in [12, 16] where offset + place < packet.count { try packet.replaceIPv4(at: offset + place) }
    ipv4Options(&packet, offset + 20..<offset + header)
    packet.writeChecksum(at: offset + 10, over: offset..<offset + header)
    guard packet.has(offset, header), let total = packet.number16(offset + 2),
      let fragment = packet.number16(offset + 6),
      let number = packet.byte(offset + 9)
    else { return packet.empty(from: offset + header) }
    // Zero is what a segmenting card leaves of a packet that is too long for the field.
    let whole = max(header, total == 0 ? length : total)
    packet.end(at: offset + whole)
    let transport = offset + header
    guard fragment & 0x1FFF == 0 else { return packet.empty(from: transport) }
    var seed = InternetChecksum()
    seed.add(packet.bytes, offset + 12..<offset + 20)
    seed.add(Int(number))
    try content(
      &packet,
      Transport(
        offset: transport, length: whole - header, number: number, seed: seed, isIPv6: false, depth: depth))
  }

  /// Those that say nothing of the way stay: end, nothing, router alert. RFC 791, RFC 2113
  private static func ipv4Options(_ packet: inout Packet, _ range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound, let kind = packet.byte(at) {
      if kind == 0 { return packet.empty(at..<range.upperBound) }
      if kind == 1 {
        at += 1
        continue
      }
      guard let length = packet.byte(at + 1), length >= 2, at + Int(length) <= range.upperBound else {
        return packet.fill(at..<range.upperBound, with: 1)
      }
      if kind != 148 { packet.fill(at..<at + Int(length), with: 1) }
      at += Int(length)
    }
  }

  static func ipv6(_ packet: inout Packet, _ offset: Int, length: Int, depth: Int = 0) throws(RefusedContent) {
    guard depth < deepest, let first = packet.byte(offset), first >> 4 == 6 else { return packet.empty(from: offset) }
    for place in [8, 24] where offset + place < packet.count { try packet.replaceIPv6(at: offset + place) }
    guard packet.has(offset, 40), let payload = packet.number16(offset + 4), let next = packet.byte(offset + 6) else {
      return packet.empty(from: offset + 40)
    }
    // A jumbo payload, or one that a segmenting card left.
    let whole = payload == 0 ? max(length, 40) : payload + 40
    packet.end(at: offset + whole)
    var seed = InternetChecksum()
    seed.add(packet.bytes, offset + 8..<offset + 40)
    guard let (number, at) = IPv6Extensions.pass(&packet, offset + 40, next: next) else { return }
    seed.add(Int(number))
    try content(
      &packet,
      Transport(
        offset: at, length: max(0, offset + whole - at), number: number, seed: seed, isIPv6: true, depth: depth))
  }

  /// What stands behind the headers of IP.
  private static func content(_ packet: inout Packet, _ transport: Transport) throws(RefusedContent) {
    switch (transport.number, transport.isIPv6) {
    case (6, _): TransportPacket.tcp(&packet, transport)
    case (17, _): TransportPacket.udp(&packet, transport)
    case (1, false): try ControlMessage.icmp(&packet, transport)
    case (58, true): try ControlMessage.icmpv6(&packet, transport)
    case (2, false): try ControlMessage.igmp(&packet, transport)
    case (4, _): try ipv4(&packet, transport.offset, length: transport.length, depth: transport.depth + 1)
    case (41, _): try ipv6(&packet, transport.offset, length: transport.length, depth: transport.depth + 1)
    default: packet.empty(from: transport.offset)
    }
  }
}

/// The headers between that of IPv6 and the transport. RFC 8200, section 4
enum IPv6Extensions {
  /// Empties in them what carries addresses. Returns the transport and where it begins; nil where it is not to be seen.
  static func pass(_ packet: inout Packet, _ start: Int, next: UInt8) -> (number: UInt8, offset: Int)? {
    var number = next
    var at = start
    // More than a handful is nobody's packet.
    for _ in 0..<16 {
      switch number {
      case 0, 60, 43:
        guard packet.has(at, 2) else {
          packet.empty(from: at)
          return nil
        }
        let length = 8 + Int(packet.bytes[at + 1]) * 8
        if number == 43 {
          // A type that nobody knows and no segments left: the checksum goes by the address in the header then.
          packet.fill(at + 2..<at + 3, with: 253)
          packet.empty(at + 3..<at + length)
        } else {
          options(&packet, at + 2..<at + length)
        }
        number = packet.bytes[at]
        at += length
      case 44:
        guard packet.has(at, 8), let place = packet.number16(at + 2) else {
          packet.empty(from: at)
          return nil
        }
        number = packet.bytes[at]
        at += 8
        if place & 0xFFF8 != 0 {
          packet.empty(from: at)
          return nil
        }
      default: return (number, at)
      }
    }
    packet.empty(from: at)
    return nil
  }

  /// Padding, router alert and jumbo payload stay; others become padding of their length.
  private static func options(_ packet: inout Packet, _ range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound, let kind = packet.byte(at) {
      if kind == 0 {
        at += 1
        continue
      }
      guard let length = packet.byte(at + 1), at + 2 + Int(length) <= range.upperBound else {
        return packet.empty(at..<range.upperBound)
      }
      if kind != 0x05, kind != 0xC2 {
        packet.fill(at..<at + 1, with: 1)
        packet.empty(at + 2..<at + 2 + Int(length))
      }
      at += 2 + Int(length)
    }
  }
}
