@testable import MillraceEvidence

/// Packets for tests, with checksums that are wrong as those of a card that fills them in later are.
enum Frames {
  static let local: UInt64 = 0x001B_4411_3AB7
  static let remote: UInt64 = 0x001B_4499_8877
  static let local4: [UInt8] = [10, 20, 30, 40]
  static let remote4: [UInt8] = [10, 20, 30, 41]
  static let local6: [UInt8] = [0x2A, 1, 4, 0xF8, 0xC, 0xC, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]
  static let remote6: [UInt8] = [0x2A, 1, 4, 0xF8, 0xC, 0xC, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8]
  /// What an application sent; none of it may be left.
  static let content = Array("GET /secret-of-carol HTTP/1.1\r\nCookie: hunter2\r\n\r\n!".utf8)

  static func number(_ value: Int, _ length: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: value >> ((length - 1 - $0) * 8)) }
  }

  static func hardware(_ address: UInt64) -> [UInt8] { number(Int(address), 6) }

  static func ethernet(_ type: Int, _ payload: [UInt8], tags: [Int] = []) -> [UInt8] {
    hardware(remote) + hardware(local) + tags.flatMap { number($0, 2) + [0, 42] } + number(type, 2) + payload
  }

  static func ipv4(
    _ transport: UInt8, _ payload: [UInt8], options: [UInt8] = [], fragment: Int = 0, total: Int? = nil
  ) -> [UInt8] {
    let header = 20 + options.count
    return [0x40 | UInt8(header / 4), 0] + number(total ?? header + payload.count, 2) + [0x12, 0x34]
      + number(fragment, 2)
      + [64, transport, 0xDE, 0xAD] + local4 + remote4 + options + payload
  }

  static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0x60, 1, 2, 3] + number(payload.count, 2) + [next, 64] + local6 + remote6 + payload
  }

  static func tcp(_ content: [UInt8] = content, options: [UInt8] = []) -> [UInt8] {
    number(51234, 2) + number(443, 2) + [
      1, 2, 3, 4, 5, 6, 7, 8, UInt8(20 + options.count) << 2, 0x18, 1, 0, 0xDE, 0xAD, 0, 0,
    ]
      + options + content
  }

  static func udp(_ content: [UInt8] = content, checksum: Int = 0xDEAD) -> [UInt8] {
    number(51234, 2) + number(53, 2) + number(8 + content.count, 2) + number(checksum, 2) + content
  }

  static func control(_ type: UInt8, _ code: UInt8 = 0, rest: [UInt8] = [0, 0, 0, 1], _ content: [UInt8]) -> [UInt8] {
    [type, code, 0xDE, 0xAD] + rest + content
  }

  /// A file with these packets.
  static func pcap(
    _ link: Int, _ packets: [[UInt8]], bigEndian: Bool = false, nanoseconds: Bool = false, snapLength: Int = 262_144
  ) -> [UInt8] {
    func ordered(_ bytes: [UInt8]) -> [UInt8] { bigEndian ? bytes : bytes.reversed() }
    var file = ordered(number(nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4, 4)) + ordered([0, 2]) + ordered([0, 4])
    file += [UInt8](repeating: 0, count: 8) + ordered(number(snapLength, 4)) + ordered(number(link, 4))
    for (place, packet) in packets.enumerated() {
      let captured = packet.prefix(snapLength)
      file += ordered(number(1_700_000_000, 4)) + ordered(number(place, 4))
      file += ordered(number(captured.count, 4)) + ordered(number(packet.count, 4)) + captured
    }
    return file
  }

  /// The packets of a file, little-endian.
  static func packets(_ file: [UInt8]) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    var at = 24
    while at + 16 <= file.count {
      let length = (0..<4).reduce(0) { $0 | Int(file[at + 8 + $1]) << ($1 * 8) }
      packets.append(Array(file[(at + 16)..<(at + 16 + length)]))
      at += 16 + length
    }
    return packets
  }
}

/// Checks checksums as a receiver does, with nothing of the code under test.
enum Receiver {
  /// The sum of all words with the carries brought back; all ones where it is right. RFC 1071, section 1
  static func sum(_ bytes: [UInt8]) -> Int {
    var sum = 0
    for (place, byte) in bytes.enumerated() { sum += place % 2 == 0 ? Int(byte) * 256 : Int(byte) }
    while sum > 65535 { sum = sum % 65536 + sum / 65536 }
    return sum
  }

  /// What is wrong with an IP packet, of which `missing` bytes at the end were not captured; nil if nothing is.
  static func complaint(_ packet: [UInt8], missing: Int = 0) -> String? {
    let whole = packet + [UInt8](repeating: 0, count: missing)
    guard let first = whole.first else { return "nothing" }
    if first >> 4 == 4 {
      let header = Int(first & 15) * 4
      if packet.count >= header, sum(Array(whole[..<header])) != 65535 { return "the IPv4 header" }
      let total = Int(whole[2]) * 256 + Int(whole[3])
      if (Int(whole[6]) * 256 + Int(whole[7])) & 0x3FFF != 0 { return nil }
      return transport(
        whole[9], Array(whole[header..<min(total, whole.count)]), Array(whole[12..<20]), captured: packet.count - header
      )
    }
    var next = whole[6]
    var at = 40
    while [0, 43, 60].contains(next) {
      (next, at) = (whole[at], at + 8 + Int(whole[at + 1]) * 8)
    }
    if next == 44 {
      if whole[at + 2] != 0 || whole[at + 3] != 0 { return nil }
      (next, at) = (whole[at], at + 8)
    }
    let end = 40 + Int(whole[4]) * 256 + Int(whole[5])
    return transport(next, Array(whole[at..<end]), Array(whole[8..<40]), captured: packet.count - at)
  }

  private static func transport(_ number: UInt8, _ bytes: [UInt8], _ addresses: [UInt8], captured: Int) -> String? {
    let pseudo =
      addresses + [0, number] + [UInt8(bytes.count / 65536), 0] + [
        UInt8(bytes.count / 256 % 256), UInt8(bytes.count % 256),
      ]
    switch number {
    case 6: return captured >= 18 && sum(pseudo + bytes) != 65535 ? "TCP" : nil
    case 17:
      if captured < 8 || bytes[6] == 0 && bytes[7] == 0 { return nil }
      return sum(pseudo + bytes) != 65535 ? "UDP" : nil
    case 1, 2: return captured >= 4 && sum(bytes) != 65535 ? "ICMP or IGMP" : nil
    case 58: return captured >= 4 && sum(pseudo + bytes) != 65535 ? "ICMPv6" : nil
    default: return nil
    }
  }
}
