/// TCP and UDP: headers stay, contents go.
enum TransportPacket {
  static func tcp(_ packet: inout Packet, _ transport: InternetPacket.Transport) {
    let offset = transport.offset
    guard transport.length >= 20 else { return packet.empty(from: offset) }
    guard let first = packet.byte(offset + 12) else { return }
    let header = max(20, min(Int(first >> 4) * 4, transport.length))
    options(&packet, offset + 20..<offset + header)
    packet.empty(from: offset + header)
    var seed = transport.seed
    seed.add(transport.length)
    packet.writeChecksum(at: offset + 16, over: offset..<transport.end, seed: seed)
  }

  /// What stays says how a connection is tuned: the segment size, the window scale, selective acknowledgements and the
  /// timestamps. Others carry addresses (MPTCP), cookies and signatures, and become nothing. RFC 9293, section 3.2
  private static func options(_ packet: inout Packet, _ range: Range<Int>) {
    let nothing: UInt8 = 1
    var at = range.lowerBound
    while at < range.upperBound, let kind = packet.byte(at) {
      if kind == 0 { return packet.empty(at..<range.upperBound) }
      if kind == nothing {
        at += 1
        continue
      }
      guard let length = packet.byte(at + 1), length >= 2, at + Int(length) <= range.upperBound else {
        return packet.fill(at..<range.upperBound, with: nothing)
      }
      let isKept: Bool =
        switch (kind, length) {
        case (2, 4), (3, 3), (4, 2), (8, 10), (5, 10), (5, 18), (5, 26), (5, 34): true
        default: false
        }
      if !isKept { packet.fill(at..<at + Int(length), with: nothing) }
      at += Int(length)
    }
  }

  static func udp(_ packet: inout Packet, _ transport: InternetPacket.Transport) {
    let offset = transport.offset
    guard transport.length >= 8 else { return packet.empty(from: offset) }
    packet.empty(from: offset + 8)
    guard let field = packet.number16(offset + 4), let old = packet.number16(offset + 6) else {
      packet.empty(from: offset + 6)
      return
    }
    // None, which IPv4 allows, stays none.
    if old == 0, !transport.isIPv6 { return }
    var seed = transport.seed
    // Of a fragment the field is right, and the packet's length not.
    seed.add(field >= 8 ? field : transport.length)
    packet.writeChecksum(at: offset + 6, over: offset..<offset + 8, seed: seed, zeroIsNone: true)
  }
}
