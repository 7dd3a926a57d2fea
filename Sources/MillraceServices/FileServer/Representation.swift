import LinuxCalls
import Millrace
import MillraceHTTP

/// A file as it is sent: opened and measured once, with the fields that follow from it. RFC 9110 §8
final class Representation: Sendable {
  let measured: MeasuredFile
  let tag: EntityTag?
  /// In seconds since 1970.
  let modified: Int64
  /// Content-Type, and whatever else is about the content.
  let contentFields: [UInt8]
  let contentType: String
  /// What 304 has, too: ETag, Last-Modified, Vary, Cache-Control, and what was configured.
  let commonFields: [UInt8]
  /// All of it, where it is small: to send it costs less than to tell the kernel where it is.
  let content: [UInt8]?

  init(
    _ measured: MeasuredFile, coding: ContentCoding?, contentType: String, varies: Bool, more: [UInt8],
    content: [UInt8]?
  ) {
    self.measured = measured
    self.contentType = contentType
    self.content = content
    let facts = measured.facts
    modified = facts.modified / 1_000_000_000 - (facts.modified % 1_000_000_000 < 0 ? 1 : 0)
    tag = Self.tag(of: facts, coding)
    var about = "Content-Type: \(contentType)\r\nAccept-Ranges: bytes\r\n"
    if let coding { about += "Content-Encoding: \(coding.rawValue)\r\n" }
    contentFields = Array(about.utf8)
    var common: [UInt8] = []
    if let tag { common += "ETag: \(tag.text)\r\n".utf8 }
    if let date = HTTPDate(seconds: modified) { common += Array("Last-Modified: ".utf8) + date.text + [13, 10] }
    if varies { common += "Vary: Accept-Encoding\r\n".utf8 }
    commonFields = common + more
  }

  /// Of the time of the last modification and the size: servers with the same files have the same tags.
  static func tag(of facts: FileFacts, _ coding: ContentCoding?) -> EntityTag? {
    let suffix = coding.map { "-\($0.rawValue)" } ?? ""
    return EntityTag(
      opaque: String(UInt64(bitPattern: facts.modified), radix: 16) + "-" + String(facts.size, radix: 16) + suffix)
  }

  var size: Int64 { measured.size }

  var resource: Preconditions.Resource { .present(tag: tag, lastModified: modified) }
}

/// A file with the neighbours that hold it compressed.
final class ServedFile: Sendable {
  let identity: Representation
  let codings: [(coding: ContentCoding, representation: Representation)]
  private let offered: [ContentCoding]

  init(_ identity: Representation, codings: [(coding: ContentCoding, representation: Representation)]) {
    self.identity = identity
    self.codings = codings
    offered = codings.map(\.coding)
  }

  /// How many are open: that of the file, and one for each neighbour.
  var descriptors: Int { 1 + codings.count }

  /// The one that the client likes best.
  func representation(for head: borrowing HeadIndex, _ bytes: Span<UInt8>) -> Representation {
    guard !codings.isEmpty, head.has(.acceptEncoding),
      case .coding(let chosen) = AcceptEncoding.choose(from: offered, for: head.joined(.acceptEncoding, bytes))
    else { return identity }
    return codings.first { $0.coding == chosen }?.representation ?? identity
  }
}
