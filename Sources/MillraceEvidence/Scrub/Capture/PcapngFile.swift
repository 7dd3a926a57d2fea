/// Scrubs a capture in the format pcapng: packets as in pcap, and of what it says beside them the numbers that packets
/// need. Names, comments, keys, statistics in words, and blocks that are not known are left out.
/// draft-ietf-opsawg-pcapng
struct PcapngFile {
  private enum BlockType {
    static let interface: UInt32 = 1
    static let packet: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let statistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6
    static let section: UInt32 = 0x0A0D_0D0A
  }

  /// Room for the longest packet and its options.
  private static let longestBlock = RefusedContent.longestPacket + (1 << 20)

  private let identities: Identities
  private var reader = CaptureReader()
  private var interfaces: [(link: LinkLayer, snapLength: Int)] = []
  private var hasSection = false
  /// What is still to come of a block that is left out.
  private var skipping = 0

  init(_ identities: Identities) { self.identities = identities }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    reader.append(bytes)
    while true {
      if skipping > 0 {
        let part = min(skipping, reader.count)
        reader.skip(part)
        skipping -= part
        guard skipping == 0 else { return }
      }
      guard reader.count >= 12 else { return }
      // The same in both orders.
      if reader.number32(0) == BlockType.section {
        switch reader.number32(8) {
        case 0x1A2B_3C4D: break
        case 0x4D3C_2B1A: reader.isBigEndian.toggle()
        default: throw .malformed
        }
        hasSection = true
        interfaces.removeAll()
      }
      guard hasSection else { throw .malformed }
      let type = reader.number32(0)
      let length = Int(reader.number32(4))
      guard length >= 12, length % 4 == 0 else { throw .malformed }
      switch type {
      case BlockType.section, BlockType.interface, BlockType.packet, BlockType.simplePacket, BlockType.statistics,
        BlockType.enhancedPacket:
        guard length <= Self.longestBlock else { throw .malformed }
        guard reader.count >= length else { return }
        guard Int(reader.number32(length - 4)) == length else { throw .malformed }
        let block = reader.take(length)
        try write(type, Array(block[8..<length - 4]), into: &output)
      default:
        identities.count(.captureMetadata)
        skipping = length
      }
    }
  }

  func end() throws(RefusedContent) {
    guard hasSection, skipping == 0, reader.count == 0 else { throw .cut }
  }

  // MARK: blocks

  private mutating func write(_ type: UInt32, _ body: [UInt8], into output: inout [UInt8]) throws(RefusedContent) {
    switch type {
    case BlockType.section:
      guard body.count >= 16 else { throw .malformed }
      // Its length is not what it was: unknown, which is all ones.
      let fixed = body[..<8] + [UInt8](repeating: 0xFF, count: 8)
      block(type, fixed + (try options(body, 16, kept: [])), into: &output)
    case BlockType.interface:
      guard body.count >= 8 else { throw .malformed }
      let link = try LinkLayer.of(UInt32(CaptureReader.number16(body, 0, reader.isBigEndian)))
      interfaces.append((link, Int(number(body, 4))))
      // if_speed, if_tsresol, if_fcslen, if_tsoffset.
      block(type, body[..<8] + (try options(body, 8, kept: [8, 9, 13, 14])), into: &output)
    case BlockType.statistics:
      guard body.count >= 12 else { throw .malformed }
      // Times and counts.
      block(type, body[..<12] + (try options(body, 12, kept: [2, 3, 4, 5, 6, 7, 8])), into: &output)
    case BlockType.simplePacket:
      guard body.count >= 4, let interface = interfaces.first else { throw .malformed }
      let length = Int(number(body, 0))
      let captured = min(length, interface.snapLength == 0 ? length : interface.snapLength)
      guard body.count == 4 + (captured + 3) / 4 * 4 else { throw .malformed }
      let data = try packet(Array(body[4..<4 + captured]), interface.link, length)
      block(type, body[..<4] + padded(data), into: &output)
    default:
      let isOld = type == BlockType.packet
      guard body.count >= 20 else { throw .malformed }
      let place = isOld ? CaptureReader.number16(body, 0, reader.isBigEndian) : Int(number(body, 0))
      let (captured, length) = (Int(number(body, 12)), Int(number(body, 16)))
      guard interfaces.indices.contains(place), captured <= RefusedContent.longestPacket,
        20 + (captured + 3) / 4 * 4 <= body.count
      else { throw .malformed }
      let data = try packet(Array(body[20..<20 + captured]), interfaces[place].link, length)
      // Flags; of the newer block the drop count, the number and the queue as well. Not a hash of what was in it.
      let options = try options(body, 20 + padded(data).count, kept: isOld ? [2] : [2, 4, 5, 6])
      block(type, body[..<20] + padded(data) + options, into: &output)
    }
  }

  private func packet(_ bytes: [UInt8], _ link: LinkLayer, _ length: Int) throws(RefusedContent) -> [UInt8] {
    var packet = Packet(bytes, identities)
    try link.scrub(&packet, length: max(length, bytes.count))
    if packet.hasEmptied { identities.count(.payload) }
    return packet.bytes
  }

  /// The options that are kept, with the end of the list if there are any.
  private func options(_ body: [UInt8], _ start: Int, kept: Set<Int>) throws(RefusedContent) -> [UInt8] {
    var options: [UInt8] = []
    var end: [UInt8] = []
    var at = start
    while at < body.count {
      guard at + 4 <= body.count else { throw .malformed }
      let code = CaptureReader.number16(body, at, reader.isBigEndian)
      let length = CaptureReader.number16(body, at + 2, reader.isBigEndian)
      if code == 0 {
        end = [0, 0, 0, 0]
        break
      }
      let whole = 4 + (length + 3) / 4 * 4
      guard at + whole <= body.count else { throw .malformed }
      // A value of a kind that is kept is a number: eight bytes at most.
      if kept.contains(code), length <= 8 {
        options += body[at..<at + 4 + length] + [UInt8](repeating: 0, count: whole - 4 - length)
      } else {
        identities.count(.captureMetadata)
      }
      at += whole
    }
    return options.isEmpty ? [] : options + end
  }

  private func number(_ body: [UInt8], _ offset: Int) -> UInt32 {
    CaptureReader.number32(body, offset, reader.isBigEndian)
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  private func block(_ type: UInt32, _ body: some Collection<UInt8>, into output: inout [UInt8]) {
    let length = CaptureReader.bytes(of: UInt32(body.count + 12), reader.isBigEndian)
    output += CaptureReader.bytes(of: type, reader.isBigEndian) + length
    output += body
    output += length
  }
}
