// Words that were given as secrets, which may stand anywhere: inside other words, and inside base64.
extension Scanner {
  mutating func nextSecret(_ text: Span<UInt8>, _ position: inout Int, limit: Int) -> Finding? {
    let table = vocabulary.secretTriggers
    let triggers = table.span
    while position < limit {
      let trigger = triggers[Int(text[position])]
      if trigger.isEmpty {
        position += 1
        continue
      }
      if let finding = placeholder(text, position) { return finding }
      if trigger.contains(.literal), let (literal, end) = secret(text, position) {
        return Finding(start: position, end: end, subject: .secret(literal.name))
      }
      if trigger.contains(.word), let finding = base64(text, position) { return finding }
      position += 1
    }
    return nil
  }

  /// A placeholder, in which no secret is looked for: one may be called "user".
  private func placeholder(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    if text[start] == UInt8(ascii: "[") {
      for placeholder in [Placeholder.token, "[query]", "[fragment]"]
      where Placeholder.has(placeholder, at: start, in: text) {
        return Finding(start: start, end: start + placeholder.utf8.count, subject: .kept)
      }
    }
    guard isWordStart(text, start), let (placeholder, end) = Placeholder.at(start, in: text) else { return nil }
    return Finding(start: start, end: end, subject: .placeholder(placeholder))
  }

  /// The letters that hold the first secret in the run of base64 that begins here. They need not begin with a group of
  /// four, nor the run with what was encoded: all four ways to cut it are tried.
  private mutating func base64(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard start >= noBase64Before else { return nil }
    var end = start
    while end < text.count, ByteSet.base64.contains(text[end]) { end += 1 }
    noBase64Before = end
    guard let shortest = vocabulary.secrets.last?.bytes.count, end - start >= (shortest * 8 + 5) / 6 else { return nil }
    var best: Finding?
    for shift in 0..<4 where start + shift < end {
      let decoded = Base64.decode(text, start + shift, end)
      let bytes = decoded.span
      for place in bytes.indices {
        guard let (secret, secretEnd) = secret(bytes, place) else { continue }
        // The letters that any bit of it is in.
        let first = start + shift + place * 8 / 6
        let last = min(end, start + shift + (secretEnd * 8 + 5) / 6)
        if first < best?.start ?? Int.max {
          best = Finding(start: first, end: last, subject: .secret(secret.name))
        }
        break
      }
    }
    guard var best else { return nil }
    // The padding behind it, which would read as an assignment.
    while best.end >= end, best.end < text.count, text[best.end] == UInt8(ascii: "=") { best.end += 1 }
    noBase64Before = best.end
    return best
  }

  private func secret(_ bytes: Span<UInt8>, _ place: Int) -> (secret: Vocabulary.Literal, end: Int)? {
    for secret in vocabulary.secrets {
      if let end = Vocabulary.end(of: secret.bytes, at: place, in: bytes) { return (secret, end) }
    }
    return nil
  }
}
