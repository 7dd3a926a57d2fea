/// An IP address with its port, in the bytes that it needs and in place: a `RawAddress` has them in an array, which a
/// server would make for every connection.
///
/// IPv4 is IPv4 also where a socket of both families has it as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2): the same client is
/// the same by whichever listener it comes.
package struct InternetAddress: Sendable {
  /// A sockaddr_in, or a sockaddr_in6, which is 28 bytes; family 0 is no address.
  package typealias Bytes = InlineArray<28, UInt8>

  package private(set) var bytes = none

  static var none: Bytes { Bytes(repeating: 0) }

  /// No address: what a Unix socket has.
  package init() {}

  /// - Parameter sockaddr: of any family, cut off or filled up with zeros.
  init(sockaddr: Bytes) {
    switch Int32(UInt16(sockaddr[0]) | UInt16(sockaddr[1]) << 8) {
    case SocketFamily.v4: bytes = sockaddr
    case SocketFamily.v6: bytes = Self.unmapped(sockaddr)
    default: break
    }
  }

  package init(_ raw: RawAddress) {
    var bytes = Self.none
    for (place, byte) in raw.bytes.prefix(bytes.count).enumerated() { bytes[place] = byte }
    self.init(sockaddr: bytes)
  }

  package var family: Int32 { Int32(bytes[0]) }

  /// Nil where there is none.
  package var raw: RawAddress? {
    let count: Int
    switch family {
    case SocketFamily.v4: count = 16
    case SocketFamily.v6: count = 28
    default: return nil
    }
    return RawAddress(bytes: (0..<count).map { bytes[$0] })
  }

  private static func unmapped(_ bytes: Bytes) -> Bytes {
    for place in 8..<18 where bytes[place] != 0 { return bytes }
    guard bytes[18] == 0xff, bytes[19] == 0xff else { return bytes }
    var v4 = none
    v4[0] = UInt8(SocketFamily.v4)
    (v4[2], v4[3]) = (bytes[2], bytes[3])
    for place in 0..<4 { v4[4 + place] = bytes[20 + place] }
    return v4
  }
}
