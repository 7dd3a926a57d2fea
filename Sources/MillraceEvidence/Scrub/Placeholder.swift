/// What stands in a scrubbed text for a name: `host-1`, `user-2`, `user-3@example.invalid`, `secret-4`.
///
/// They are made of letters, digits and signs that need no escape in JSON, HTML, URLs and file names.
struct Placeholder: Equatable {
  enum Family: String { case host, user, email, secret }

  var family: Family
  var number: UInt32

  init(_ family: Family, _ number: UInt32) {
    self.family = family
    self.number = number
  }

  /// What stands for a token, whatever it was.
  static let token = "[token]"
  static let query = "?[query]"
  static let fragment = "#[fragment]"

  // RFC 2606 reserves the domain.
  private static let mailDomain = "@example.invalid"

  var text: String {
    family == .email ? "user-\(number)\(Self.mailDomain)" : "\(family.rawValue)-\(number)"
  }

  /// The placeholder that begins at `start`, and where it ends.
  static func at(_ start: Int, in text: Span<UInt8>) -> (placeholder: Placeholder, end: Int)? {
    let family: Family
    switch text[start] {
    case UInt8(ascii: "h") where has("host-", at: start, in: text): family = .host
    case UInt8(ascii: "u") where has("user-", at: start, in: text): family = .user
    case UInt8(ascii: "s") where has("secret-", at: start, in: text): family = .secret
    default: return nil
    }
    let digits = start + family.rawValue.utf8.count + 1
    var end = digits
    var number: UInt32 = 0
    while end < text.count, end - digits < 9, text[end].isDigit {
      number = number * 10 + UInt32(text[end] - 0x30)
      end += 1
    }
    guard end > digits, text[digits] != UInt8(ascii: "0") || end == digits + 1 else { return nil }
    if family == .user, has(mailDomain, at: end, in: text) {
      let mailEnd = end + mailDomain.utf8.count
      if mailEnd == text.count || !ByteSet.domain.contains(text[mailEnd]) || text[mailEnd] == UInt8(ascii: ".") {
        return (Placeholder(.email, number), mailEnd)
      }
    }
    guard end == text.count || !ByteSet.word.contains(text[end]) else { return nil }
    return (Placeholder(family, number), end)
  }

  /// Whether `word` stands at `start`.
  static func has(_ word: String, at start: Int, in text: Span<UInt8>) -> Bool {
    guard start >= 0, start + word.utf8.count <= text.count else { return false }
    var at = start
    for byte in word.utf8 {
      if text[at] != byte { return false }
      at += 1
    }
    return true
  }
}
