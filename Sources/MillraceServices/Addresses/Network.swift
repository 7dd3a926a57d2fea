import LinuxCalls
public import Millrace

/// A range of IP addresses, "10.0.0.0/8" or "fd00::/8"; a single address is a range of one.
public struct Network: Sendable, Hashable, CustomStringConvertible {
  private let prefix: [UInt8]
  private let bits: Int

  /// Reads what a person wrote. Bits behind the prefix must be zero, for whoever sets one means something else.
  public init(_ text: String) throws(ServiceAddress.Malformed) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let host = String(parts[0])
    guard let address = Address(host.contains(":") ? "[\(host)]:0" : "\(host):0"), let bytes = Network.host(of: address)
    else {
      throw ServiceAddress.Malformed(description: "an address or a network is expected, such as 10.0.0.0/8 or fd00::/8")
    }
    let width = bytes.count * 8
    guard parts.count == 1 || Int(parts[1]).map({ (0...width).contains($0) }) == true else {
      throw ServiceAddress.Malformed(description: "the length after '/' is from 0 to \(width)")
    }
    bits = parts.count == 1 ? width : Int(parts[1]) ?? width
    prefix = bytes
    guard Network.masked(bytes, bits) == bytes else {
      throw ServiceAddress.Malformed(
        description: "bits are set behind the first \(bits); the network is expected, not a host in it")
    }
  }

  /// Whether an address is in it. IPv4 as a socket of both families sees it counts as IPv4.
  public func contains(_ address: Address) -> Bool {
    guard let bytes = Self.host(of: address), bytes.count == prefix.count else { return false }
    return Self.masked(bytes, bits) == prefix
  }

  /// As it is written.
  public var description: String {
    let raw =
      prefix.count == 4
      ? [2, 0, 0, 0] + prefix + [UInt8](repeating: 0, count: 8) : [10, 0, 0, 0, 0, 0, 0, 0] + prefix + [0, 0, 0, 0]
    return "\(Address(raw: RawAddress(bytes: raw)).host ?? "?")/\(bits)"
  }

  private static func host(of address: Address) -> [UInt8]? {
    let raw = address.unmapped.raw
    switch raw.family {
    case SocketFamily.v4 where raw.bytes.count >= 8: return Array(raw.bytes[4..<8])
    case SocketFamily.v6 where raw.bytes.count >= 24: return Array(raw.bytes[8..<24])
    default: return nil
    }
  }

  private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
    bytes.enumerated().map { place, byte in
      let kept = min(8, max(0, bits - place * 8))
      return kept == 0 ? 0 : byte & (0xff << UInt8(8 - kept))
    }
  }
}
