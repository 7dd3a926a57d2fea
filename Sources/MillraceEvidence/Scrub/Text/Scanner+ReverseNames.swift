// Addresses in names of the DNS.
extension Scanner {
  /// `1.0.0.10.in-addr.arpa` and the nibbles before `.ip6.arpa`, the last one first; or fewer, as those of a network, which
  /// count as its first address. RFC 1035, section 3.5, and RFC 3596, section 2.5
  func reverseName(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    reverseIPv4(text, start) ?? reverseIPv6(text, start)
  }

  private func reverseIPv4(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    var address: UInt32 = 0
    var at = start
    for part in 0..<4 {
      let first = at
      var number: UInt32 = 0
      while at < text.count, at - first < 3, text[at].isDigit {
        number = number * 10 + UInt32(text[at] - 0x30)
        at += 1
      }
      guard at > first, number <= 255 else { return nil }
      address = number << 24 | address >> 8
      if isDomain(".in-addr.arpa", text, at) { return Finding(start: start, end: at, subject: .reverseIPv4(address)) }
      guard part < 3, at < text.count, text[at] == UInt8(ascii: ".") else { return nil }
      at += 1
    }
    return nil
  }

  private func reverseIPv6(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    var address = IPv6(high: 0, low: 0)
    var at = start
    for _ in 0..<32 {
      guard at < text.count, let nibble = text[at].hexValue else { return nil }
      address.low = address.low >> 4 | address.high << 60
      address.high = UInt64(nibble) << 60 | address.high >> 4
      at += 1
      if isDomain(".ip6.arpa", text, at) { return Finding(start: start, end: at, subject: .reverseIPv6(address)) }
      guard at < text.count, text[at] == UInt8(ascii: ".") else { return nil }
      at += 1
    }
    return nil
  }

  /// Whether a name ends here with this domain.
  private func isDomain(_ domain: String, _ text: Span<UInt8>, _ start: Int) -> Bool {
    let end = start + domain.utf8.count
    guard starts(text, start, domain) else { return false }
    return end == text.count || !ByteSet.word.union("-_").contains(text[end])
  }
}
