import Testing

/// What a test reads out of a page, as far as a browser's reading of it is simple.
struct PageReading {
  let text: String

  init(_ bytes: [UInt8]) throws {
    text = try #require(String(validating: bytes, as: UTF8.self), "a page is UTF-8")
  }

  /// The first flaw of a page, if it has one: an element that is not closed or not opened, an attribute without quotes,
  /// or a bare `<`. The text of scripts and style sheets is passed over, as HTML does.
  var flaw: String? {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      if rest.hasPrefix("!DOCTYPE html>") { continue }
      guard let end = rest.firstIndex(of: ">") else { return "a tag has no end: \(rest.prefix(40))" }
      let tag = rest[..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return "</\(tag.dropFirst())> closes what is not open" }
        continue
      }
      guard let match = tag.wholeMatch(of: /([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<]*")?)*)/) else {
        return "<\(tag)> is no tag"
      }
      let name = match.1
      if ["meta", "input", "br"].contains(name) { continue }
      if name == "script" || name == "style" {
        guard let close = rest.range(of: "</\(name)>") else { return "<\(name)> is not closed" }
        rest = rest[close.upperBound...]
      } else {
        open.append(name)
      }
    }
    return open.last.map { "<\($0)> is not closed" }
  }

  /// The value of each `href` in order, with its references read.
  var links: [String] {
    text.matches(of: /href="([^"]*)"/).map { Self.unescape($0.1) }
  }

  /// The links of entries, in order: the bytes that each decodes to, a directory's with its slash.
  var entryLinks: [[UInt8]] {
    links.filter { $0.hasPrefix("./") }.map { Self.percentDecode($0.dropFirst(2)) }
  }

  /// What stands in the entries' links, markup as it is.
  var entryNames: [String] {
    text.matches(of: /href="\.\/[^"]+"><bdi>(.*?)<\/bdi>/).map { String($0.1) }
  }

  static func unescape(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
      .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
  }

  static func percentDecode(_ text: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.popFirst() {
      if first == UInt8(ascii: "%"), let byte = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(byte)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(first)
      }
    }
    return bytes
  }
}

extension StringProtocol {
  /// Where a text begins and ends in this one.
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }

  /// Its bytes, for a name.
  var bytes: [UInt8] { Array(utf8) }
}
