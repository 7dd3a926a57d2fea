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
    /// What stands for the name.
    var writtenName: [UInt8] = []
    /// The same for a value that is a name by itself.
    var writtenValue: [UInt8]?
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
    if isProper(tag) { return try writeParts(of: tag, into: &output) }
    // What the parts say may make a text of more of it.
    var parts: [UInt8] = []
    let next = try writeParts(of: try scrubbedAsText(tag), into: &parts)
    output.append(contentsOf: try scrubbedAsText(parts))
    return next
  }

  /// Without its brackets: the last one must not go with the end of a line.
  private mutating func scrubbedAsText(_ tag: [UInt8]) throws(RefusedContent) -> [UInt8] {
    var scrubbed = [UInt8(ascii: "<")]
    try text.scrub(Array(tag.dropFirst().dropLast()), into: &scrubbed)
    scrubbed.append(UInt8(ascii: ">"))
    return scrubbed
  }

  private mutating func writeParts(of tag: [UInt8], into output: inout [UInt8]) throws(RefusedContent) -> Next {
    let isEnd = tag[1] == UInt8(ascii: "/")
    let (nameStart, nameEnd) = name(of: tag)
    let element = try name(tag[nameStart..<nameEnd])
    output.append(contentsOf: tag[..<nameStart])
    output.append(contentsOf: element)
    var attributes = attributes(of: tag, from: nameEnd)
    for place in attributes.indices { try writeName(of: &attributes[place], tag) }
    let isSecretField = attributes.contains { isNamedSecret($0, tag) }
    var written = nameEnd
    for attribute in attributes {
      output.append(contentsOf: tag[written..<attribute.name.lowerBound])
      output.append(contentsOf: attribute.writtenName)
      written = attribute.name.upperBound
      guard let range = attribute.value else { continue }
      output.append(contentsOf: tag[written..<range.lowerBound])
      if let value = attribute.writtenValue {
        output.append(contentsOf: value)
      } else {
        let name = lowered(tag[attribute.name])
        let isSecret =
          isSecretField && (name == "value" || name == "content")
          || isSecretName(tag[attribute.name], written: attribute.writtenName)
        try value(Array(tag[range]), of: name, isSecret: isSecret, into: &output)
      }
      written = range.upperBound
    }
    output.append(contentsOf: tag[written...])
    if isEnd || tag.dropLast().last == UInt8(ascii: "/") { return .plain }
    let lowered = lowered(tag[nameStart..<nameEnd])
    switch lowered {
    case "script", "style": return .raw(until: "</" + lowered)
    default:
      let isSecret = lowered.utf8.last != UInt8(ascii: ":") && isSecretName(tag[nameStart..<nameEnd], written: element)
      return isSecret ? .secret : .plain
    }
  }

  // MARK: parsing

  private func name(of tag: [UInt8]) -> (start: Int, end: Int) {
    let start = tag[1] == UInt8(ascii: "/") ? 2 : 1
    return (start, end(of: tag, from: start, "/>"))
  }

  private static let nameBytes = ByteSet.word.union("-_.:")
  /// An entity in a name is none to a browser, but reads as one.
  private static let elementBytes = nameBytes.union("&#;%")
  /// Frameworks have names such as `@click`, `[value]`, `*if` and `(click)`.
  private static let attributeBytes = elementBytes.union("@*()[]$!|")

  /// Whether a tag is made as tags are. Others are something that was put between angle brackets, such as a URL or a line of
  /// a log: taken apart it would not be told any more, and is looked at as a text first.
  private func isProper(_ tag: [UInt8]) -> Bool {
    let (start, end) = name(of: tag)
    guard tag[start..<end].last != UInt8(ascii: ":"), tag[start..<end].allSatisfy({ Self.elementBytes.contains($0) })
    else { return false }
    var written = end
    for attribute in attributes(of: tag, from: end) {
      let name = tag[attribute.name]
      guard name.first != UInt8(ascii: "-"), name.last != UInt8(ascii: ":"),
        name.allSatisfy({ Self.attributeBytes.contains($0) }),
        !tag[written..<name.startIndex].contains(UInt8(ascii: "/"))
      else { return false }
      written = attribute.value?.upperBound ?? name.endIndex
    }
    return true
  }

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
    guard let value = attribute.value, let written = attribute.writtenValue else { return false }
    return isSecretName(tag[value], written: written)
  }

  private mutating func writeName(of attribute: inout Attribute, _ tag: [UInt8]) throws(RefusedContent) {
    attribute.writtenName = try name(tag[attribute.name])
    guard let value = attribute.value, Self.naming.contains(lowered(tag[attribute.name])) else { return }
    var written: [UInt8] = []
    try text.scrub(Array(tag[value]), into: &written)
    attribute.writtenValue = written
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
