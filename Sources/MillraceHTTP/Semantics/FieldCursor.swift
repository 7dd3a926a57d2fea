/// Reads a field value from its beginning, byte by byte, without a copy of it.
struct FieldCursor {
  private var rest: Substring.UTF8View

  init(_ value: String) {
    rest = value[...].utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// Steps over `byte`; false where another one is next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  /// Steps over `text`, in exactly this case; false where something else is next.
  mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest.removeFirst(text.utf8.count)
    return true
  }

  /// Steps over the bytes, possibly none, that belong together.
  mutating func takeRun(where belongs: (UInt8) -> Bool) -> Substring.UTF8View {
    let run = rest.prefix(while: belongs)
    rest = rest[run.endIndex...]
    return run
  }

  /// A number of exactly so many digits, at most nine.
  mutating func takeNumber(digits: Int) -> Int? {
    let word = rest.prefix(digits)
    guard word.count == digits, word.allSatisfy(\.isDigit) else { return nil }
    rest = rest[word.endIndex...]
    return word.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  /// A number of as many digits as there are, at least one. What is beyond Int64 counts as its greatest, so that nobody
  /// gets a small position by writing a very great one.
  mutating func takeNumber() -> Int64? {
    let word = takeRun(where: \.isDigit)
    guard !word.isEmpty else { return nil }
    var number: Int64 = 0
    for digit in word {
      let (tens, isTooGreat) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooGreatNow) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      if isTooGreat || isTooGreatNow { return .max }
      number = sum
    }
    return number
  }

  mutating func skipWhitespace() {
    _ = takeRun(where: \.isWhitespace)
  }
}

/// Lists of members with commas between them. RFC 9110 §5.6.1
extension FieldCursor {
  /// Steps over whitespace and empty members, which a recipient has to tolerate, to where a member begins, or the end.
  mutating func skipEmptyMembers() {
    _ = takeRun { $0.isWhitespace || $0 == UInt8(ascii: ",") }
  }

  /// Steps from the end of a member to the beginning of the next; false where the member is not over yet.
  mutating func endMember() -> Bool {
    skipWhitespace()
    guard isAtEnd || rest.first == UInt8(ascii: ",") else { return false }
    skipEmptyMembers()
    return true
  }

  /// Steps over what is left of a member that is not to be read, to the beginning of the next.
  mutating func dropMember() {
    _ = takeRun { $0 != UInt8(ascii: ",") }
    skipEmptyMembers()
  }
}
