/// The Content-Type of a file by its name.
package struct MediaTypes: Sendable {
  private var entries: [FileExtension: Entry] = [:]

  /// What is known of a name by what stands behind its last dot.
  private struct Entry: Sendable {
    /// The type of the extension itself; nil where only longer ones are known.
    var type: String?
    /// Those that have a dot inside, "d.ts" for "ts", in small letters; the longest first.
    var longer: [(ending: [UInt8], type: String)] = []
  }

  /// What is not known: bytes.
  package static let unknown = "application/octet-stream"

  /// The types of the files that web servers have, and nothing of the machine. ``BuiltInMediaTypes``
  package static let builtIn = MediaTypes().adding(mimeTypesFile: Array(BuiltInMediaTypes.table.utf8))

  /// The value of Content-Type for a file's name, the last component of a path: `text/html; charset=utf-8`. The longest
  /// extension that is known wins, in whatever case. ``unknown`` for all others, also for names such as ".bashrc".
  package func contentType(for name: [UInt8]) -> String {
    type(ofName: name) ?? Self.unknown
  }

  /// The same for a name in UTF-8.
  package func contentType(for name: String) -> String {
    type(ofName: name.utf8) ?? Self.unknown
  }

  private func type(ofName name: some BidirectionalCollection<UInt8>) -> String? {
    guard let entry = FileExtension(ofName: name).flatMap({ entries[$0] }) else { return nil }
    return entry.longer.first { Self.has(name, ending: $0.ending) }?.type ?? entry.type
  }

  /// Whether a name ends with a dot and `ending`, and does not begin with that dot.
  private static func has(_ name: some BidirectionalCollection<UInt8>, ending: [UInt8]) -> Bool {
    guard name.count > ending.count + 1 else { return false }
    let rest = name.dropLast(ending.count)
    return name.suffix(ending.count).elementsEqual(ending) { $0.lowercased == $1 }
      && rest.last == UInt8(ascii: ".") && rest.contains { $0 != UInt8(ascii: ".") }
  }

  /// These types, and those of a file in the format of /etc/mime.types for the extensions that are not among them: a
  /// type a line with its extensions behind it, and comments behind "#". Of an extension that comes twice the first
  /// line counts. A line whose type is none is left out, as are extensions of more than 16 bytes.
  package func adding(mimeTypesFile bytes: [UInt8]) -> MediaTypes {
    var types = self
    for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let words = line.prefix { $0 != UInt8(ascii: "#") }.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, let type = Self.contentType(first) else { continue }
      for word in words.dropFirst() { types.note(type, for: word.map(\.lowercased)) }
    }
    return types
  }

  private mutating func note(_ type: String, for ending: [UInt8]) {
    guard let key = FileExtension(ofName: "name.".utf8 + ending) else { return }
    var entry = entries[key] ?? Entry()
    if !ending.contains(UInt8(ascii: ".")) {
      entry.type = entry.type ?? type
    } else if !entry.longer.contains(where: { $0.ending == ending }) {
      entry.longer.append((ending, type))
      entry.longer.sort { $0.ending.count > $1.ending.count }
    }
    entries[key] = entry
  }

  /// A type as the field has it; nil where it is none. Texts are said to be UTF-8. Neither JSON nor XML has the
  /// parameter: the one is always UTF-8, the other says by itself what it is. RFC 8259 §11, RFC 7303 §3
  private static func contentType(_ word: ArraySlice<UInt8>) -> String? {
    let parts = word.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isTokenByte) }) else { return nil }
    // RFC 9239 §3 has retired the other names.
    let isScript = word.isWord("application/javascript") || word.isWord("application/x-javascript")
    let type = isScript ? "text/javascript" : String(decoding: word, as: UTF8.self)
    return parts[0].isWord("text") || isScript ? type + "; charset=utf-8" : type
  }
}
