// Values that their field's name gives away: headers, assignments, JSON in text, options of programs.
extension Scanner {
  private static let valueEnds = ByteSet.whitespace.union(ByteSet.quotes).union("<>&")

  /// The value of the field whose name begins here. It begins behind the name, which is looked through by itself.
  mutating func keyed(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard start >= noKeyBefore else { return nil }
    var keyEnd = start
    while keyEnd < text.count, ByteSet.key.contains(text[keyEnd]) { keyEnd += 1 }
    noKeyBefore = keyEnd
    return keyed(text, start, keyEnd, depth: 0)
  }

  private func keyed(_ text: Span<UInt8>, _ start: Int, _ keyEnd: Int, depth: Int) -> Finding? {
    let isOption = start >= 2 && text[start - 1] == UInt8(ascii: "-") && text[start - 2] == UInt8(ascii: "-")
    guard let separator = separator(text, keyEnd, isOption: isOption) else { return nil }
    if isOption, starts(text, start, "user"), keyEnd == start + 4, separator.sign != UInt8(ascii: ":") {
      return login(text, separator.valueStart)
    }
    guard let purpose = SecretKey.purpose(text, start, keyEnd), separator.valueStart < text.count else { return nil }
    // "secret-2001:db8::1" is no field.
    if text[keyEnd - 1].isDigit, separator.sign == UInt8(ascii: ":"), text[separator.valueStart - 1] == separator.sign {
      return nil
    }
    switch purpose {
    case .assigned where separator.sign == UInt8(ascii: ":"): return nil
    case .directoryOrPassword
    where separator.sign == UInt8(ascii: ":") || text[separator.valueStart] == UInt8(ascii: "/"):
      return nil
    case .unlessNumber
    where separator.sign == UInt8(ascii: ":") && separator.isApart
      || isNumber(text, separator.valueStart):
      return nil
    case .header
    where !ByteSet.quotes.contains(text[separator.valueStart])
      && (separator.sign == UInt8(ascii: ":") || separator.sign != 0 && !isOption && !isInURL(text, start)):
      return header(text, separator.valueStart, quote: start > 0 ? text[start - 1] : 0)
    default: return value(text, separator.valueStart, depth: depth)
    }
  }

  /// Whether a name is that of a parameter, whose value ends where the URL or form does, and not with the line.
  private func isInURL(_ text: Span<UInt8>, _ start: Int) -> Bool {
    url != .none || start > 0 && ("?&" as ByteSet).contains(text[start - 1])
  }

  private func isNumber(_ text: Span<UInt8>, _ start: Int) -> Bool {
    let first = ByteSet.quotes.contains(text[start]) ? start + 1 : start
    var value: [UInt8] = []
    while first + value.count < text.count, !Self.valueEnds.contains(text[first + value.count]) {
      guard value.count < 32 else { return false }
      value.append(text[first + value.count])
    }
    return SecretKey.isNumber(value)
  }

  /// `-u name:password`, as curl takes it.
  func argument(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard start + 3 < text.count, text[start + 1].folded == UInt8(ascii: "u"),
      !follows(ByteSet.whitespace.union(.quotes).inverted, text, start)
    else { return nil }
    var at = start + 2
    while at < text.count, at - start < 8, isArgumentGap(text[at]) { at += 1 }
    return at > start + 2 ? login(text, at) : nil
  }

  private func isArgumentGap(_ byte: UInt8) -> Bool {
    ByteSet.blanks.contains(byte) || ByteSet.quotes.contains(byte) || byte == UInt8(ascii: ",")
  }

  /// Where the value begins, behind `=`, `:`, `=>`, `:=`, with a quote around the name or not; behind a blank or in the
  /// next argument for an option. And whether there are blanks before the sign.
  private func separator(
    _ text: Span<UInt8>, _ keyEnd: Int, isOption: Bool
  ) -> (sign: UInt8, valueStart: Int, isApart: Bool)? {
    let colon = UInt8(ascii: ":")
    var at = keyEnd
    if at < text.count, ByteSet.quotes.contains(text[at]) {
      at += 1
      if at < text.count, text[at] == UInt8(ascii: "]") { at += 1 }
    }
    func skipBlanks() {
      let from = at
      while at < text.count, at - from < 16, ByteSet.blanks.contains(text[at]) { at += 1 }
    }
    skipBlanks()
    guard at < text.count else { return nil }
    let sign = text[at]
    let isApart = at > keyEnd && ByteSet.blanks.contains(text[at - 1])
    switch sign {
    case colon:
      at += 1
      guard at < text.count else { return nil }
      // "token::new" and "token://" are no fields.
      if text[at] == colon || Placeholder.has("//", at: at, in: text) { return nil }
      if text[at] == UInt8(ascii: "=") { at += 1 }
    case UInt8(ascii: "="):
      at += 1
      while at < text.count, text[at] == UInt8(ascii: "=") || text[at] == UInt8(ascii: ">") { at += 1 }
    default:
      guard isOption, at > keyEnd else { return nil }
      let from = at
      while at < text.count, at - from < 8, isArgumentGap(text[at]) { at += 1 }
      // The quote that the value itself begins with.
      if at > keyEnd, ByteSet.quotes.contains(text[at - 1]) { at -= 1 }
      return (0, at, isApart)
    }
    skipBlanks()
    return (sign, at, isApart)
  }

  /// The value of a header: of schemes with one token that one, of all others everything to the end of the line; or to the
  /// quote, where the whole header stands in one.
  private func header(_ text: Span<UInt8>, _ start: Int, quote: UInt8) -> Finding? {
    var word = start
    while word < text.count, ByteSet.key.contains(text[word]) { word += 1 }
    var first = word
    while first < text.count, first - word < 16, ByteSet.blanks.contains(text[first]) { first += 1 }
    if first > word, isOneTokenScheme(text, start, word) {
      if Placeholder.has(Placeholder.token, at: first, in: text) {
        return Finding(start: first, end: first + Placeholder.token.utf8.count, subject: .kept)
      }
      var end = first
      while end < text.count, ByteSet.token68.contains(text[end]) { end += 1 }
      if end > first { return Finding(start: first, end: end, subject: .token, tail: .token68) }
    }
    var ends = ByteSet.lineEnds
    if ByteSet.quotes.contains(quote) { ends.insert(quote) }
    var end = start
    while end < text.count, !ends.contains(text[end]) {
      end += 1
      // A quote behind an equals sign begins a part of the value: the one around the header cannot be told any more.
      if end < text.count, text[end] == quote, text[end - 1] == UInt8(ascii: "=") { ends = .lineEnds }
    }
    let isOpen = end == text.count
    while !isOpen, end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    return finding(text, start, end, ends.inverted)
  }

  private func isOneTokenScheme(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    switch end - start {
    case 4: starts(text, start, "ntlm")
    case 5: starts(text, start, "basic") || starts(text, start, "token")
    case 6: starts(text, start, "bearer") || starts(text, start, "apikey")
    case 9: starts(text, start, "negotiate")
    default: false
    }
  }

  private func value(_ text: Span<UInt8>, _ start: Int, depth: Int) -> Finding? {
    guard start < text.count else { return nil }
    var first = start
    var ends = Self.valueEnds
    if ByteSet.quotes.contains(text[start]) {
      first = start + 1
      ends = .realLineEnds
      ends.insert(text[start])
    }
    var end = first
    while end < text.count, !ends.contains(text[end]) {
      end += 1
      // As in a header: this quote begins something, and the value's own is not to be found any more.
      if first > start, end < text.count, text[end] == text[start], text[end - 1] == UInt8(ascii: "=") {
        ends = .realLineEnds
      }
    }
    if first == start, end - first == 1, ("{[(" as ByteSet).contains(text[first]) { return nil }
    if first == start {
      if isNothing(text, first, end) { return nil }
      end = goingOn(text, first, end, depth: depth)
    } else if depth < 4, separator(text, end, isOption: false) != nil,
      let inner = keyed(text, first, end, depth: depth + 1)
    {
      // What is in quotes is the name of the next field.
      return inner
    }
    return finding(text, first, end, ends.inverted)
  }

  /// Where a value without quotes ends of which the first word is not all: `token: Bearer abc`, `token: password: abc`.
  private func goingOn(_ text: Span<UInt8>, _ start: Int, _ end: Int, depth: Int) -> Int {
    // Names of fields do not stand in each other deeper than this.
    guard depth < 4 else { return end }
    if isOneTokenScheme(text, start, end) {
      var first = end
      while first < text.count, first - end < 16, ByteSet.blanks.contains(text[first]) { first += 1 }
      var last = first
      while last < text.count, ByteSet.token68.contains(text[last]) { last += 1 }
      guard first > end, last > first else { return end }
      return goingOn(text, first, last, depth: depth + 1)
    }
    var key = start
    while key < end, text[key] == UInt8(ascii: "-") { key += 1 }
    var keyEnd = key
    while keyEnd < text.count, ByteSet.key.contains(text[keyEnd]) { keyEnd += 1 }
    guard keyEnd > key, let inner = keyed(text, key, keyEnd, depth: depth + 1) else { return end }
    return max(end, inner.end)
  }

  /// Nothing to replace where nothing is, or a placeholder alone.
  private func finding(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ tail: ByteSet) -> Finding? {
    guard end > start else { return nil }
    if let kept = kept(Placeholder.token, text, start, end) { return kept }
    // A key goes on behind the end of the line that the value is on.
    for at in start..<end where text[at] == UInt8(ascii: "-") {
      if var key = privateKey(text, at) {
        key.start = start
        key.tail = tail
        return key
      }
    }
    return Finding(start: start, end: end, subject: .token, tail: tail)
  }

  /// The words of data formats for no value.
  private func isNothing(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var end = end
    while end > start, (",;)]}" as ByteSet).contains(text[end - 1]) { end -= 1 }
    switch end - start {
    case 0: return true
    case 3: return starts(text, start, "nil")
    case 4: return starts(text, start, "null") || starts(text, start, "true") || starts(text, start, "none")
    case 5: return starts(text, start, "false")
    default: return false
    }
  }

  /// `name:password`
  private func login(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    var first = start
    if first < text.count, ByteSet.quotes.contains(text[first]) { first += 1 }
    var end = first
    var colon: Int?
    while end < text.count, !Self.valueEnds.contains(text[end]) {
      if text[end] == UInt8(ascii: ":"), colon == nil { colon = end }
      end += 1
    }
    guard let colon, colon > first, colon + 1 < end else { return nil }
    return finding(text, first, end, Self.valueEnds.inverted)
  }
}
