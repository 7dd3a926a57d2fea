// Mail addresses.
extension Scanner {
  /// `name@domain.tld`. The dot is what tells it from `user@host`, a version in a package's name, and a unit of systemd
  /// with a number.
  mutating func mail(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard start >= noMailBefore else { return nil }
    var at = start
    while at < text.count, ByteSet.email.contains(text[at]) { at += 1 }
    noMailBefore = at
    guard at < text.count, text[at] == UInt8(ascii: "@"), let end = mailDomainEnd(text, at + 1) else { return nil }
    return Finding(start: start, end: end, subject: .email(lowercased(text, start, end)), tail: .domain)
  }

  /// Where the domain that begins at `start` ends; nil where none does.
  func mailDomainEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
    let dot = UInt8(ascii: ".")
    var end = start
    while end < text.count, ByteSet.domain.contains(text[end]) { end += 1 }
    while end > start, text[end - 1] == dot || text[end - 1] == UInt8(ascii: "-") { end -= 1 }
    var label = end
    while label > start, text[label - 1] != dot { label -= 1 }
    // The last label is of letters; an encoded one begins with xn--.
    guard label > start + 1, end - label >= 2, ByteSet.word.contains(text[start]) else { return nil }
    if starts(text, label, "xn--") { return end }
    for at in label..<end where text[at].isDigit || text[at] == UInt8(ascii: "-") { return nil }
    return end
  }
}
