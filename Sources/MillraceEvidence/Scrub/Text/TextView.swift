/// What a decoder leaves in the place of a byte that was escaped and would mean something else bare: a quote inside a
/// quoted value does not end it, and an encoded blank belongs to its URL. Control characters that text does not have.
/// The escapes of the document itself are no such: what they stand for is the text.
enum EscapeMark {
  /// A line's end, which ends a header's line and not what stands in quotes.
  static let newline: UInt8 = 0x1A
  static let singleQuote: UInt8 = 0x1C
  /// A quote behind more than one backslash.
  static let deepDoubleQuote: UInt8 = 0x1D
  static let doubleQuote: UInt8 = 0x1E
  /// A blank, a quote or an angle bracket that was percent-encoded.
  static let percent: UInt8 = 0x1F
}

/// Text as it reads once its escapes are undone, with the way back: where in the source each byte came from.
///
/// All the ways to hide a character are undone at once and at any depth: `%40`, `%2540`, `\u0040`, `\\u0040`, `\x40`,
/// `&#64;`, `&amp;#x40;`. Undoing too much costs a needless replacement, undoing too little a leak.
struct TextView {
  private(set) var bytes: [UInt8] = []
  /// Where each byte's source begins, and one more for the end; empty where nothing was decoded.
  private var offsets: [Int32] = []
  /// How many bytes at the start are left context, and no part of the source.
  private(set) var carried = 0

  /// Where in the source the byte at `index` begins.
  func source(of index: Int) -> Int {
    offsets.isEmpty ? index - carried : Int(offsets[index])
  }

  /// Whether what stands before `index` would make an escape of digits: "%", and "&#".
  func makesEscape(before index: Int) -> Bool {
    guard index > 0 else { return false }
    return bytes[index - 1] == UInt8(ascii: "%")
      || index > 1 && bytes[index - 1] == UInt8(ascii: "#") && bytes[index - 2] == UInt8(ascii: "&")
  }

  /// The first byte that begins at `offset` of the source or later.
  func index(of offset: Int) -> Int {
    if offsets.isEmpty { return min(offset + carried, bytes.count) }
    var low = carried
    var high = offsets.count - 1
    while low < high {
      let middle = (low + high) / 2
      if Int(offsets[middle]) < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Shows the first `count` bytes of `source` as they are.
  mutating func show(_ source: [UInt8], count: Int, after carry: [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    carried = carry.count
    bytes.append(contentsOf: carry)
    bytes.append(contentsOf: source[..<count])
  }

  /// Shows them with all escapes undone: first those of the document, and then whatever looks like one, again and again
  /// while that can make new ones, as where HTML was put into JSON.
  mutating func decode(_ source: [UInt8], count: Int, after carry: [UInt8], from encoding: TextEncoding) {
    var hasMore = true
    if encoding == .none {
      hasMore = decodeOnce(source, count: count, after: carry) { Escape.any(in: $0, at: $1, end: $2) }
    } else {
      show(source, count: count, after: carry, as: encoding)
    }
    for _ in 0..<Self.deepest where hasMore {
      let inner = self
      hasMore = decodeOnce(
        Array(inner.bytes[carried...]), count: inner.bytes.count - carried, after: carry
      ) { Escape.any(in: $0, at: $1, end: $2) }
      for place in offsets.indices {
        offsets[place] = place < carried ? 0 : inner.offsets[carried + Int(offsets[place])]
      }
    }
  }

  /// Shows them as they stand in a document of this encoding, whose own escapes must not be cut.
  mutating func show(_ source: [UInt8], count: Int, after carry: [UInt8], as encoding: TextEncoding) {
    switch encoding {
    case .none: show(source, count: count, after: carry)
    case .json: _ = decodeOnce(source, count: count, after: carry) { Escape.json(in: $0, at: $1, end: $2) }
    case .entities:
      _ = decodeOnce(source, count: count, after: carry) {
        $0[$1] == UInt8(ascii: "&") ? Escape.entity($0, $1, $2)?.bare : nil
      }
    }
  }

  /// Encodings inside each other beyond this are nobody's data.
  private static let deepest = 4

  /// Returns whether there may be an escape in what came out.
  private mutating func decodeOnce(
    _ source: [UInt8], count: Int, after carry: [UInt8], _ escape: (Span<UInt8>, Int, Int) -> Escape?
  ) -> Bool {
    show(source, count: 0, after: carry)
    bytes.reserveCapacity(carried + count)
    offsets.reserveCapacity(carried + count + 1)
    for _ in 0..<carried { offsets.append(0) }
    var hasNew = false
    let text = source.span
    var at = 0
    while at < count {
      let byte = text[at]
      guard Self.introducers.contains(byte), let escape = escape(text, at, count) else {
        bytes.append(byte)
        offsets.append(Int32(truncatingIfNeeded: at))
        at += 1
        continue
      }
      switch escape.meaning {
      case .byte(let decoded):
        bytes.append(decoded)
        offsets.append(Int32(truncatingIfNeeded: at))
        // A row of backslashes that escapes nothing is no character that was escaped.
        if decoded > 0x20, text[at + escape.length - 1] != UInt8(ascii: "\\") { hasNew = true }
      case .scalar(let scalar):
        for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          bytes.append(unit)
          offsets.append(Int32(truncatingIfNeeded: at))
        }
      }
      at += escape.length
    }
    offsets.append(Int32(truncatingIfNeeded: count))
    return hasNew && Self.hasEscapes(bytes.span, count: bytes.count)
  }

  private static let introducers: ByteSet = "%\\&"

  /// Whether there is anything to decode.
  static func hasEscapes(_ source: Span<UInt8>, count: Int) -> Bool {
    for at in 0..<count {
      let byte = source[at]
      if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "&") { return true }
    }
    return false
  }
}

/// How the document that a text is in writes its characters.
enum TextEncoding { case none, json, entities }
