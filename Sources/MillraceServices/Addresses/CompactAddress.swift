import LinuxCalls
import Millrace

/// An IP address with its port in the bytes that it needs, in place: an `Address` has them in an array, and there is one
/// for every idle connection.
struct CompactAddress: CustomStringConvertible {
  // A sockaddr_in6 is 28 bytes; family 0 is no address.
  private var bytes = InlineArray<28, UInt8>(repeating: 0)

  init(_ address: Address?) {
    guard let raw = address?.raw.bytes, raw.count <= 28, raw.first != 1 else { return }
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
