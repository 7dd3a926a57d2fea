/// Scrubs a tag: the values of its attributes, and names that somebody chose.
struct HTMLTags {
  /// What the text behind the tag is.
  enum Next {
    case plain
    /// No markup until this, which is in lower case.
    case raw(until: String)
    case secret
  }

  private struct Attribute {
    var name: Range<Int>
    /// Without its quotes.
    var value: Range<Int>?
  }

  private var text: TextScrubber
  private let identities: Identities

  init(_ text: TextScrubber, _ identities: Identities) {
    self.text = text
    self.identities = identities
  }

  mutating func write(_ tag: [UInt8], into output: inout [UInt8]) throws(RefusedContent) -> Next {
    if tag[1] == UInt8(ascii: "!") || tag[1] == UInt8(ascii: "?") {
      try text.scrub(tag, into: &output)
      return .plain
    }
    let isEnd = tag[1] == UInt8(ascii: "/")
    let nameStart = isEnd ? 2 : 1
    let nameEnd = end(of: tag, from: nameStart, "/>")
    if isText(tag, nameStart..<nameEnd) {
      // Without its brackets: the last one must not go with the end of a line.
      output.append(UInt8(ascii: "<"))
      try text.scrub(Array(tag.dropFirst().dropLast()), into: &output)
      output.append(UInt8(ascii: ">"))
      return .plain
    }
    let attributes = attributes(of: tag, from: nameEnd)
    output.append(contentsOf: tag[..<nameStart])
    let element = try name(tag[nameStart..<nameEnd])
    output.append(contentsOf: element)
    var written = nameEnd
    let isSecretField = attributes.contains { isNamedSecret($0, tag) }
    for attribute in attributes {
      output.append(contentsOf: tag[written..<attribute.name.lowerBound])
      let name = try name(tag[attribute.name])
      output.append(contentsOf: name)
      written = attribute.name.upperBound
      guard let range = attribute.value else { continue }
      output.append(contentsOf: tag[written..<range.lowerBound])
      let lowered = lowered(tag[attribute.name])
      let isSecret =
        isSecretField && (lowered == "value" || lowered == "content")
        || !Self.naming.contains(lowered) && isSecretName(tag[attribute.name], written: name)
      try value(Array(tag[range]), of: lowered, isSecret: isSecret, into: &output)
      written = range.upperBound
    }
    output.append(contentsOf: tag[written...])
    if isEnd || tag.dropLast().last == UInt8(ascii: "/") { return .plain }
    let lowered = lowered(tag[nameStart..<nameEnd])
    switch lowered {
    case "script", "style": return .raw(until: "</" + lowered)
    default: return isSecretName(tag[nameStart..<nameEnd], written: element) ? .secret : .plain
    }
  }

  private static let nameBytes = ByteSet.word.union("-_.:")
  /// An entity in a name is none to a browser, but reads as one.
  private static let plainNameBytes = nameBytes.union("&#;%")

  /// Whether this is no element but something that was put between angle brackets, such as a URL or a mail address. Taken
  /// apart it would not be told any more.
  private func isText(_ tag: [UInt8], _ name: Range<Int>) -> Bool {
    guard tag[name].allSatisfy({ Self.plainNameBytes.contains($0) }) else { return true }
    let path = tag[name.upperBound..<end(of: tag, from: name.upperBound, ">")]
    guard path.count > 1 else { return path.first == UInt8(ascii: "/") && tag[name].last == UInt8(ascii: ":") }
    return tag[name].contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
      || path.contains(UInt8(ascii: "?"))
  }

  // MARK: parsing

  private func attributes(of tag: [UInt8], from start: Int) -> [Attribute] {
    var attributes: [Attribute] = []
    var at = start
    let last = tag.count - 1
    while at < last {
      if ByteSet.whitespace.contains(tag[at]) || tag[at] == UInt8(ascii: "/") {
        at += 1
        continue
      }
      // An equals sign without a name is one.
      let nameEnd = max(at + 1, end(of: tag, from: at, "/>="))
      var attribute = Attribute(name: at..<nameEnd)
      at = skipWhitespace(tag, nameEnd)
      if at < last, tag[at] == UInt8(ascii: "=") {
        at = skipWhitespace(tag, at + 1)
        if at < last, tag[at] == UInt8(ascii: "\"") || tag[at] == UInt8(ascii: "'") {
          let close = tag[(at + 1)..<last].firstIndex(of: tag[at]) ?? last
          attribute.value = (at + 1)..<close
          at = min(close + 1, last)
        } else {
          let close = end(of: tag, from: at, ">")
          attribute.value = at..<close
          at = close
        }
      }
      attributes.append(attribute)
    }
    return attributes
  }

  private func end(of tag: [UInt8], from start: Int, _ ends: ByteSet) -> Int {
    var at = start
    while at < tag.count - 1, !ByteSet.whitespace.contains(tag[at]), !ends.contains(tag[at]) { at += 1 }
    return at
  }

  private func skipWhitespace(_ tag: [UInt8], _ start: Int) -> Int {
    var at = start
    while at < tag.count - 1, ByteSet.whitespace.contains(tag[at]) { at += 1 }
    return at
  }

  private func lowered(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map(\.folded), as: UTF8.self)
  }

  // MARK: scrubbing

  private static let urls: Set<String> = [
    "href", "src", "action", "formaction", "poster", "data", "cite", "background", "ping", "xlink:href",
  ]
  private static let naming: Set<String> = ["name", "id", "type", "property", "key", "autocomplete", "http-equiv"]

  /// `name="password"`, which speaks of the `value` beside it.
  private func isNamedSecret(_ attribute: Attribute, _ tag: [UInt8]) -> Bool {
    guard let value = attribute.value, Self.naming.contains(lowered(tag[attribute.name])) else { return false }
    return SecretKey.purpose(of: Array(tag[value])) != nil
  }

  /// Whether a name speaks of what stands behind it, as it was or as it is written: one that a secret was in says that.
  private func isSecretName(_ name: ArraySlice<UInt8>, written: [UInt8]) -> Bool {
    SecretKey.purpose(of: Array(name)) != nil || SecretKey.purpose(of: written) != nil
  }

  /// In the place of a placeholder with brackets. Not a word that says something of a value.
  private static let replacedName = "replaced"

  /// Names hold names at times (`data-alice`), and tokens. What comes out is a name in XML as far as it was one.
  private mutating func name(_ name: ArraySlice<UInt8>) throws(RefusedContent) -> [UInt8] {
    var scrubbed: [UInt8] = []
    try text.scrub(Array(name), into: &scrubbed)
    if scrubbed.elementsEqual(name) || scrubbed.allSatisfy({ Self.nameBytes.contains($0) }) { return scrubbed }
    var written: [UInt8] = []
    var at = 0
    while at < scrubbed.count {
      if let (mark, length) = Self.mark(at, in: scrubbed.span) {
        written.append(contentsOf: mark.utf8)
        at += length
      } else {
        // Of a home directory.
        written.append(scrubbed[at] == UInt8(ascii: "/") ? UInt8(ascii: "-") : scrubbed[at])
        at += 1
      }
    }
    return written
  }

  /// What stands in a name for the placeholder here, and the length of that.
  private static func mark(_ at: Int, in text: Span<UInt8>) -> (mark: String, length: Int)? {
    for placeholder in [Placeholder.token, Placeholder.query, Placeholder.fragment]
    where Placeholder.has(placeholder, at: at, in: text) {
      let mark = placeholder == Placeholder.token ? replacedName : "-" + replacedName
      return (mark, placeholder.utf8.count)
    }
    return nil
  }

  private mutating func value(
    _ value: [UInt8], of name: String, isSecret: Bool, into output: inout [UInt8]
  ) throws(RefusedContent) {
    if isSecret, !value.isEmpty, !value.elementsEqual(Placeholder.token.utf8) {
      identities.count(.token)
      output.append(contentsOf: Placeholder.token.utf8)
      return
    }
    // A link inside the page is no secret, and would lead nowhere.
    let isURL = Self.urls.contains(name) && value.first != UInt8(ascii: "#")
    try text.scrub(value, url: isURL ? .absolute : .none, into: &output)
  }
}
