import LinuxCalls
import Millrace

/// An IP address with its port in the bytes that it needs, in place: an `Address` has them in an array, and there is one
/// for every idle connection.
struct CompactAddress: CustomStringConvertible {
  // A sockaddr_in6 is 28 bytes; family 0 is no address.
  private var bytes = InlineArray<28, UInt8>(repeating: 0)

  init(_ address: Address?) {
    guard let raw = address?.unmapped.raw.bytes, raw.count <= 28, raw.first != 1 else { return }
    for (place, byte) in raw.enumerated() { bytes[place] = byte }
  }

  /// Of the host alone, without the port; nil for no address.
  var hostHash: UInt64? {
    switch bytes[0] {
    case 2: Balancing.hash((4..<8).map { bytes[$0] })
    case 10: Balancing.hash((8..<24).map { bytes[$0] })
    default: nil
    }
  }

  /// "127.0.0.1:80"; "unix" for a peer without an address.
  var description: String {
    let count =
      switch bytes[0] {
      case 2: 16
      case 10: 28
      default: 0
      }
    guard count > 0 else { return "unix" }
    return Address(raw: RawAddress(bytes: (0..<count).map { bytes[$0] })).description
  }
}

extension Address {
  /// IPv4 as such where a socket of both families has it as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2): the same client is
  /// the same by whichever listener it comes.
  var unmapped: Address {
    let bytes = raw.bytes
    let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
    guard raw.family == SocketFamily.v6, bytes.count >= 24, bytes[8..<20].elementsEqual(mapped) else { return self }
    return Address(v4: bytes[20], bytes[21], bytes[22], bytes[23], port: port ?? 0)
  }
}
