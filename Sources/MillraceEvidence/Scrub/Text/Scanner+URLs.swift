// What a URL has beside its host and path.
extension Scanner {
  /// `scheme://user:password@`, from the colon on. Anything before the last `@` goes, be it a name or a password.
  mutating func userinfo(_ text: Span<UInt8>, _ position: inout Int) -> Finding? {
    let slash = UInt8(ascii: "/")
    guard position > 0, ByteSet.alphanumeric.contains(text[position - 1]), position + 2 < text.count,
      text[position + 1] == slash, text[position + 2] == slash
    else { return nil }
    url = .absolute
    let start = position + 3
    var at = start
    var sign: Int?
    while at < text.count, !ByteSet.urlEnds.contains(text[at]), text[at] != slash, text[at] != UInt8(ascii: "?"),
      text[at] != UInt8(ascii: "#"), text[at] != UInt8(ascii: "\\")
    {
      if text[at] == UInt8(ascii: "@") { sign = at }
      at += 1
    }
    position += 2
    guard let sign, sign > start else { return nil }
    if let kept = kept(Placeholder.token, text, start, sign) { return kept }
    return Finding(start: start, end: sign, subject: .token)
  }

  /// `?name=value` and `#part` of a URL or path; and `?name=` behind any word, which is a relative URL.
  mutating func query(_ text: Span<UInt8>, _ position: inout Int) -> Finding? {
    let start = position
    let isQuery = text[start] == UInt8(ascii: "?")
    let placeholder = isQuery ? Placeholder.query : Placeholder.fragment
    var end = start + 1
    while end < text.count, !ByteSet.urlEnds.contains(text[end]),
      !Placeholder.has(Placeholder.fragment, at: end, in: text), !Placeholder.has(Placeholder.query, at: end, in: text)
    {
      end += 1
    }
    guard end > start + 1 else { return nil }
    if let kept = kept(placeholder, text, start, end) { return kept }
    switch url {
    case .absolute: break
    case .path: if isQuery, isPunctuation(text, start + 1, end) { return nil }
    case .none:
      guard isQuery, start > 0, !ByteSet.urlEnds.contains(text[start - 1]) else { return nil }
      var at = start + 1
      while at < end, ByteSet.key.contains(text[at]) || text[at] == UInt8(ascii: "%") { at += 1 }
      guard at > start + 1, at < end, text[at] == UInt8(ascii: "=") else { return nil }
    }
    return Finding(
      start: start, end: end, subject: isQuery ? .query : .fragment, tail: ByteSet.urlEnds.inverted)
  }

  /// Signs that end a sentence, and no query.
  private func isPunctuation(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for at in start..<end where !(".,;:!?)]}" as ByteSet).contains(text[at]) { return false }
    return true
  }
}
