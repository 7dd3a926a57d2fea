import Testing

@testable import MillraceEvidence

/// Lengths and times stay, addresses are others, contents are gone, and every checksum is right.
@Suite("scrubbing captures") struct CaptureTests {
  private static let ethernet = 1

  /// IP packets of every kind that is understood.
  static let packets: [(name: String, packet: [UInt8])] = {
    let quoted4 = Frames.ipv4(17, Frames.udp())
    let quoted6 = Frames.ipv6(6, Frames.tcp())
    let hop: [UInt8] = [60, 1, 5, 2, 0, 0, 0xC9, 8] + [9, 9, 9, 9, 9, 9, 9, 9]
    let destination: [UInt8] = [6, 0, 1, 4, 7, 7, 7, 7]
    let routing: [UInt8] = [17, 2, 0, 1, 0, 0, 0, 0] + Frames.remote6
    let neighbour = Frames.control(
      135, rest: [0, 0, 0, 0], Frames.remote6 + [1, 1] + Frames.hardware(Frames.local) + [14, 1, 1, 2, 3, 4, 5, 6])
    let prefix: [UInt8] = [3, 4, 64, 0xC0] + [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0] + Frames.local6
    let servers: [UInt8] = [25, 3, 0, 0, 0, 0, 1, 0] + Frames.local6
    let router = Frames.control(
      134, rest: [64, 0, 7, 8], [UInt8](repeating: 0, count: 8) + prefix + servers + [5, 1, 0, 0, 0, 0, 5, 0xDC])
    let mptcp: [UInt8] = [30, 8, 0x30, 1] + Frames.local4
    return [
      ("TCP", Frames.ipv4(6, Frames.tcp())), ("TCP without content", Frames.ipv4(6, Frames.tcp([]))),
      (
        "TCP with options",
        Frames.ipv4(6, Frames.tcp(options: [2, 4, 5, 0xB4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7]))
      ),
      (
        "TCP with MPTCP and fast open",
        Frames.ipv4(6, Frames.tcp(options: mptcp + [34, 10, 9, 8, 7, 6, 5, 4, 3, 2, 0, 0]))
      ),
      ("TCP with an option that is too long", Frames.ipv4(6, Frames.tcp(options: [2, 40, 1, 2]))),
      ("UDP", Frames.ipv4(17, Frames.udp())), ("UDP without a checksum", Frames.ipv4(17, Frames.udp(checksum: 0))),
      ("UDP of odd length", Frames.ipv4(17, Frames.udp([1, 2, 3]))),
      ("echo", Frames.ipv4(1, Frames.control(8, 0, Frames.content))),
      ("unreachable", Frames.ipv4(1, Frames.control(3, 3, rest: [0, 0, 0, 0], quoted4))),
      (
        "unreachable with eight bytes",
        Frames.ipv4(1, Frames.control(3, 3, rest: [0, 0, 0, 0], Array(quoted4.prefix(28))))
      ),
      (
        "time exceeded with objects",
        Frames.ipv4(
          1,
          Frames.control(
            11, rest: [0, 32, 0, 0],
            quoted4 + [UInt8](repeating: 0, count: 128 - quoted4.count) + [0x20, 0, 1, 2, 0, 8, 2, 1] + Frames.local4))
      ),
      ("redirect", Frames.ipv4(1, Frames.control(5, rest: Frames.local4, Array(quoted4.prefix(28))))),
      (
        "router advertisement of IPv4",
        Frames.ipv4(1, Frames.control(9, rest: [1, 2, 7, 8], Frames.local4 + [0, 0, 0, 0]))
      ),
      ("IGMP", Frames.ipv4(2, Frames.control(0x16, rest: [239, 1, 2, 3], []), options: [148, 4, 0, 0])),
      (
        "IGMPv3", Frames.ipv4(2, Frames.control(0x22, rest: [0, 0, 0, 1], [1, 0, 0, 1, 239, 1, 2, 3] + Frames.local4))
      ),
      ("IPv4 with a recorded route", Frames.ipv4(6, Frames.tcp(), options: [7, 7, 8] + Frames.local4 + [0])),
      ("IPv4 in IPv4", Frames.ipv4(4, Frames.ipv4(17, Frames.udp()))),
      ("IPv6 in IPv4", Frames.ipv4(41, Frames.ipv6(17, Frames.udp()))),
      ("a first fragment", Frames.ipv4(17, Frames.udp(), fragment: 0x2000)),
      ("a later fragment", Frames.ipv4(17, Frames.content, fragment: 0x00B9)),
      ("GRE", Frames.ipv4(47, Frames.content)), ("SCTP", Frames.ipv4(132, Frames.content)),
      ("TCP over IPv6", Frames.ipv6(6, Frames.tcp(options: mptcp))), ("UDP over IPv6", Frames.ipv6(17, Frames.udp())),
      ("IPv6 with options", Frames.ipv6(0, hop + destination + Frames.tcp())),
      ("IPv6 with a route", Frames.ipv6(43, routing + Frames.udp())),
      ("IPv6 first fragment", Frames.ipv6(44, [17, 0, 0, 1, 1, 2, 3, 4] + Frames.udp())),
      ("IPv6 whole fragment", Frames.ipv6(44, [17, 0, 0, 0, 1, 2, 3, 4] + Frames.udp())),
      ("IPv6 later fragment", Frames.ipv6(44, [17, 0, 5, 1, 1, 2, 3, 4] + Frames.content)),
      ("echo over IPv6", Frames.ipv6(58, Frames.control(128, 0, Frames.content))),
      ("too big", Frames.ipv6(58, Frames.control(2, rest: [0, 0, 5, 0], quoted6))),
      ("neighbour solicitation", Frames.ipv6(58, neighbour)), ("router advertisement", Frames.ipv6(58, router)),
      (
        "redirect of IPv6",
        Frames.ipv6(
          58,
          Frames.control(
            137, rest: [0, 0, 0, 0],
            Frames.local6 + Frames.remote6 + [2, 1] + Frames.hardware(Frames.remote) + [4, 13, 0, 0, 0, 0, 0, 0]
              + quoted6.prefix(96)))
      ),
      (
        "listener report",
        Frames.ipv6(
          58,
          Frames.control(
            143, rest: [0, 0, 0, 1], [4, 0, 0, 1, 0xFF, 2] + [UInt8](repeating: 0, count: 14) + Frames.local6))
      ),
      ("ESP", Frames.ipv6(50, Frames.content)),
    ]
  }()

  /// What no scrubbed packet may have in it.
  private static let planted: [[UInt8]] = [
    Frames.hardware(Frames.local), Frames.hardware(Frames.remote), Frames.local4, Frames.remote4, Frames.local6,
    Frames.remote6,
    Array("carol".utf8), Array("hunter2".utf8), [9, 8, 7, 6, 5, 4, 3, 2], [9, 9, 9, 9, 9, 9],
  ]

  private func leftovers(_ bytes: [UInt8]) -> [[UInt8]] {
    Self.planted.filter { part in bytes.indices.contains { bytes[$0...].starts(with: part) } }
  }

  @Test("every kind of packet, whole", arguments: packets.map(\.name))
  func kinds(name: String) throws {
    let packet = try #require(Self.packets.first { $0.name == name }).packet
    let frame = Frames.ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, packet)
    let file = Frames.pcap(Self.ethernet, [frame])
    let result = try Scrubbing(.pcap)(file)
    let scrubbed = try #require(Frames.packets(result.bytes).first)
    #expect(result.bytes.count == file.count && Array(result.bytes[..<40]) == Array(file[..<40]))
    #expect(leftovers(result.bytes).isEmpty)
    #expect(Receiver.complaint(Array(scrubbed[14...])) == nil)
    #expect(result.counts[.ipAddress] >= 2 && result.counts[.hardwareAddress] >= 2)
    let again = try Scrubbing(.pcap)(result.bytes)
    #expect(again.bytes == result.bytes && again.counts.total == 0)
  }

  @Test("every kind of packet, cut at every length", arguments: packets.map(\.name))
  func cut(name: String) throws {
    let packet = try #require(Self.packets.first { $0.name == name }).packet
    let frame = Frames.ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, packet)
    for length in stride(from: 1 + name.count % 3, to: frame.count, by: 3) {
      let file = Frames.pcap(Self.ethernet, [frame], snapLength: length)
      let result = try Scrubbing(.pcap)(file)
      let scrubbed = try #require(Frames.packets(result.bytes).first)
      #expect(scrubbed.count == length && leftovers(result.bytes).isEmpty)
      // A header that is cut cannot be told by a receiver that fills it with zeros.
      if length >= 14 + 60, !["IPv6 with options", "IPv6 with a route"].contains(name) {
        #expect(Receiver.complaint(Array(scrubbed[14...]), missing: frame.count - length) == nil, "cut at \(length)")
      }
      let again = try Scrubbing(.pcap)(result.bytes)
      #expect(again.bytes == result.bytes && again.counts.total == 0, "cut at \(length)")
    }
  }

  @Test("bytes of every kind: nothing traps, and a second scrubbing changes nothing")
  func noise() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var dice = Dice(seed: seed)
    for round in 0..<400 {
      var packet = Self.packets.randomElement(using: &dice)?.packet ?? []
      for _ in 0..<Int.random(in: 0...8, using: &dice) where !packet.isEmpty {
        packet[Int.random(in: 0..<min(packet.count, 80), using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      let link = [0, 1, 12, 101, 108, 113, 228, 229, 276].randomElement(using: &dice) ?? 1
      let frame =
        link == 1 ? Frames.ethernet([0x0800, 0x86DD, 0x0806].randomElement(using: &dice) ?? 0, packet) : packet
      let file = Frames.pcap(link, [frame], snapLength: Int.random(in: 1...200, using: &dice))
      let result = try Scrubbing(.pcap)(file)
      let again = try Scrubbing(.pcap)(result.bytes)
      #expect(again.bytes == result.bytes && again.counts.total == 0, "seed \(seed), round \(round)")
    }
  }

  @Test("every link type")
  func links() throws {
    let packet = Frames.ipv4(6, Frames.tcp())
    let hardware = Frames.hardware(Frames.local) + [0, 0]
    for (link, header) in [
      (1, Array(Frames.ethernet(0x0800, []))), (1, Array(Frames.ethernet(0x0800, [], tags: [0x8100]))),
      (1, Array(Frames.ethernet(0x0800, [], tags: [0x88A8, 0x8100]))), (0, [2, 0, 0, 0]), (108, [0, 0, 0, 2]),
      (101, []), (12, []), (228, []),
      (113, [0, 0, 0, 1, 0, 6] + hardware + [8, 0]), (276, [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6] + hardware),
      (0x0400_0001, Array(Frames.ethernet(0x0800, []))),
    ] {
      let result = try Scrubbing(.pcap)(Frames.pcap(link, [header + packet]))
      let scrubbed = try #require(Frames.packets(result.bytes).first)
      #expect(
        leftovers(result.bytes).isEmpty && Receiver.complaint(Array(scrubbed[header.count...])) == nil,
        "link type \(link)")
      #expect(scrubbed[(header.count + 12)..<(header.count + 20)] == [192, 0, 2, 1, 192, 0, 2, 2], "link type \(link)")
    }
    for link in [2, 105, 127, 147, 192, 195, 249] {
      #expect(throws: RefusedContent.self) { _ = try Scrubbing(.pcap)(Frames.pcap(link, [packet])) }
    }
  }

  @Test("ARP has other addresses; what is not IP is emptied behind its type")
  func other() throws {
    let arp: [UInt8] =
      [0, 1, 8, 0, 6, 4, 0, 1] + Frames.hardware(Frames.local) + Frames.local4 + [0, 0, 0, 0, 0, 0] + Frames.remote4
    let lldp = Frames.ethernet(0x88CC, Frames.content)
    let old = Frames.ethernet(Frames.content.count, Frames.content)
    let strange = Frames.ethernet(0x0806, [0, 6, 8, 0, 6, 4, 0, 1] + Frames.content)
    let padded = Frames.ethernet(0x0800, Frames.ipv4(17, Frames.udp([1])) + Frames.content)
    let result = try Scrubbing(.pcap)(Frames.pcap(1, [Frames.ethernet(0x0806, arp), lldp, old, strange, padded]))
    let packets = Frames.packets(result.bytes)
    #expect(leftovers(result.bytes).isEmpty)
    #expect(
      packets[0][14...] == [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2])
    #expect(packets[1][14...].allSatisfy { $0 == 0 } && packets[2][14...].allSatisfy { $0 == 0 })
    #expect(packets[4][43...].allSatisfy { $0 == 0 })
    #expect(result.counts[.payload] == 4)
  }

  @Test("options that carry addresses and cookies become nothing, others stay")
  func options() throws {
    let kept: [UInt8] = [2, 4, 5, 0xB4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7]
    let file = Frames.pcap(101, [Frames.ipv4(6, Frames.tcp(options: kept + [30, 8, 0x30, 1] + Frames.local4))])
    let packet = try #require(Frames.packets(try Scrubbing(.pcap)(file).bytes).first)
    #expect(packet[40..<60] == kept[...])
    #expect(packet[60..<68].allSatisfy { $0 == 1 })
  }

  @Test("both byte orders, microseconds and nanoseconds, in pieces of any size")
  func variants() throws {
    let packets = Self.packets.map { Frames.ethernet($0.packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, $0.packet) }
    for (bigEndian, nanoseconds) in [(false, false), (true, false), (false, true), (true, true)] {
      let file = Frames.pcap(1, packets, bigEndian: bigEndian, nanoseconds: nanoseconds)
      #expect(try Format.of(file, name: "x") == .pcap)
      let whole = try Scrubbing(.pcap)(file)
      #expect(whole.bytes.count == file.count && leftovers(whole.bytes).isEmpty)
      for chunk in [1, 7, 100] { #expect(try Scrubbing(.pcap).cut(into: chunk)(file) == whole) }
    }
  }

  @Test("what is cut off or makes no sense is refused")
  func malformed() throws {
    let file = Frames.pcap(1, [Frames.ethernet(0x0800, Frames.ipv4(6, Frames.tcp()))])
    for length in 4..<file.count where length != 24 {
      #expect(throws: RefusedContent.cut) { _ = try Scrubbing(.pcap)(Array(file[..<length])) }
    }
    var long = file
    long[24 + 8 + 3] = 0x7F
    #expect(throws: RefusedContent.malformed) { _ = try Scrubbing(.pcap)(long) }
    #expect(throws: RefusedContent.self) { _ = try Format.of([0x34, 0xCD, 0xB2, 0xA1], name: "x") }
  }

  @Test("the same addresses as in text")
  func sameAsText() throws {
    let identities = Identities()
    identities.isSurveying = false
    var text = ContentScrubber(.text, Scrubbing.vocabulary, identities)
    var capture = ContentScrubber(.pcap, Scrubbing.vocabulary, identities)
    var output: [UInt8] = []
    try text.feed(Array("10.20.30.41 00:1b:44:99:88:77 2a01:4f8:c0c:1::8".utf8)[...], into: &output)
    try text.end(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == "192.0.2.1 02:00:00:00:00:01 2001:db8::1")
    output = []
    try capture.feed(Frames.pcap(1, [Frames.ethernet(0x0800, Frames.ipv4(6, Frames.tcp()))])[...], into: &output)
    try capture.end(into: &output)
    let packet = try #require(Frames.packets(output).first)
    #expect(packet[..<6] == [2, 0, 0, 0, 0, 1] && packet[30..<34] == [192, 0, 2, 1])
  }
}
