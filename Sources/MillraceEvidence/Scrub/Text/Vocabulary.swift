/// The names to look for.
struct Vocabulary: Sendable {
  struct Literal: Sendable {
    enum Meaning: Sendable { case host, user, home(of: String), secret }

    /// In lower case as far as ASCII goes.
    var bytes: [UInt8]
    var meaning: Meaning
    /// The name that its placeholder belongs to.
    var name: String
  }

  /// Hosts, users and home directories, which stand for themselves. The longest first: a host's full name before the short
  /// one.
  let words: [Literal]
  /// Hosts with a dot: names below them are names of hosts, too.
  let domains: [[UInt8]]
  /// What may stand anywhere, inside other words as well. The longest first.
  let secrets: [Literal]
  /// For every byte what may begin with it, secrets aside.
  let triggers: [Trigger]
  /// The same for secrets.
  let secretTriggers: [Trigger]

  struct Trigger: OptionSet, Sendable {
    let rawValue: UInt8
    static let word = Trigger(rawValue: 1)
    static let literal = Trigger(rawValue: 2)
    static let sign = Trigger(rawValue: 4)
    static let urlEnd = Trigger(rawValue: 8)
  }

  init(hosts: [String], users: [String], homes: [(path: String, user: String)], secrets: [String]) {
    func literals(_ name: String, _ meaning: Literal.Meaning) -> [Literal] {
      // Letters beyond ASCII in both cases.
      let forms = Set([name, name.lowercased(), name.uppercased()].map { $0.utf8.map(\.folded) })
      return forms.sorted { $0.lexicographicallyPrecedes($1) }.filter { !$0.isEmpty }.map {
        Literal(bytes: $0, meaning: meaning, name: name.lowercased())
      }
    }
    var words = hosts.flatMap { literals($0, .host) } + users.flatMap { literals($0, .user) }
    for home in homes { words += literals(home.path, .home(of: home.user)) }
    self.words = Self.longestFirst(words)
    self.secrets = Self.longestFirst(secrets.flatMap { literals($0, .secret) })
    domains = hosts.filter { $0.contains(".") }.map { $0.utf8.map(\.folded) }
    triggers = Self.triggers(self.words)
    secretTriggers = Self.triggers(self.secrets)
  }

  private static func triggers(_ literals: [Literal]) -> [Trigger] {
    var triggers = [Trigger](repeating: [], count: 256)
    for byte in UInt8.min...UInt8.max {
      if ByteSet.word.contains(byte) { triggers[Int(byte)].insert(.word) }
      if ByteSet.urlEnds.contains(byte) { triggers[Int(byte)].insert(.urlEnd) }
      if ("/\\~?#-:[\u{1B}" as ByteSet).contains(byte) { triggers[Int(byte)].insert(.sign) }
      if literals.contains(where: { fits(byte, $0.bytes[0]) }) { triggers[Int(byte)].insert(.literal) }
    }
    return triggers
  }

  private static func longestFirst(_ literals: [Literal]) -> [Literal] {
    literals.enumerated().sorted { ($1.element.bytes.count, $0.offset) < ($0.element.bytes.count, $1.offset) }
      .map(\.element)
  }

  /// Whether a byte of text can stand for one of a literal. What a view left of an encoded blank or quote is either.
  @inline(__always)
  static func fits(_ byte: UInt8, _ literal: UInt8) -> Bool {
    if byte.folded == literal { return true }
    switch byte {
    case EscapeMark.percent: return (" \t\r\n\"'`<>" as ByteSet).contains(literal)
    case EscapeMark.doubleQuote, EscapeMark.deepDoubleQuote: return literal == UInt8(ascii: "\"")
    case EscapeMark.singleQuote: return literal == UInt8(ascii: "'")
    // A blank in a form.
    case UInt8(ascii: "+"): return literal == UInt8(ascii: " ")
    default: return false
    }
  }

  /// Whether a secret stands anywhere in a text, as it is.
  func hasSecret(in text: [UInt8]) -> Bool {
    let span = text.span
    return secrets.contains { secret in
      span.indices.contains { Self.end(of: secret.bytes, at: $0, in: span) != nil }
    }
  }

  /// Where the literal that begins at `start` ends.
  static func end(of literal: [UInt8], at start: Int, in text: Span<UInt8>) -> Int? {
    guard start + literal.count <= text.count else { return nil }
    let span = literal.span
    for place in span.indices where !fits(text[start + place], span[place]) { return nil }
    return start + literal.count
  }
}
