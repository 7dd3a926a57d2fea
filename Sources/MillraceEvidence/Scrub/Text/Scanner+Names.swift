// Names that were given, and those below a host's.
extension Scanner {
  /// A name of the vocabulary that begins here.
  func literal(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let isStart = isWordStart(text, start)
    for literal in vocabulary.words {
      guard let end = Vocabulary.end(of: literal.bytes, at: start, in: text) else { continue }
      let subject: Finding.Subject
      switch literal.meaning {
      case .secret: continue
      case .host: subject = .host(literal.name)
      case .user: subject = .user(literal.name)
      case .home(let user): subject = .home(of: user)
      }
      guard isStart || !ByteSet.word.contains(text[start]), !isInsideWord(text, end) else { continue }
      if let (placeholder, end) = Placeholder.at(start, in: text) {
        return Finding(start: start, end: end, subject: .placeholder(placeholder))
      }
      // "/root" is not part of "/mnt/root", and a user not the first half of a mail address.
      if case .home = literal.meaning, follows(.email, text, start) { continue }
      if case .user = literal.meaning, isMailbox(text, end) { continue }
      return Finding(start: start, end: end, subject: subject)
    }
    return nil
  }

  /// Whether the word goes on at `end`.
  private func isInsideWord(_ text: Span<UInt8>, _ end: Int) -> Bool {
    end < text.count && ByteSet.word.contains(text[end]) && ByteSet.word.contains(text[end - 1])
  }

  /// Whether an `@` and a domain come next: then the whole is a mail address.
  private func isMailbox(_ text: Span<UInt8>, _ end: Int) -> Bool {
    var at = end
    while at < text.count, ByteSet.email.contains(text[at]) { at += 1 }
    return at < text.count && text[at] == UInt8(ascii: "@") && mailDomainEnd(text, at + 1) != nil
  }

  /// `db.corp.example` where `corp.example` was given.
  mutating func subdomain(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard !vocabulary.domains.isEmpty, start >= noDomainBefore else { return nil }
    var end = start
    while end < text.count, ByteSet.domain.contains(text[end]) || text[end] == UInt8(ascii: "_") { end += 1 }
    noDomainBefore = end
    while end > start, !ByteSet.word.contains(text[end - 1]) { end -= 1 }
    for domain in vocabulary.domains {
      let dot = end - domain.count - 1
      guard dot > start, text[dot] == UInt8(ascii: "."),
        Vocabulary.end(of: domain, at: dot + 1, in: text) == end
      else { continue }
      return Finding(start: start, end: end, subject: .host(lowercased(text, start, end)))
    }
    return nil
  }

  func lowercased(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> String {
    var bytes: [UInt8] = []
    for at in start..<end { bytes.append(text[at].folded) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
