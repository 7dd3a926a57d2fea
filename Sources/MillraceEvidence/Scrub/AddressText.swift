/// Addresses as text.
enum AddressText {
  static func ipv4(_ address: UInt32, _ separator: UInt8 = UInt8(ascii: ".")) -> String {
    let separator = String(Unicode.Scalar(separator))
    return [24, 16, 8, 0].map { String(address >> $0 & 0xFF) }.joined(separator: separator)
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
    let digits = String(address, radix: 16)
    let all = Array(String(repeating: "0", count: 12 - digits.count) + digits)
    let (size, separator) =
      switch form {
      case .colons: (2, ":")
      case .dashes: (2, "-")
      case .dots: (4, ".")
      case .bare: (12, "")
      }
    return stride(from: 0, to: 12, by: size).map { String(all[$0..<$0 + size]) }.joined(separator: separator)
  }
}
