import LinuxCalls
import Millrace

/// What a proxy says of the connection that it passes on: who the client is. The PROXY protocol, versions 1 and 2, as HAProxy
/// defines it (doc/proxy-protocol.txt).
struct ProxyHeader: Equatable, Sendable {
  /// Both ends of the client's connection to the proxy; nil where the proxy speaks for itself (LOCAL: a health check, say) or
  /// does not know (UNKNOWN), and the connection's own ends count.
  var ends: Ends?

  struct Ends: Equatable, Sendable {
    var source: Address
    var destination: Address
  }

  /// What came of the bytes so far.
  enum Parsed: Equatable {
    /// A header may still come of it.
    case incomplete
    /// A header, of so many bytes.
    case header(ProxyHeader, length: Int)
    /// Never: why.
    case malformed(String)
  }

  /// The longest version 1: with a zero that nobody sends, the document counts 108.
  static let longestText = 107
  /// The longest version 2 that is taken, with all that is appended to the addresses (TLV); the protocol would allow 64 KiB.
  static let longestBinary = 4096

  private static let textSignature = Array("PROXY ".utf8)
  private static let binarySignature: [UInt8] = [
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
  ]

  /// Reads a header from the beginning of `bytes`, which may come in pieces: called again with all of them when more are
  /// there.
  static func parse(_ bytes: [UInt8]) -> Parsed {
    if begins(bytes, with: binarySignature) {
      return bytes.count < 16 ? .incomplete : parseBinary(bytes)
    }
    if begins(bytes, with: textSignature) { return parseText(bytes) }
    return .malformed("it does not begin as a PROXY header does")
  }

  /// Whether `bytes` begin with the signature, or are the beginning of it.
  private static func begins(_ bytes: [UInt8], with signature: [UInt8]) -> Bool {
    zip(bytes, signature).allSatisfy { $0 == $1 }
  }

  // MARK: - Version 1

  private static func parseText(_ bytes: [UInt8]) -> Parsed {
    guard let end = bytes.prefix(longestText).firstIndex(of: UInt8(ascii: "\n")) else {
      return bytes.count < longestText ? .incomplete : .malformed("its line is longer than \(longestText) bytes")
    }
    guard end > 0, bytes[end - 1] == UInt8(ascii: "\r") else { return .malformed("its line does not end with CR LF") }
    let words = String(decoding: bytes[..<(end - 1)], as: UTF8.self)
      .split(separator: " ", omittingEmptySubsequences: false)
    if words.count >= 2, words[1] == "UNKNOWN" { return .header(ProxyHeader(ends: nil), length: end + 1) }
    guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6" else {
      return .malformed("TCP4 or TCP6 with two addresses and two ports, or UNKNOWN, is expected")
    }
    let family = words[1] == "TCP4" ? SocketFamily.v4 : SocketFamily.v6
    guard let source = address(words[2], words[4], family), let destination = address(words[3], words[5], family) else {
      return .malformed("an address or a port in it is none")
    }
    return .header(ProxyHeader(ends: Ends(source: source, destination: destination)), length: end + 1)
  }

  private static func address(_ host: Substring, _ port: Substring, _ family: Int32) -> Address? {
    guard port.allSatisfy({ $0.isASCII && $0.isNumber }), port.count <= 5, UInt16(port) != nil else { return nil }
    let address = Address(family == SocketFamily.v6 ? "[\(host)]:\(port)" : "\(host):\(port)")
    return address?.raw.family == family ? address : nil
  }

  // MARK: - Version 2

  private static func parseBinary(_ bytes: [UInt8]) -> Parsed {
    let length = Int(bytes[14]) << 8 | Int(bytes[15])
    let total = 16 + length
    guard total <= longestBinary else {
      return .malformed("it is \(total) bytes long, and at most \(longestBinary) are taken")
    }
    guard bytes[12] >> 4 == 2 else { return .malformed("its version is \(bytes[12] >> 4), not 2") }
    guard bytes[12] & 15 <= 1 else { return .malformed("its command \(bytes[12] & 15) is neither LOCAL nor PROXY") }
    if bytes.count < total { return .incomplete }
    let isLocal = bytes[12] & 15 == 0
    // What a LOCAL header has of addresses is to be dropped.
    if isLocal { return .header(ProxyHeader(ends: nil), length: total) }
    let body = bytes[16..<total]
    switch bytes[13] {
    case 0x11:
      guard body.count >= 12 else { return .malformed("its addresses of IPv4 are shorter than 12 bytes") }
      return .header(ProxyHeader(ends: ends(body, width: 4)), length: total)
    case 0x21:
      guard body.count >= 36 else { return .malformed("its addresses of IPv6 are shorter than 36 bytes") }
      return .header(ProxyHeader(ends: ends(body, width: 16)), length: total)
    // Unspecified, a Unix socket, or datagrams: nothing that a connection could be told by.
    case 0x00, 0x31, 0x12, 0x22, 0x32: return .header(ProxyHeader(ends: nil), length: total)
    default: return .malformed("its family and protocol \(bytes[13]) are unknown")
    }
  }

  private static func ends(_ body: ArraySlice<UInt8>, width: Int) -> Ends {
    let start = body.startIndex
    func address(_ host: Int, _ port: Int) -> Address {
      let hostBytes = body[(start + host)..<(start + host + width)]
      let portBytes = body[(start + port)..<(start + port + 2)]
      // struct sockaddr_in and sockaddr_in6: the family in the host's order, the port in the network's.
      let raw =
        width == 4
        ? [2, 0] + portBytes + hostBytes + [UInt8](repeating: 0, count: 8)
        : [10, 0] + portBytes + [0, 0, 0, 0] + hostBytes + [0, 0, 0, 0]
      return Address(raw: RawAddress(bytes: Array(raw)))
    }
    return Ends(source: address(0, 2 * width), destination: address(width, 2 * width + 2))
  }

  // MARK: - Writing

  /// The bytes of a header for a client's connection; empty for no version.
  func bytes(_ version: ProxyVersion) -> [UInt8] {
    switch version {
    case .none: []
    case .v1: Array(text.utf8)
    case .v2: binary
    }
  }

  private var text: String {
    guard let ends, let source = ends.source.host, let destination = ends.destination.host,
      ends.source.raw.family == ends.destination.raw.family
    else { return "PROXY UNKNOWN\r\n" }
    let family = ends.source.raw.family == SocketFamily.v4 ? "TCP4" : "TCP6"
    return "PROXY \(family) \(source) \(destination) \(ends.source.port ?? 0) \(ends.destination.port ?? 0)\r\n"
  }

  private var binary: [UInt8] {
    guard let ends, ends.source.raw.family == ends.destination.raw.family, ends.source.raw.family != SocketFamily.unix
    else { return Self.binarySignature + [0x20, 0x00, 0, 0] }
    let isV4 = ends.source.raw.family == SocketFamily.v4
    func host(_ address: Address) -> ArraySlice<UInt8> { isV4 ? address.raw.bytes[4..<8] : address.raw.bytes[8..<24] }
    func port(_ address: Address) -> ArraySlice<UInt8> { address.raw.bytes[2..<4] }
    let body = Array(host(ends.source)) + host(ends.destination) + port(ends.source) + port(ends.destination)
    return Self.binarySignature + [0x21, isV4 ? 0x11 : 0x21, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
  }
}

/// A version of the PROXY protocol to write, or none.
public enum ProxyVersion: String, Sendable, CaseIterable {
  /// No header.
  case none
  /// A line of text; a client without an address is "UNKNOWN".
  case v1
  /// Binary; a client without an address is LOCAL.
  case v2
}
