import LinuxCalls
import Millrace
@testable import MillraceServices
import Testing

@Suite("A PROXY header")
struct ProxyHeaderTests {
  private static func ends(_ source: String, _ destination: String) throws -> ProxyHeader.Ends {
    ProxyHeader.Ends(
      source: try #require(Address(source)), destination: try #require(Address(destination)))
  }

  private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

  /// Every header that is well-formed, with what it means.
  private static func good() throws -> [(bytes: [UInt8], ends: ProxyHeader.Ends?)] {
    let v4 = try ends("192.0.2.7:56324", "198.51.100.9:443")
    let v6 = try ends("[2001:db8::7]:56324", "[2001:db8::9]:443")
    let addresses: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 9, 0xdc, 0x04, 0x01, 0xbb]
    return [
      (Array("PROXY TCP4 192.0.2.7 198.51.100.9 56324 443\r\n".utf8), v4),
      (Array("PROXY TCP6 2001:db8::7 2001:db8::9 56324 443\r\n".utf8), v6),
      (Array("PROXY UNKNOWN\r\n".utf8), nil), (Array("PROXY UNKNOWN whatever it says\r\n".utf8), nil),
      (signature + [0x21, 0x11, 0, 12] + addresses, v4),
      // With something appended (TLV), which is left out.
      (signature + [0x21, 0x11, 0, 16] + addresses + [4, 0, 1, 9], v4),
      // LOCAL, with an address block that has to be dropped.
      (signature + [0x20, 0x11, 0, 12] + addresses, nil), (signature + [0x20, 0x00, 0, 0], nil),
      (signature + [0x21, 0x00, 0, 0], nil), (signature + [0x21, 0x31, 0, 0], nil),
    ]
  }

  /// given a header with the client's bytes behind it; when it comes in two pieces, cut anywhere; then the first is not enough
  /// and both are, and not a byte behind the header is taken.
  @Test("is read to its last byte and not beyond, wherever it is cut")
  func cut() throws {
    for (bytes, ends) in try Self.good() {
      for count in 0..<bytes.count {
        #expect(ProxyHeader.parse(Array(bytes[..<count])) == .incomplete, "\(count) of \(bytes)")
      }
      let expected = ProxyHeader.Parsed.header(ProxyHeader(ends: ends), length: bytes.count)
      #expect(ProxyHeader.parse(bytes) == expected)
      #expect(ProxyHeader.parse(bytes + [1, 2, 3, 13, 10]) == expected)
    }
  }

  @Test(
    "that is malformed is refused as soon as it can be told",
    arguments: [
      ("GET / HTTP/1.1\r\n", "does not begin"), ("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", "is none"),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "two addresses and two ports"),
      ("PROXY TCP4 1.2.3.4 ::1 1 2\r\n", "is none"),
      ("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", "is none"), ("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n", "TCP4 or TCP6"),
      ("PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "TCP4 or TCP6"), ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", "CR LF"),
      ("PROXY TCP4 a.example 5.6.7.8 1 2\r\n", "is none"), ("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n", "is none"),
      ("PROXY " + String(repeating: "x", count: 200), "longer than 107"),
    ])
  func malformed(_ text: String, _ reason: String) {
    guard case .malformed(let found) = ProxyHeader.parse(Array(text.utf8)) else {
      Issue.record("\(text) is taken: \(ProxyHeader.parse(Array(text.utf8)))")
      return
    }
    #expect(found.contains(reason), "\(found)")
  }

  @Test("of version 2 that lies about itself is refused")
  func malformedBinary() {
    for (rest, reason) in [
      ([0x11, 0x11, 0, 0], "version is 1"), ([0x22, 0x11, 0, 0], "command 2"), ([0x21, 0x55, 0, 0], "85 are unknown"),
      ([0x21, 0x11, 0, 11] + [UInt8](repeating: 0, count: 11), "shorter than 12"),
      ([0x21, 0x21, 0, 35] + [UInt8](repeating: 0, count: 35), "shorter than 36"),
      ([0x21, 0x11, 0xff, 0xff], "at most 4096"),
    ] as [([UInt8], String)] {
      guard case .malformed(let found) = ProxyHeader.parse(Self.signature + rest) else {
        Issue.record("\(rest) is taken")
        continue
      }
      #expect(found.contains(reason), "\(found)")
    }
  }

  /// given headers with bytes changed, left out and put in at random; when they are read; then what comes of it is one of the
  /// three, a header is never longer than what there was, and what is read of a longer beginning never contradicts what was
  /// read of a shorter one.
  @Test("that is mutated at random never does harm")
  func fuzz() throws {
    var random = SystemRandomNumberGenerator()
    let seed = random.next()
    var state = seed | 1
    func draw(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let all = try Self.good()
    for _ in 0..<20_000 {
      var bytes = all[draw(all.count)].bytes + [7, 7, 7]
      for _ in 0...draw(4) {
        switch draw(3) {
        case 0: bytes[draw(bytes.count)] = UInt8(draw(256))
        case 1 where bytes.count > 1: bytes.remove(at: draw(bytes.count))
        default: bytes.insert(UInt8(draw(256)), at: draw(bytes.count + 1))
        }
      }
      let whole = ProxyHeader.parse(bytes)
      if case .header(_, let length) = whole { #expect(length <= bytes.count, "seed \(seed)") }
      let beginning = ProxyHeader.parse(Array(bytes[..<draw(bytes.count + 1)]))
      if beginning != .incomplete { #expect(beginning == whole, "seed \(seed): \(bytes)") }
    }
  }

  @Test("that is written is read as the same", arguments: [ProxyVersion.v1, .v2])
  func roundTrip(_ version: ProxyVersion) throws {
    for ends in [
      try Self.ends("192.0.2.7:56324", "198.51.100.9:443"), try Self.ends("[2001:db8::7]:1", "[::1]:65535"), nil,
    ] {
      let bytes = ProxyHeader(ends: ends).bytes(version)
      #expect(ProxyHeader.parse(bytes) == .header(ProxyHeader(ends: ends), length: bytes.count))
    }
    #expect(ProxyHeader(ends: nil).bytes(.none).isEmpty)
  }

  @Test("is taken from networks, which are told by their prefix")
  func networks() throws {
    func holds(_ network: String, _ address: String) throws -> Bool {
      try Network(network).contains(try #require(Address(address)))
    }
    #expect(try holds("10.0.0.0/8", "10.255.0.1:1"))
    #expect(try !holds("10.0.0.0/8", "11.0.0.1:1"))
    #expect(try holds("10.0.0.0/9", "10.127.255.255:1"))
    #expect(try !holds("10.0.0.0/9", "10.128.0.0:1"))
    #expect(try holds("0.0.0.0/0", "1.2.3.4:1"))
    #expect(try holds("127.0.0.1", "[::ffff:127.0.0.1]:1"))
    #expect(try holds("fd00::/8", "[fdff::1]:1"))
    #expect(try !holds("fd00::/8", "10.0.0.1:1"))
    #expect(try Network("10.0.0.0/8").description == "10.0.0.0/8")
    for text in ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "example/8", "", "fd00::1/8"] {
      #expect(throws: ServiceAddress.Malformed.self, "\(text)") { try Network(text) }
    }
  }
}
