/// Scrubs a capture in the format of libpcap. pcap-savefile(5)
struct PcapFile {
  enum Magic { case pcap, pcapng, strange }

  /// What the first bytes say; nil of what is no capture.
  static func magic(_ bytes: [UInt8]) -> Magic? {
    guard bytes.count >= 4 else { return nil }
    switch CaptureReader.number32(bytes, 0, true) {
    // Microseconds and nanoseconds, in both orders.
    case 0xA1B2_C3D4, 0xD4C3_B2A1, 0xA1B2_3C4D, 0x4D3C_B2A1: return .pcap
    case 0x0A0D_0D0A: return .pcapng
    // Kuznetzov's and Navtel's.
    case 0xA1B2_CD34, 0x34CD_B2A1, 0xA1E2_CB12, 0x12CB_E2A1: return .strange
    default: return nil
    }
  }

  private let identities: Identities
  private var reader = CaptureReader()
  private var link: LinkLayer?

  init(_ identities: Identities) { self.identities = identities }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    reader.append(bytes)
    if link == nil {
      guard reader.count >= 24 else { return }
      // The number's highest byte comes first where the file is big-endian.
      reader.isBigEndian = reader.byte(0) == 0xA1
      link = try LinkLayer.of(reader.number32(20))
      output.append(contentsOf: reader.take(24))
    }
    guard let link else { return }
    while reader.count >= 16 {
      let (captured, length) = (Int(reader.number32(8)), Int(reader.number32(12)))
      guard captured <= RefusedContent.longestPacket, length <= Int(Int32.max) else { throw .malformed }
      guard reader.count >= 16 + captured else { return }
      output.append(contentsOf: reader.take(16))
      var packet = Packet(reader.take(captured), identities)
      try link.scrub(&packet, length: max(length, captured))
      if packet.hasEmptied { identities.count(.payload) }
      output.append(contentsOf: packet.bytes)
    }
  }

  func end() throws(RefusedContent) {
    guard link != nil, reader.count == 0 else { throw .cut }
  }
}
