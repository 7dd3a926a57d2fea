/// One upstream as it was configured: where, and how much of the load.
public struct UpstreamTarget: Sendable, Hashable, CustomStringConvertible {
  /// Where; a name may stand for many addresses, each of which is a member of its own.
  public var address: ServiceAddress
  /// Its share of the load beside the others', 1 to 1000. Each address of a name has this weight.
  public var weight: Int

  /// An upstream.
  public init(_ address: ServiceAddress, weight: Int = 1) {
    precondition((1...1000).contains(weight), "a weight is from 1 to 1000, not \(weight)")
    self.address = address
    self.weight = weight
  }

  /// Reads what a person wrote: an address, and `;weight=N` after it where the weight is not 1.
  public init(_ text: String) throws(ServiceAddress.Malformed) {
    let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    address = try Self.address(String(parts[0]))
    weight = 1
    guard parts.count == 2 else { return }
    guard parts[1].hasPrefix("weight="), let weight = Int(parts[1].dropFirst(7)), (1...1000).contains(weight) else {
      throw ServiceAddress.Malformed(
        description: "weight=N with N from 1 to 1000 is expected after ';', not '\(parts[1])'")
    }
    self.weight = weight
  }

  /// An address that can be connected to.
  static func address(_ text: String) throws(ServiceAddress.Malformed) -> ServiceAddress {
    let address = try ServiceAddress(text)
    if case .tcp(_, port: 0) = address {
      throw ServiceAddress.Malformed(description: "a port from 1 to 65535 is expected")
    }
    return address
  }

  /// As it is written.
  public var description: String { weight == 1 ? "\(address)" : "\(address);weight=\(weight)" }
}
