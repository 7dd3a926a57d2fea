/// Addresses as text.
enum AddressText {
  static func ipv4(_ address: UInt32, _ separator: UInt8 = UInt8(ascii: ".")) -> String {
    let separator = String(Unicode.Scalar(separator))
    return [24, 16, 8, 0].map { String(address >> $0 & 0xFF) }.joined(separator: separator)
  }

  /// Its numbers with the last one first, as in a name of the DNS.
  static func reverse(_ address: UInt32) -> String { ipv4(address.byteSwapped) }

  /// The same of its 32 nibbles.
  static func reverse(_ address: IPv6) -> String {
    [address.low, address.high].flatMap { half in
      stride(from: UInt64(0), to: 64, by: 4).map { String(half >> $0 & 0xF, radix: 16) }
    }.joined(separator: ".")
  }

  /// The form of RFC 5952: the longest run of zeros short, IPv4 in its own form.
  static func ipv6(_ address: IPv6) -> String {
    if let mapped = address.mapped { return "::ffff:" + ipv4(mapped) }
    let groups = [address.high, address.low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
    var longest = 0..<0
    var start = 0
    for place in 0...8 where place == 8 || groups[place] != 0 {
      if place - start > longest.count { longest = start..<place }
      start = place + 1
    }
    func text(_ part: ArraySlice<UInt64>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    guard longest.count > 1 else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }

  static func hardware(_ address: UInt64, _ form: HardwareForm) -> String {
    switch form {
    case .colons: groups(of: address, 2, ":")
    case .dashes: groups(of: address, 2, "-")
    case .dots: groups(of: address, 4, ".")
    case .bare: groups(of: address, 12, "")
    case .short:
      stride(from: 40, through: 0, by: -8).map { String(address >> $0 & 0xFF, radix: 16) }
        .joined(separator: ":")
    }
  }

  private static func groups(of address: UInt64, _ size: Int, _ separator: String) -> String {
    let digits = String(address, radix: 16)
    let all = Array(String(repeating: "0", count: 12 - digits.count) + digits)
    return stride(from: 0, to: 12, by: size).map { String(all[$0..<$0 + size]) }.joined(separator: separator)
  }
}
