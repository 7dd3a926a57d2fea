/// One pass over a stream of text that comes in pieces.
///
/// It holds a window of it. Where there is a line's end in the window, everything up to the last one is scrubbed, for
/// nothing but a private key goes past a line. A line that is longer is scrubbed up to `overlap` bytes before the window's
/// end, and the rest waits for what comes; a token that is longer even than that is swallowed until it ends.
///
/// What has escapes is looked at two times: as it reads without them, and then, between what was found, as it stands; for
/// what looks like an escape may be none.
struct TextStage {
  private enum Mode {
    case scanning
    /// Inside something that was replaced already, as long as its bytes come.
    case swallowing(ByteSet)
    /// Inside a private key; how many bytes more of it are dropped if its end does not come, and what else goes behind it
    /// where it is a field's value.
    case inPrivateKey(Int, ByteSet?)
  }

  /// How much of a private key goes whose last line is missing: more than the longest has.
  private static let longestPrivateKey = 64 << 10

  let window: ScrubWindow
  var pending: [UInt8] = []
  private var decoded: Reading
  private var plain: Reading
  private var mode = Mode.scanning

  init(_ task: Scanner.Task, _ vocabulary: Vocabulary, _ encoding: TextEncoding, window: ScrubWindow) {
    self.window = window
    decoded = Reading(Scanner(task, vocabulary, isPlain: false), encoding, decodes: true)
    plain = Reading(Scanner(task, vocabulary, isPlain: true), encoding, decodes: false)
  }

  /// Begins another text, which has nothing to do with the one before.
  mutating func begin(url: Scanner.URLState) {
    decoded.begin(url: url)
    plain.begin(url: url)
    mode = .scanning
  }

  /// Scrubs what can be decided by now, or everything if `isFinal`.
  mutating func process(
    isFinal: Bool, _ identities: Identities, into output: inout [UInt8]
  ) throws(RefusedContent) {
    while try step(isFinal: isFinal, identities, into: &output) {}
  }

  /// Scrubs the next part. False where there is nothing to do until more comes.
  private mutating func step(
    isFinal: Bool, _ identities: Identities, into output: inout [UInt8]
  ) throws(RefusedContent) -> Bool {
    if case .inPrivateKey(let left, let tail) = mode, !passPrivateKey(left, tail, isFinal) { return false }
    var count = pending.count
    var isComplete = isFinal
    if !isFinal {
      guard count >= window.size else { return false }
      if let end = pending.lastIndex(of: UInt8(ascii: "\n")) {
        count = end + 1
        isComplete = true
      }
    }
    guard count > 0 else { return false }
    let hasEscapes = TextView.hasEscapes(pending.span, count: count)
    decoded.look(at: pending, count: count, hasEscapes: hasEscapes)
    let done = try scan(
      limit: isComplete ? nil : window.overlap, alsoPlain: hasEscapes ? count : nil, identities, into: &output)
    let endsLine = isComplete && done > 0 && pending[done - 1] == UInt8(ascii: "\n")
    decoded.leave(at: done, endsLine: endsLine)
    if hasEscapes { plain.leave(at: done, endsLine: endsLine) } else { plain.follow(decoded) }
    pending.removeFirst(done)
    return done > 0
  }

  /// Scans what the readings show, and writes what becomes of it. Returns how many bytes are done with.
  ///
  /// - Parameters:
  ///   - limit: how many bytes at the end wait for what comes; nil where the text ends with them.
  ///   - count: how many bytes to look at as they stand, too.
  private mutating func scan(
    limit: Int?, alsoPlain count: Int?, _ identities: Identities, into output: inout [UInt8]
  ) throws(RefusedContent) -> Int {
    var start = 0
    if case .swallowing(let bytes) = mode {
      start = decoded.skip(bytes)
      if !decoded.isAtEnd || limit == nil { mode = .scanning }
    }
    var (places, done) = decoded.findings(overlap: limit)
    if let count {
      plain.look(at: pending, count: count, hasEscapes: true)
      places = plain.between(places, from: start, upTo: done)
    }
    var written = start
    for place in places {
      guard let replacement = try identities.replacement(for: place.subject) else { continue }
      output.append(contentsOf: pending[written..<place.start])
      if place.followsEscape { output.append(UInt8(ascii: "-")) }
      output.append(contentsOf: replacement)
      written = place.end
      if case .privateKey = place.subject {
        mode = .inPrivateKey(Self.longestPrivateKey, place.tail)
        return written
      }
      if limit != nil, place.isAtEnd, let tail = place.tail { mode = .swallowing(tail) }
    }
    output.append(contentsOf: pending[written..<max(done, written)])
    return max(done, written)
  }

  // MARK: private keys

  /// Drops bytes up to the end of the key. False where it has not come yet.
  private mutating func passPrivateKey(_ left: Int, _ tail: ByteSet?, _ isFinal: Bool) -> Bool {
    let mark = "-----END"
    let (first, end) = privateKeyEnd(mark, isFinal)
    if first != nil, end == nil { return false }
    let kept = isFinal ? 0 : min(pending.count, mark.utf8.count - 1)
    let dropped = end ?? min(left, pending.count - kept)
    pending.removeFirst(dropped)
    decoded.carry = [UInt8(ascii: "]")]
    plain.carry = decoded.carry
    guard end != nil || dropped == left || isFinal else {
      mode = .inPrivateKey(left - dropped, tail)
      return false
    }
    mode = tail.map { .swallowing($0) } ?? .scanning
    return true
  }

  /// Where the last line of a key begins in what is there, and where it ends.
  private func privateKeyEnd(_ mark: String, _ isFinal: Bool) -> (first: Int?, end: Int?) {
    let text = pending.span
    var first = 0
    while first < text.count, text[first] != UInt8(ascii: "-") || !Placeholder.has(mark, at: first, in: text) {
      first += 1
    }
    guard first < text.count else { return (nil, nil) }
    var end = first + mark.utf8.count
    while end < text.count, end - first < 100, text[end] != UInt8(ascii: "-") { end += 1 }
    while end < text.count, text[end] == UInt8(ascii: "-") { end += 1 }
    // Its dashes may go on in what is to come.
    return (first, end < text.count || isFinal ? end : nil)
  }
}

/// How much of a long line is looked at together, in bytes.
package struct ScrubWindow: Sendable {
  package var size = 256 << 10
  /// No name or address is longer than this.
  package var overlap = 32 << 10
  /// How much of a file is read at once.
  package var chunk = 256 << 10

  package init() {}
}
