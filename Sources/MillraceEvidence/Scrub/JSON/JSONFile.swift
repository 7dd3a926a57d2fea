/// Scrubs JSON, one value or many, as it comes: strings are read with their escapes undone, everything between them goes
/// out byte for byte. What a key says of its value counts.
///
/// It is strict: at the first byte that RFC 8259 does not allow it throws ``RefusedContent/notJSON``.
struct JSONFile {
  /// Nesting beyond this is nobody's data.
  private static let deepest = 512
  /// Strings up to here are looked at as a whole.
  private static let longestHeld = 64 << 10

  private enum State {
    case between
    case string(isEscaped: Bool)
    /// The string is longer than what is held, and handed on as it comes; `isDropped` if nothing of it goes out.
    case longString(isEscaped: Bool, isDropped: Bool)
    case number
    case word(String)
  }

  private enum Expectation { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd }

  private var text: TextScrubber
  private let vocabulary: Vocabulary
  private let identities: Identities
  private var fields: JSONFields
  private var state = State.between
  private var expectation = Expectation.value
  private var isKey = false
  private var held: [UInt8] = []
  private var hasValue = false
  /// What of the mark may still come at the beginning.
  private var byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ vocabulary: Vocabulary, _ identities: Identities, window: ScrubWindow) {
    text = TextScrubber(vocabulary, identities, encoding: .json, window: window)
    self.vocabulary = vocabulary
    self.identities = identities
    fields = JSONFields(vocabulary)
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    var at = bytes.startIndex
    while let expected = byteOrderMark.first, at < bytes.endIndex {
      guard bytes[at] == expected else {
        // None, or half of one.
        guard byteOrderMark.count == 3 else { throw .notJSON }
        byteOrderMark.removeAll()
        break
      }
      output.append(expected)
      byteOrderMark.removeFirst()
      at += 1
    }
    while at < bytes.endIndex {
      let byte = bytes[at]
      switch state {
      case .between:
        try begin(byte, into: &output)
        at += 1
      case .string(let isEscaped):
        let end = stringEnd(bytes, at, isEscaped: isEscaped)
        try check(bytes[at..<end.place])
        held.append(contentsOf: bytes[at..<end.place])
        at = end.place
        if end.isQuote {
          at += 1
          try endString(into: &output)
        } else {
          state = .string(isEscaped: end.isEscaped)
          if held.count > Self.longestHeld { try beginLongString(isEscaped: end.isEscaped, into: &output) }
        }
      case .longString(let isEscaped, let isDropped):
        let end = stringEnd(bytes, at, isEscaped: isEscaped)
        try check(bytes[at..<end.place])
        if !isDropped { try text.feed(bytes[at..<end.place], into: &output) }
        at = end.place
        state = .longString(isEscaped: end.isEscaped, isDropped: isDropped)
        if end.isQuote {
          at += 1
          if !isDropped { try text.end(into: &output) }
          output.append(UInt8(ascii: "\""))
          endedString(nil)
        }
      case .number:
        if JSONNumber.bytes.contains(byte) {
          held.append(byte)
          guard held.count <= 1024 else { throw .notJSON }
          at += 1
        } else {
          try endNumber(into: &output)
        }
      case .word(let rest):
        guard let next = rest.utf8.first, next == byte else { throw .notJSON }
        output.append(byte)
        at += 1
        state = .word(String(rest.dropFirst()))
        if rest.utf8.count == 1 { endValue() }
      }
    }
  }

  mutating func end(into output: inout [UInt8]) throws(RefusedContent) {
    if case .number = state { try endNumber(into: &output) }
    guard case .between = state, fields.depth == 0, hasValue else { throw .notJSON }
  }

  // MARK: between values

  private mutating func begin(_ byte: UInt8, into output: inout [UInt8]) throws(RefusedContent) {
    if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      output.append(byte)
      return
    }
    switch (byte, expectation) {
    case (UInt8(ascii: "\""), .key), (UInt8(ascii: "\""), .keyOrEnd):
      isKey = true
      held.removeAll(keepingCapacity: true)
      state = .string(isEscaped: false)
    case (UInt8(ascii: ":"), .colon): expectation = .value
    case (UInt8(ascii: ","), .commaOrEnd) where fields.depth > 0: expectation = fields.isObject ? .key : .value
    case (UInt8(ascii: "}"), .commaOrEnd), (UInt8(ascii: "}"), .keyOrEnd):
      guard fields.isObject else { throw .notJSON }
      fields.leave()
      endValue()
    case (UInt8(ascii: "]"), .commaOrEnd), (UInt8(ascii: "]"), .valueOrEnd):
      guard fields.depth > 0, !fields.isObject else { throw .notJSON }
      fields.leave()
      endValue()
    case (_, .value), (_, .valueOrEnd): try beginValue(byte)
    default: throw .notJSON
    }
    if case .number = state { return }
    output.append(byte)
  }

  private mutating func beginValue(_ byte: UInt8) throws(RefusedContent) {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard fields.depth < Self.deepest else { throw .notJSON }
      let isObject = byte == UInt8(ascii: "{")
      fields.enter(isObject: isObject)
      expectation = isObject ? .keyOrEnd : .valueOrEnd
    case UInt8(ascii: "\""):
      isKey = false
      held.removeAll(keepingCapacity: true)
      state = .string(isEscaped: false)
    case UInt8(ascii: "t"): state = .word("rue")
    case UInt8(ascii: "f"): state = .word("alse")
    case UInt8(ascii: "n"): state = .word("ull")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      held = [byte]
      state = .number
    default: throw .notJSON
    }
  }

  private mutating func endValue() {
    hasValue = true
    state = .between
    expectation = fields.depth > 0 ? .commaOrEnd : .value
  }

  private mutating func endNumber(into output: inout [UInt8]) throws(RefusedContent) {
    guard JSONNumber.isOne(held) else { throw .notJSON }
    let zero = [UInt8(ascii: "0")]
    if fields.isSecretNumber, held != zero {
      identities.count(.token)
      held = zero
    } else if vocabulary.hasSecret(in: held) {
      // A placeholder would be no number.
      identities.count(.secret)
      held = zero
    }
    output.append(contentsOf: held)
    fields.ended(nil)
    endValue()
  }

  // MARK: strings

  /// The quote that ends it, or the end of what is there.
  private func stringEnd(
    _ bytes: ArraySlice<UInt8>, _ start: Int, isEscaped: Bool
  ) -> (place: Int, isQuote: Bool, isEscaped: Bool) {
    var isEscaped = isEscaped
    var at = start
    while at < bytes.endIndex {
      let byte = bytes[at]
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        return (at, true, false)
      }
      at += 1
    }
    return (at, false, isEscaped)
  }

  private func check(_ bytes: ArraySlice<UInt8>) throws(RefusedContent) {
    for byte in bytes where byte < 0x20 { throw .notJSON }
  }

  private mutating func endString(into output: inout [UInt8]) throws(RefusedContent) {
    var written: [UInt8] = []
    if !isKey, let replacement = try fields.replacement(for: held, identities) {
      written = replacement
    } else {
      try text.scrub(held, into: &written)
    }
    output.append(contentsOf: written)
    output.append(UInt8(ascii: "\""))
    endedString(held, written: written)
  }

  private mutating func endedString(_ content: [UInt8]?, written: [UInt8] = []) {
    state = .between
    if isKey {
      fields.key(JSONFields.unescaped(content ?? []), written: JSONFields.unescaped(written))
      expectation = .colon
    } else {
      fields.ended(content, written: written)
      endValue()
    }
  }

  private mutating func beginLongString(isEscaped: Bool, into output: inout [UInt8]) throws(RefusedContent) {
    let isDropped = !isKey && fields.isSecret
    if isDropped {
      identities.count(.token)
      output.append(contentsOf: Placeholder.token.utf8)
    } else {
      text.begin(url: .none)
      try text.feed(held[...], into: &output)
    }
    state = .longString(isEscaped: isEscaped, isDropped: isDropped)
  }
}

/// The grammar of a number. RFC 8259, section 6
enum JSONNumber {
  static let bytes = ByteSet.digits.union("+-.eE")

  static func isOne(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    func digits() -> Int {
      let count = rest.prefix { $0.isDigit }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let leading = rest.first
    let count = digits()
    guard count > 0, count == 1 || leading != UInt8(ascii: "0") else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first?.folded == UInt8(ascii: "e") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
