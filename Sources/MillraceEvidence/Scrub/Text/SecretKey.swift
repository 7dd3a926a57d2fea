/// Names of fields whose values let somebody in.
enum SecretKey {
  /// What a field's name says of its value.
  enum Purpose: Equatable {
    /// A header whose value goes to the end of its line, whatever is in it.
    case header
    case value
    /// As `value`, but a common word: only behind an equals sign.
    case assigned
    /// `pass`, which is as often a count.
    case unlessNumber
    /// `pwd`, which is as often a directory.
    case directoryOrPassword
  }

  /// Where in a name an ending must stand.
  private enum Place {
    case anywhere
    /// Behind a dash, a dot or an underscore.
    case ownWord
    case wholeName
  }

  private typealias Entry = (ending: String, purpose: Purpose, place: Place)

  /// By their last letter; a name is of the kind when it ends in one of them, dashes, dots and underscores left out.
  private static let endings: [UInt8: [Entry]] = {
    let all: [Entry] = [
      ("authorization", .header, .anywhere), ("cookie", .header, .anywhere), ("cookies", .header, .wholeName),
      ("setcookie2", .header, .wholeName), ("xauthtoken", .value, .wholeName),
      ("password", .value, .anywhere), ("passwd", .value, .anywhere), ("passphrase", .value, .anywhere),
      ("passwort", .value, .anywhere),
      ("secret", .value, .anywhere), ("token", .value, .anywhere), ("apikey", .value, .anywhere),
      ("accesskey", .value, .anywhere), ("accountkey", .value, .anywhere),
      ("accesskeyid", .value, .anywhere), ("secretkey", .value, .anywhere), ("privatekey", .value, .anywhere),
      ("encryptionkey", .value, .anywhere), ("signingkey", .value, .anywhere), ("authkey", .value, .anywhere),
      ("credential", .value, .anywhere), ("credentials", .value, .anywhere), ("sessionid", .value, .anywhere),
      ("clientsecret", .value, .anywhere), ("jsessionid", .value, .anywhere), ("clientkeydata", .value, .anywhere),
      ("sshpass", .value, .wholeName), ("userpass", .value, .wholeName), ("dbpass", .value, .wholeName),
      ("pgpass", .assigned, .wholeName), ("pass", .value, .ownWord), ("pass", .unlessNumber, .wholeName),
      ("auth", .assigned, .wholeName), ("signature", .assigned, .anywhere), ("sig", .assigned, .wholeName),
      ("psk", .assigned, .wholeName), ("pwd", .directoryOrPassword, .anywhere),
    ]
    var byLetter: [UInt8: [Entry]] = [:]
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
      switch entry.place {
      case .anywhere: return entry.purpose
      case .ownWord: if first > start, isJoint(text[first - 1]) { return entry.purpose }
      case .wholeName: if first == start { return entry.purpose }
      }
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

  /// Whether words of a name are joined by this byte.
  private static func isJoint(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
  }

  /// Whether a value behind `pass` counts tests or rounds, and is no password.
  static func isNumber(_ value: [UInt8]) -> Bool {
    value.allSatisfy { $0.isDigit || (".,;)]}/%" as ByteSet).contains($0) }
  }

  /// Where `ending` begins, compared from the end.
  private static func begin(of ending: String, _ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var at = end
    for letter in ending.utf8.reversed() {
      while at > start, isJoint(text[at - 1]) { at -= 1 }
      guard at > start, text[at - 1].folded == letter else { return nil }
      at -= 1
    }
    return at
  }
}
