/// Names of fields whose values let somebody in.
enum SecretKey {
  /// What a field's name says of its value.
  enum Purpose: Equatable {
    /// A header whose value goes to the end of its line, whatever is in it.
    case header
    case value
    /// As `value`, but a common word: only behind an equals sign.
    case assigned
    /// `pwd`, which is as often a directory.
    case directoryOrPassword
  }

  /// By their last letter; a name is of the kind when it ends in one of them, dashes, dots and underscores left out.
  private static let endings: [UInt8: [(ending: String, purpose: Purpose, isWhole: Bool)]] = {
    let all: [(ending: String, purpose: Purpose, isWhole: Bool)] = [
      ("authorization", .header, false), ("cookie", .header, false), ("cookies", .header, true),
      ("setcookie2", .header, true), ("xauthtoken", .value, true),
      ("password", .value, false), ("passwd", .value, false), ("passphrase", .value, false),
      ("passwort", .value, false),
      ("secret", .value, false), ("token", .value, false), ("apikey", .value, false), ("accesskey", .value, false),
      ("accesskeyid", .value, false), ("secretkey", .value, false), ("privatekey", .value, false),
      ("encryptionkey", .value, false), ("signingkey", .value, false), ("authkey", .value, false),
      ("credential", .value, false), ("credentials", .value, false), ("sessionid", .value, false),
      ("clientsecret", .value, false), ("jsessionid", .value, false), ("sshpass", .value, true),
      ("userpass", .value, true), ("dbpass", .value, true), ("pass", .assigned, true), ("auth", .assigned, true),
      ("signature", .assigned, false), ("sig", .assigned, true), ("pgpass", .assigned, true), ("psk", .assigned, true),
      ("pwd", .directoryOrPassword, false),
    ]
    var byLetter: [UInt8: [(ending: String, purpose: Purpose, isWhole: Bool)]] = [:]
    for entry in all {
      guard let last = entry.ending.utf8.last else { continue }
      byLetter[last, default: []].append(entry)
    }
    return byLetter
  }()

  private static let lastLetters = ByteSet(endings.keys)

  static func purpose(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Purpose? {
    if end > start, text[end - 1].isDigit { return isReplacedName(text, start, end) ? .value : nil }
    guard end - start >= 3, lastLetters.contains(text[end - 1].folded), let entries = endings[text[end - 1].folded]
    else {
      return nil
    }
    for entry in entries {
      guard let first = begin(of: entry.ending, text, start, end) else { continue }
      if entry.isWhole, first > start { continue }
      return entry.purpose
    }
    return nil
  }

  /// `secret-1`: a word that was given as a secret stood in the name, and what it said of the value is not known any more.
  private static func isReplacedName(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var digits = end
    while digits > start, text[digits - 1].isDigit { digits -= 1 }
    return Placeholder.has("secret-", at: digits - 7, in: text)
  }

  static func purpose(of name: [UInt8]) -> Purpose? {
    // "--password", ":authority" and "X-Api-Key: " as they stand.
    let name = name.drop { !ByteSet.key.contains($0) || $0 == UInt8(ascii: "-") }
    let key = Array(name.prefix { ByteSet.key.contains($0) || $0 == 0x20 }.filter { $0 != 0x20 })
    guard name.count - key.count < 4 else { return nil }
    return purpose(key.span, 0, key.count)
  }

  /// Where `ending` begins, compared from the end.
  private static func begin(of ending: String, _ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var at = end
    for letter in ending.utf8.reversed() {
      while at > start,
        text[at - 1] == UInt8(ascii: "-") || text[at - 1] == UInt8(ascii: "_")
          || text[at - 1] == UInt8(ascii: ".")
      {
        at -= 1
      }
      guard at > start, text[at - 1].folded == letter else { return nil }
      at -= 1
    }
    return at
  }
}
