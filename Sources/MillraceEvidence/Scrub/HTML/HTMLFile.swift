/// Scrubs HTML and XML: texts, the values of attributes, comments, scripts and style sheets, each by itself, so that
/// nothing that is replaced reaches over a tag.
struct HTMLFile {
  /// A tag that is longer is text to us.
  private static let longestTag = 64 << 10

  private enum State {
    case text
    /// Behind a `<`, what there is of a tag in `held`.
    case tag(quote: UInt8?)
    /// Inside a comment, a CDATA section or an element without markup in it; these bytes end it.
    case raw(until: [UInt8])
    /// In the text of an element whose name says that it is secret.
    case secret
  }

  private var text: TextScrubber
  private let identities: Identities
  private var tags: HTMLTags
  private var state = State.text
  private var held: [UInt8] = []

  init(_ vocabulary: Vocabulary, _ identities: Identities, window: ScrubWindow) {
    text = TextScrubber(vocabulary, identities, encoding: .entities, window: window)
    self.identities = identities
    tags = HTMLTags(text, identities)
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    var at = bytes.startIndex
    while at < bytes.endIndex {
      switch state {
      case .text, .secret:
        let open = bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
        try content(bytes[at..<open], into: &output)
        at = open
        if at < bytes.endIndex {
          try endContent(into: &output)
          held = [UInt8(ascii: "<")]
          at += 1
          state = .tag(quote: nil)
        }
      case .tag(let quote): at = try tag(bytes, at, quote, into: &output)
      case .raw(let mark): at = try raw(bytes, at, mark, into: &output)
      }
    }
  }

  mutating func end(into output: inout [UInt8]) throws(RefusedContent) {
    switch state {
    case .text, .secret: try endContent(into: &output)
    // Markup that is cut off.
    case .tag: try text.scrub(held, into: &output)
    case .raw:
      try text.feed(held[...], into: &output)
      try text.end(into: &output)
    }
    held.removeAll()
  }

  // MARK: text

  private mutating func content(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    guard case .secret = state else { return try text.feed(bytes, into: &output) }
    // Held to see whether it is a placeholder already; of more than that nothing is needed.
    if held.count < 64 { held.append(contentsOf: bytes.prefix(64)) }
  }

  private mutating func endContent(into output: inout [UInt8]) throws(RefusedContent) {
    guard case .secret = state else { return try text.end(into: &output) }
    state = .text
    if held.elementsEqual(Placeholder.token.utf8) || held.allSatisfy({ ByteSet.whitespace.contains($0) }) {
      output.append(contentsOf: held)
    } else {
      identities.count(.token)
      output.append(contentsOf: Placeholder.token.utf8)
    }
    held.removeAll(keepingCapacity: true)
  }

  // MARK: tags

  private mutating func tag(
    _ bytes: ArraySlice<UInt8>, _ start: Int, _ quote: UInt8?, into output: inout [UInt8]
  ) throws(RefusedContent) -> Int {
    let byte = bytes[start]
    // "a < b" is no markup.
    if held.count == 1, !ByteSet.alphanumeric.contains(byte), !("/!?" as ByteSet).contains(byte) {
      state = .text
      try text.feed(held[...], into: &output)
      return start
    }
    held.append(byte)
    if held.count == 4, held == Array("<!--".utf8) {
      try beginRaw("-->", into: &output)
    } else if held.count == 9, held == Array("<![CDATA[".utf8) {
      try beginRaw("]]>", into: &output)
    } else if let quote {
      if byte == quote { state = .tag(quote: nil) }
    } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      // A quote that is not behind an equals sign opens nothing, but in a declaration.
      if held[1] == UInt8(ascii: "!") || held[1] == UInt8(ascii: "?") || isBehindEquals { state = .tag(quote: byte) }
    } else if byte == UInt8(ascii: ">") {
      try endTag(into: &output)
    }
    if held.count > Self.longestTag {
      state = .text
      try text.feed(held[...], into: &output)
      held.removeAll()
    }
    return start + 1
  }

  /// Whether an equals sign is the last thing before the byte held last.
  private var isBehindEquals: Bool {
    held.dropLast().last { !ByteSet.whitespace.contains($0) } == UInt8(ascii: "=")
  }

  private mutating func beginRaw(_ mark: String, into output: inout [UInt8]) throws(RefusedContent) {
    output.append(contentsOf: held)
    held.removeAll(keepingCapacity: true)
    text.begin(url: .none)
    state = .raw(until: Array(mark.utf8))
  }

  private mutating func endTag(into output: inout [UInt8]) throws(RefusedContent) {
    let tag = held
    held.removeAll(keepingCapacity: true)
    state = .text
    switch try tags.write(tag, into: &output) {
    case .plain: break
    case .raw(let mark):
      text.begin(url: .none)
      state = .raw(until: Array(mark.utf8))
    case .secret: state = .secret
    }
  }

  // MARK: raw text

  /// Hands on what comes before the mark. As much as could be its beginning is held back.
  private mutating func raw(
    _ bytes: ArraySlice<UInt8>, _ start: Int, _ mark: [UInt8], into output: inout [UInt8]
  ) throws(RefusedContent) -> Int {
    held.append(bytes[start])
    if bytes[start].folded == mark.last, held.suffix(mark.count).map(\.folded) == mark {
      try text.feed(held.dropLast(mark.count), into: &output)
      try text.end(into: &output)
      held = Array(held.suffix(mark.count))
      if mark.first == UInt8(ascii: "<") {
        state = .tag(quote: nil)
      } else {
        output.append(contentsOf: held)
        held.removeAll(keepingCapacity: true)
        state = .text
      }
    } else if held.count > 4096 {
      try text.feed(held.dropLast(mark.count), into: &output)
      held = Array(held.suffix(mark.count))
    }
    return start + 1
  }
}
