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
    let attributes = attributes(of: tag, from: nameEnd)
    output.append(contentsOf: tag[..<nameStart])
    try name(tag[nameStart..<nameEnd], into: &output)
    var written = nameEnd
    let isSecretField = attributes.contains { isNamedSecret($0, tag) }
    for attribute in attributes {
      output.append(contentsOf: tag[written..<attribute.name.lowerBound])
      try name(tag[attribute.name], into: &output)
      written = attribute.name.upperBound
      guard let range = attribute.value else { continue }
      output.append(contentsOf: tag[written..<range.lowerBound])
      try value(Array(tag[range]), lowered(tag[attribute.name]), isSecretField: isSecretField, into: &output)
      written = range.upperBound
    }
    output.append(contentsOf: tag[written...])
    if isEnd || tag.dropLast().last == UInt8(ascii: "/") { return .plain }
    let element = lowered(tag[nameStart..<nameEnd])
    switch element {
    case "script", "style": return .raw(until: "</" + element)
    default: return SecretKey.purpose(of: Array(element.utf8)) == nil ? .plain : .secret
    }
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

  /// Names hold names at times (`data-alice`); one that would be none any more stays.
  private mutating func name(_ name: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    var scrubbed: [UInt8] = []
    try text.scrub(Array(name), into: &scrubbed)
    let isName = scrubbed.allSatisfy { ByteSet.word.contains($0) || ("-_.:@" as ByteSet).contains($0) }
    output.append(contentsOf: isName ? scrubbed[...] : name)
  }

  private mutating func value(
    _ value: [UInt8], _ name: String, isSecretField: Bool, into output: inout [UInt8]
  ) throws(RefusedContent) {
    let isSecret =
      isSecretField && (name == "value" || name == "content")
      || !Self.naming.contains(name) && SecretKey.purpose(of: Array(name.utf8)) != nil
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
