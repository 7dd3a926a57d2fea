// IP and MAC addresses, told apart by how their first word goes on.
extension Scanner {
  mutating func address(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    // The first word: up to four hexadecimal digits, or none before "::".
    var end = start
    while end < text.count, end - start < 5, text[end].hexValue != nil { end += 1 }
    guard end < text.count else { return nil }
    switch text[end] {
    case UInt8(ascii: ":") where end - start <= 4: return colons(text, start)
    case UInt8(ascii: "-") where end - start == 2:
      guard octets(text, start, UInt8(ascii: "-")) == 6 else { return nil }
      return hardware(text, start, end: start + 17, .dashes)
    case UInt8(ascii: ".") where end > start:
      if let finding = reverseName(text, start) ?? dottedQuad(text, start) { return finding }
      return end - start == 4 ? ciscoHardware(text, start) : nil
    default: return named(text, start)
    }
  }

  // MARK: IPv4

  /// Four numbers up to 255 with a separator between them.
  func quad(_ text: Span<UInt8>, _ start: Int, _ separator: UInt8) -> (address: UInt32, end: Int)? {
    var address: UInt32 = 0
    var at = start
    for part in 0..<4 {
      if part > 0 {
        guard at < text.count, text[at] == separator else { return nil }
        at += 1
      }
      let first = at
      var number: UInt32 = 0
      while at < text.count, at - first < 3, text[at].isDigit {
        number = number * 10 + UInt32(text[at] - 0x30)
        at += 1
      }
      guard at > first, number <= 255 else { return nil }
      address = address << 8 | number
    }
    return at < text.count && ByteSet.word.contains(text[at]) ? nil : (address, at)
  }

  /// `10.0.0.1`, and `10.0.0.1.443` as tcpdump writes a port. Three numbers are a version, and six an object's name.
  private func dottedQuad(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let dot = UInt8(ascii: ".")
    if start >= 2, text[start - 1] == dot, text[start - 2].isDigit, !isDate(text, before: start - 1) { return nil }
    guard let (address, end) = quad(text, start, dot) else { return nil }
    // The first number of an object's name is 0, 1 or 2. X.660, section 6.2
    if end < text.count, text[end] == dot, !isEnd(text, end, isObject: address >> 24 <= 2) { return nil }
    return Finding(start: start, end: end, subject: .ipv4(address, separator: dot))
  }

  /// Whether the dot behind an address is the end of a sentence, or what a port, a date or a count stands behind; and no
  /// part of a longer row of numbers that could each be one of an address.
  private func isEnd(_ text: Span<UInt8>, _ dot: Int, isObject: Bool = false) -> Bool {
    var at = dot
    while at + 1 < text.count, text[at] == UInt8(ascii: "."), text[at + 1].isDigit {
      let first = at + 1
      var number = 0
      at = first
      while at < text.count, at - first < 6, text[at].isDigit {
        number = number * 10 + Int(text[at] - 0x30)
        at += 1
      }
      // No port, and no part of a name either: a date, or a count with zeros before it.
      if number > 65535 || at - first > 1 && text[first] == UInt8(ascii: "0") { return true }
      if at < text.count, ByteSet.word.contains(text[at]) { return number > 255 }
      let isLast = at + 1 >= text.count || text[at] != UInt8(ascii: ".") || !text[at + 1].isDigit
      if first == dot + 1, isLast { return true }
      if isObject { return false }
      if number > 255 { return true }
      // Rows are not followed for ever.
      if isLast || at - dot > 64 { return false }
    }
    return true
  }

  /// Whether a row of numbers begins with that before the dot, and it is a date or a time: no number of a version.
  private func isDate(_ text: Span<UInt8>, before dot: Int) -> Bool {
    var first = dot
    while first > 0, dot - first < 15, text[first - 1].isDigit { first -= 1 }
    return (6...14).contains(dot - first) && !follows(ByteSet.word.union("."), text, first)
  }

  // MARK: IPv6

  private mutating func colons(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    switch octets(text, start, UInt8(ascii: ":")) {
    case 6: return hardware(text, start, end: start + 17, .colons)
    case 14:
      // The two addresses and the type of a frame, as the kernel's packet filter logs them.
      return Finding(
        start: start, end: start + 35,
        subject: .frame(number(text, start, start + 17), number(text, start + 18, start + 35)))
    case let count where count == 7 || count > 8:
      // A fingerprint. Its parts are no addresses.
      var end = start
      while end < text.count, text[end].hexValue != nil || text[end] == UInt8(ascii: ":") { end += 1 }
      return Finding(start: start, end: end, subject: .kept)
    default:
      if let finding = shortHardware(text, start) { return finding }
    }
    // The rest of a row of numbers that is no address as a whole.
    if start >= 2, text[start - 1] == UInt8(ascii: "."), text[start - 2].isDigit { return nil }
    if isBehindGroup(text, start) { return nil }
    guard let (address, end) = ipv6(text, start) else { return nil }
    return Finding(start: start, end: end, subject: .ipv6(address))
  }

  /// Whether the colon of a group, or a second one, stands before this place.
  private func isBehindGroup(_ text: Span<UInt8>, _ start: Int) -> Bool {
    let colon = UInt8(ascii: ":")
    guard start >= 2, text[start - 1] == colon else { return false }
    return text[start - 2] == colon || text[start - 2].hexValue != nil && isNumberBehind(text, start - 2)
  }

  /// Whether a group of an address ends at this place.
  private func isNumberBehind(_ text: Span<UInt8>, _ last: Int) -> Bool {
    var at = last
    while at > 0, last - at < 4, text[at - 1].hexValue != nil { at -= 1 }
    return last - at < 4 && (at == 0 || !ByteSet.word.contains(text[at - 1]))
  }

  /// RFC 4291, section 2.2. A form without a digit and with fewer than three groups is a name of a programming language.
  private func ipv6(_ text: Span<UInt8>, _ start: Int) -> (address: IPv6, end: Int)? {
    let colon = UInt8(ascii: ":")
    var groups = SIMD8<UInt16>()
    var count = 0
    var gap: Int?
    var hasDigit = false
    var at = start
    func hasColon(_ place: Int) -> Bool { place < text.count && text[place] == colon }
    if text[at] == colon {
      guard hasColon(at + 1) else { return nil }
      // "a::b" in a word that is no number.
      if follows(ByteSet.word.union(":"), text, start) { return nil }
      gap = 0
      at += 2
    }
    var end = at
    while count < 8 {
      let first = at
      var number: UInt16 = 0
      while at < text.count, at - first < 4, let digit = text[at].hexValue {
        if text[at].isDigit { hasDigit = true }
        number = number << 4 | UInt16(digit)
        at += 1
      }
      if at == first { break }
      if at < text.count, text[at] == UInt8(ascii: "."), count <= 6,
        let (tail, tailEnd) = quad(text, first, UInt8(ascii: "."))
      {
        groups[count] = UInt16(truncatingIfNeeded: tail >> 16)
        groups[count + 1] = UInt16(truncatingIfNeeded: tail)
        count += 2
        end = tailEnd
        break
      }
      if at < text.count, ByteSet.word.contains(text[at]) { break }
      groups[count] = number
      count += 1
      end = at
      guard count < 8, hasColon(at) else { break }
      if hasColon(at + 1) {
        if gap != nil { break }
        gap = count
        at += 2
        end = at
      } else {
        at += 1
      }
    }
    // What goes on is something else, such as "dead::letter".
    if end < text.count, text[end - 1] == colon, text[end] == colon || ByteSet.word.contains(text[end]) { return nil }
    if hasColon(end), hasColon(end + 1) { return nil }
    if end < text.count, text[end - 1] == colon, text[end] == UInt8(ascii: "@") { return nil }
    if end < text.count, text[end] == UInt8(ascii: "."), !isEnd(text, end) { return nil }
    guard gap != nil || count == 8, hasDigit || count >= 3 || count == 0 else {
      return nil
    }
    let before = gap ?? 8
    var halves = SIMD2<UInt64>()
    for place in 0..<count {
      let group = place < before ? place : place + 8 - count
      halves[group / 4] |= UInt64(groups[place]) << UInt64(48 - group % 4 * 16)
    }
    return (IPv6(high: halves[0], low: halves[1]), end)
  }

  // MARK: MAC

  /// How many groups of two hexadecimal digits stand here; of more than 32 that many.
  private func octets(_ text: Span<UInt8>, _ start: Int, _ separator: UInt8) -> Int {
    var count = 0
    var at = start
    while count < 32, at + 1 < text.count, text[at].hexValue != nil, text[at + 1].hexValue != nil {
      at += 2
      if at < text.count, ByteSet.word.contains(text[at]) { return 0 }
      count += 1
      guard at + 1 < text.count, text[at] == separator, text[at + 1].hexValue != nil else { break }
      at += 1
    }
    return count
  }

  /// `0:1b:21:3:4:5`, as macOS and Solaris print it: six groups, of which one at least has a single digit. Those of letters
  /// alone are words of a language.
  private func shortHardware(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let colon = UInt8(ascii: ":")
    if isBehindGroup(text, start) { return nil }
    var address: UInt64 = 0
    var hasDigit = false
    var at = start
    for part in 0..<6 {
      if part > 0 {
        guard at < text.count, text[at] == colon else { return nil }
        at += 1
      }
      let first = at
      var group: UInt64 = 0
      while at < text.count, at - first < 2, let digit = text[at].hexValue {
        if text[at].isDigit { hasDigit = true }
        group = group << 4 | UInt64(digit)
        at += 1
      }
      guard at > first else { return nil }
      address = address << 8 | group
    }
    guard hasDigit else { return nil }
    if at < text.count, ByteSet.word.contains(text[at]) { return nil }
    if at + 1 < text.count, text[at] == colon, text[at + 1] == colon || text[at + 1].hexValue != nil { return nil }
    return Finding(start: start, end: at, subject: .hardware(address, .short))
  }

  private func hardware(_ text: Span<UInt8>, _ start: Int, end: Int, _ form: HardwareForm) -> Finding? {
    Finding(start: start, end: end, subject: .hardware(number(text, start, end), form))
  }

  /// The hexadecimal digits between the two places as one number.
  private func number(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var number: UInt64 = 0
    for at in start..<end {
      if let digit = text[at].hexValue { number = number << 4 | UInt64(digit) }
    }
    return number
  }

  /// `0011.2233.4455`
  private func ciscoHardware(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let dot = UInt8(ascii: ".")
    guard start + 14 <= text.count, text[start + 4] == dot, text[start + 9] == dot,
      start + 14 == text.count || !ByteSet.word.contains(text[start + 14])
    else { return nil }
    for group in [start, start + 5, start + 10] {
      for at in group..<group + 4 where text[at].hexValue == nil { return nil }
    }
    return hardware(text, start, end: start + 14, .dots)
  }

  /// Addresses inside names that systems make of them: `enx001122334455`, `ip-10-0-0-1`, `ec2-10-0-0-1`.
  private func named(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    switch text[start].folded {
    case UInt8(ascii: "e") where starts(text, start, "enx"):
      let first = start + 3
      guard first + 12 <= text.count, first + 12 == text.count || !ByteSet.word.contains(text[first + 12]) else {
        return nil
      }
      for at in first..<first + 12 where text[at].hexValue == nil { return nil }
      return hardware(text, first, end: first + 12, .bare)
    case UInt8(ascii: "i") where starts(text, start, "ip-"): return dashedQuad(text, start + 3)
    case UInt8(ascii: "e") where starts(text, start, "ec2-"): return dashedQuad(text, start + 4)
    default: return nil
    }
  }

  private func dashedQuad(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let dash = UInt8(ascii: "-")
    return quad(text, start, dash).map {
      Finding(start: start, end: $0.end, subject: .ipv4($0.address, separator: dash))
    }
  }

  /// Whether `word`, which is in lower case, stands at `start` in any case.
  func starts(_ text: Span<UInt8>, _ start: Int, _ word: String) -> Bool {
    guard start >= 0, start + word.utf8.count <= text.count else { return false }
    var at = start
    for letter in word.utf8 {
      if text[at].folded != letter { return false }
      at += 1
    }
    return true
  }
}
