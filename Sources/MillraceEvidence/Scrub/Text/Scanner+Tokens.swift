// Tokens that are known by how they begin.
extension Scanner {
  private struct Prefix {
    var text: String
    /// How many bytes must follow at least.
    var least: Int
    var tail: ByteSet
  }

  private static let letters = ByteSet.alphanumeric
  private static let lettersAndDashes = ByteSet.alphanumeric.union("_-")
  private static let lettersDashesAndDots = ByteSet.alphanumeric.union("_-.")

  /// By their first letter in lower case. The lengths are below the real ones: tokens are cut off in logs.
  private static let prefixes: [UInt8: [Prefix]] = {
    let all = [
      // AWS: what the letters mean is in the IAM user guide, "unique identifiers".
      Prefix(text: "akia", least: 12, tail: letters), Prefix(text: "asia", least: 12, tail: letters),
      Prefix(text: "abia", least: 12, tail: letters), Prefix(text: "acca", least: 12, tail: letters),
      Prefix(text: "ghp_", least: 10, tail: letters), Prefix(text: "gho_", least: 10, tail: letters),
      Prefix(text: "ghs_", least: 10, tail: letters), Prefix(text: "ghu_", least: 10, tail: letters),
      Prefix(text: "ghr_", least: 10, tail: letters), Prefix(text: "github_pat_", least: 10, tail: lettersAndDashes),
      Prefix(text: "glpat-", least: 8, tail: lettersDashesAndDots),
      Prefix(text: "glptt-", least: 8, tail: lettersDashesAndDots),
      Prefix(text: "gldt-", least: 8, tail: lettersDashesAndDots),
      Prefix(text: "glrt-", least: 8, tail: lettersDashesAndDots),
      Prefix(text: "xapp-", least: 8, tail: lettersAndDashes),
      Prefix(text: "aiza", least: 25, tail: lettersAndDashes),
      Prefix(text: "ya29.", least: 16, tail: lettersDashesAndDots),
      Prefix(text: "sk_live_", least: 6, tail: letters), Prefix(text: "sk_test_", least: 6, tail: letters),
      Prefix(text: "rk_live_", least: 6, tail: letters), Prefix(text: "rk_test_", least: 6, tail: letters),
      Prefix(text: "pk_live_", least: 6, tail: letters), Prefix(text: "pk_test_", least: 6, tail: letters),
      Prefix(text: "whsec_", least: 10, tail: letters.union("+/=")),
      Prefix(text: "sk-ant-", least: 16, tail: lettersAndDashes),
      Prefix(text: "sk-", least: 32, tail: lettersAndDashes),
      Prefix(text: "npm_", least: 30, tail: letters), Prefix(text: "hf_", least: 30, tail: letters),
      Prefix(text: "pypi-", least: 30, tail: lettersAndDashes),
      Prefix(text: "dop_v1_", least: 30, tail: letters),
    ]
    var byLetter: [UInt8: [Prefix]] = [:]
    for prefix in all {
      guard let first = prefix.text.utf8.first else { continue }
      byLetter[first, default: []].append(prefix)
    }
    return byLetter
  }()

  /// Whether a token can begin with this letter.
  private static let firstLetters = ByteSet(prefixes.keys).union("exbd")

  func token(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let first = text[start].folded
    guard Self.firstLetters.contains(first) else { return nil }
    switch first {
    case UInt8(ascii: "e"): return webToken(text, start)
    case UInt8(ascii: "b"), UInt8(ascii: "d"): return credentials(text, start)
    case UInt8(ascii: "x") where starts(text, start, "xox"):
      guard start + 4 < text.count, ByteSet.alphanumeric.contains(text[start + 3]), text[start + 4] == UInt8(ascii: "-")
      else { return nil }
      return run(text, start, from: start + 5, least: 8, of: Self.lettersAndDashes)
    default: break
    }
    guard let prefixes = Self.prefixes[first] else { return nil }
    for prefix in prefixes where starts(text, start, prefix.text) {
      let from = start + prefix.text.utf8.count
      if let finding = run(text, start, from: from, least: prefix.least, of: prefix.tail) { return finding }
    }
    return nil
  }

  private func run(_ text: Span<UInt8>, _ start: Int, from: Int, least: Int, of tail: ByteSet) -> Finding? {
    var end = from
    while end < text.count, tail.contains(text[end]) { end += 1 }
    // The full stop of a sentence.
    while end > from, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    return end - from >= least ? Finding(start: start, end: end, subject: .token, tail: tail) : nil
  }

  /// A JSON Web Token: parts of base64url with dots between, the first of which is an object. RFC 7519
  private func webToken(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard Placeholder.has("eyJ", at: start, in: text) else { return nil }
    var end = start
    while end < text.count, Self.lettersAndDashes.contains(text[end]) { end += 1 }
    guard end - start >= 12 else { return nil }
    var dots = 0
    while end < text.count, text[end] == UInt8(ascii: ".") {
      var next = end + 1
      while next < text.count, Self.lettersAndDashes.contains(text[next]) { next += 1 }
      guard next > end + 1 || dots > 0 else { break }
      dots += 1
      end = next
    }
    // What ends in a dot is a token without a signature, or the end of a sentence.
    while end > start, dots > 1, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    guard dots > 0 else { return nil }
    return Finding(start: start, end: end, subject: .token, tail: Self.lettersDashesAndDots)
  }

  /// `Bearer …`, `Basic …` and `Digest username=…` without the name of the header, as where names and values are apart.
  private func credentials(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    let word: Int
    if starts(text, start, "bearer") {
      word = 6
    } else if starts(text, start, "basic") {
      word = 5
    } else if starts(text, start, "digest") {
      return digest(text, start + 6)
    } else {
      return nil
    }
    var first = start + word
    while first < text.count, first - start < word + 4, ByteSet.blanks.contains(text[first]) { first += 1 }
    guard first > start + word else { return nil }
    var end = first
    var hasDigit = false
    while end < text.count, ByteSet.token68.contains(text[end]) {
      if text[end].isDigit { hasDigit = true }
      end += 1
    }
    while end > first, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    let isToken: Bool =
      if word == 6 {
        end - first >= 20 || hasDigit && end - first >= 8
      } else {
        end - first >= 4 && Base64.decode(text, first, end).contains(UInt8(ascii: ":"))
      }
    return isToken ? Finding(start: first, end: end, subject: .token, tail: .token68) : nil
  }

  private func digest(_ text: Span<UInt8>, _ from: Int) -> Finding? {
    var first = from
    while first < text.count, first - from < 4, ByteSet.blanks.contains(text[first]) { first += 1 }
    guard first > from, starts(text, first, "username=") else { return nil }
    var end = first
    while end < text.count, !ByteSet.lineEnds.contains(text[end]) { end += 1 }
    return Finding(start: first, end: end, subject: .token, tail: ByteSet.lineEnds.inverted)
  }

  /// `-----BEGIN … PRIVATE KEY…-----`. RFC 7468, section 13; PGP writes BLOCK behind it.
  func privateKey(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    guard Placeholder.has("-----BEGIN", at: start, in: text) else { return nil }
    var end = start + 10
    while end < text.count, end - start < 80, text[end] != UInt8(ascii: "-"), !ByteSet.lineEnds.contains(text[end]) {
      end += 1
    }
    let label = lowercased(text, start + 10, end)
    guard label.contains("private") else { return nil }
    while end < text.count, text[end] == UInt8(ascii: "-") { end += 1 }
    return Finding(start: start, end: end, subject: .privateKey)
  }
}
