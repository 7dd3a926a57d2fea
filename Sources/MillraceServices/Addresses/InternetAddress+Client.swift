import LinuxCalls
import Millrace

// What a client is known by.
extension InternetAddress {
  /// Of the host alone, without the port; nil for no address.
  var hostHash: UInt64? {
    switch family {
    case SocketFamily.v4: Balancing.hash(4..<8, of: bytes)
    case SocketFamily.v6: Balancing.hash(8..<24, of: bytes)
    default: nil
    }
  }

  var address: Address? { raw.map(Address.init(raw:)) }

  /// "127.0.0.1:80"; "unix" for a peer without an address.
  var name: String { address?.description ?? "unix" }
}

extension Balancing {
  fileprivate static func hash(_ places: Range<Int>, of bytes: InternetAddress.Bytes) -> UInt64 {
    hash(places.lazy.map { bytes[$0] })
  }
}

extension Address {
  /// As IPv4 where a socket of both families has it as IPv6.
  var unmapped: Address { InternetAddress(raw).raw.map(Address.init(raw:)) ?? self }
}
