/// Finds in a text what has to go, from left to right, one pass. What it says of a place depends on the text around it
/// alone, and on whether that is inside a URL: a text cut in windows gives what the whole one gives.
struct Scanner {
  enum URLState: Equatable {
    case none
    /// Behind a `/` that began a path.
    case path
    /// Behind `scheme://`, or in an attribute that is a URL.
    case absolute
  }

  enum Task { case secrets, forms }

  private let task: Task
  let vocabulary: Vocabulary
  /// Whether the text is looked at as it stands though it has escapes. Then a placeholder with an escape behind it is one
  /// that ends there: the scanner that sees what the escape says has found that it does.
  let isPlain: Bool
  var url = URLState.none

  // Up to where an answer is known to be no, so that no stretch is looked at again for each of its words.
  var noMailBefore = 0
  var noKeyBefore = 0
  var noDomainBefore = 0
  var noBase64Before = 0
  /// Where a word begins though a letter stands before it, which is the end of a terminal's colour sequence.
  var wordBarrier = -1
  /// The value of the field whose name is being looked through.
  private var pending: Finding? {
    didSet { pendingStart = pending?.start ?? Int.max }
  }
  private var pendingStart = Int.max

  init(_ task: Task, _ vocabulary: Vocabulary, isPlain: Bool) {
    self.task = task
    self.vocabulary = vocabulary
    self.isPlain = isPlain
  }

  /// Before another view: places mean other bytes then.
  mutating func beginView() {
    noMailBefore = 0
    noKeyBefore = 0
    noDomainBefore = 0
    noBase64Before = 0
    wordBarrier = -1
    pending = nil
  }

  /// What comes next has nothing to do with what was before.
  mutating func leaveContext() {
    pending = nil
    url = .none
  }

  /// The next finding that begins before `limit` of what is left from `position` on, which moves up to it or to the limit.
  mutating func next(_ text: Span<UInt8>, _ position: inout Int, limit: Int) -> Finding? {
    switch task {
    case .secrets: return nextSecret(text, &position, limit: limit)
    case .forms:
      let finding = nextForm(text, &position, limit: limit)
      // In its place there will be a sign, and no letter that the next word goes on from.
      if let finding, finding.subject.endsInSign { wordBarrier = finding.end }
      return finding
    }
  }

  private mutating func nextForm(_ text: Span<UInt8>, _ position: inout Int, limit: Int) -> Finding? {
    let table = vocabulary.triggers
    let triggers = table.span
    while position < limit || pendingStart != Int.max {
      if position >= pendingStart, let value = pending {
        pending = nil
        if let rest = value.from(position) { return rest }
        continue
      }
      let trigger = triggers[Int(text[position])]
      // Nothing begins inside a word but a literal.
      if trigger.isEmpty || trigger == .word && !isWordStart(text, position) {
        position += 1
        continue
      }
      if trigger.contains(.urlEnd) { url = .none }
      let isWord = trigger.contains(.word) && isWordStart(text, position)
      if isWord, let value = keyed(text, position) { pending = value }
      if trigger.contains(.literal), let finding = literal(text, position) { return finding }
      if isWord {
        if let finding = word(text, position) { return finding }
      } else if trigger.contains(.sign), let finding = sign(text, &position) {
        return finding
      }
      position += 1
    }
    return nil
  }

  /// The placeholder, if there is nothing else between the two places.
  func kept(_ placeholder: String, _ text: Span<UInt8>, _ start: Int, _ end: Int) -> Finding? {
    let placeholderEnd = start + placeholder.utf8.count
    guard placeholderEnd <= end, Placeholder.has(placeholder, at: start, in: text),
      placeholderEnd == end || isPlain && ("\\%&" as ByteSet).contains(text[placeholderEnd])
    else { return nil }
    return Finding(start: start, end: placeholderEnd, subject: .kept)
  }

  /// Whether a byte of this kind stands before the place, and belongs to the same word.
  func follows(_ kind: ByteSet, _ text: Span<UInt8>, _ at: Int) -> Bool {
    at > 0 && at != wordBarrier && kind.contains(text[at - 1])
  }

  @inline(__always)
  func isWordStart(_ text: Span<UInt8>, _ at: Int) -> Bool {
    at == 0 || at == wordBarrier || !ByteSet.word.contains(text[at - 1])
  }

  /// What begins with this word.
  private mutating func word(_ text: Span<UInt8>, _ start: Int) -> Finding? {
    if let (placeholder, end) = Placeholder.at(start, in: text) {
      return Finding(start: start, end: end, subject: .placeholder(placeholder))
    }
    if let finding = token(text, start) { return finding }
    if let finding = mail(text, start) { return finding }
    if let finding = address(text, start) { return finding }
    return subdomain(text, start)
  }

  /// What begins with a sign. Moves past what is no finding and must not be looked into.
  private mutating func sign(_ text: Span<UInt8>, _ position: inout Int) -> Finding? {
    switch text[position] {
    case UInt8(ascii: "/"):
      if let finding = home(text, position) { return finding }
      if url == .none, !follows(.email, text, position) { url = .path }
    case UInt8(ascii: "\\"): return windowsHome(text, position)
    case UInt8(ascii: "~"): return tilde(text, position)
    case UInt8(ascii: "?"), UInt8(ascii: "#"): return query(text, &position)
    case UInt8(ascii: "-"): return privateKey(text, position) ?? argument(text, position)
    case UInt8(ascii: ":"):
      if let finding = userinfo(text, &position) { return finding }
      return address(text, position)
    case UInt8(ascii: "["):
      // Its word is not to be taken for a name that was given.
      return kept(Placeholder.token, text, position, position + Placeholder.token.utf8.count)
    case 0x1B: skipColour(text, &position)
    default: break
    }
    return nil
  }

  /// `ESC [ 31 m` and the like end in a letter, which is not the beginning of the word behind it. ECMA-48, section 5.4
  private mutating func skipColour(_ text: Span<UInt8>, _ position: inout Int) {
    var at = position + 1
    guard at < text.count, text[at] == UInt8(ascii: "[") else { return }
    at += 1
    while at < text.count, at - position < 32, (0x20...0x3F).contains(text[at]) { at += 1 }
    guard at < text.count, (0x40...0x7E).contains(text[at]) else { return }
    position = at
    wordBarrier = at + 1
  }
}
