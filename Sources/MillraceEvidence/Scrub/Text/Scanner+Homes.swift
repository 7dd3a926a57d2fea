// Home directories, in which the name of their owner stands.
extension Scanner {
  /// `/home/NAME`, `/Users/NAME`, `/root`
  func home(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    if starts(text, start, "/home/") { return ownerName(text, start + 6) }
    if starts(text, start, "/users/") { return ownerName(text, start + 7) }
    guard Placeholder.has("/root", at: start, in: text),
      !follows(.email, text, start),
      start + 5 == text.count || !ByteSet.nameOfUser.contains(text[start + 5])
    else { return nil }
    return Finding(start: start, end: start + 5, subject: .home(of: "root"))
  }

  /// `C:\Users\NAME`, with any number of backslashes; the name may have a blank in it if the path goes on behind it.
  func windowsHome(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let backslash = UInt8(ascii: "\\")
    var at = start
    while at < text.count, text[at] == backslash { at += 1 }
    guard starts(text, at, "users\\") || starts(text, at, "home\\") else { return nil }
    while at < text.count, text[at] != backslash { at += 1 }
    while at < text.count, text[at] == backslash { at += 1 }
    guard let finding = ownerName(text, at) else { return nil }
    var end = finding.end
    while end < text.count, end - at < 64, ByteSet.nameOfUser.contains(text[end]) || text[end] == 0x20 { end += 1 }
    guard case .homeName = finding.subject, end < text.count, text[end] == backslash else { return finding }
    return Finding(start: at, end: end, subject: .homeName(lowercased(text, at, end)))
  }

  /// `~NAME`, at the beginning of a word.
  func tilde(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    if follows(ByteSet.email.union("~"), text, start) { return nil }
    let first = start + 1
    guard first < text.count, ByteSet.word.contains(text[first]), !text[first].isDigit else { return nil }
    return ownerName(text, first)
  }

  private func ownerName(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard start < text.count, ByteSet.word.contains(text[start]) || text[start] == UInt8(ascii: "_") else { return nil }
    if let (placeholder, end) = Placeholder.at(start, in: text) {
      return Finding(start: start, end: end, subject: .placeholder(placeholder))
    }
    var end = start
    while end < text.count, ByteSet.nameOfUser.contains(text[end]) { end += 1 }
    // The full stop of a sentence.
    while end > start + 1, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    return Finding(start: start, end: end, subject: .homeName(lowercased(text, start, end)), tail: .nameOfUser)
  }
}
