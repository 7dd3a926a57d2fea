import MillraceHTTP

/// What a file server says of a file by its path: its type, how long it may be kept, whether it is to be saved.
final class FileRules: Sendable {
  private let types: MediaTypes
  private let cacheControl: [(glob: Glob, value: String)]
  private let attachments: [Glob]
  private let headers: [UInt8]

  init(_ configuration: FileServerConfiguration, _ types: MediaTypes) {
    self.types = types
    cacheControl = configuration.cacheControl.map { (Glob($0.pattern), $0.value) }
    attachments = configuration.attachment.map(Glob.init)
    headers = configuration.headers.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) }
  }

  func contentType(of name: [UInt8]) -> String { types.contentType(for: name) }

  /// Field lines for the file at `path`, which begins with a slash.
  func fields(for path: [UInt8]) -> [UInt8] {
    var fields = headers
    if let rule = cacheControl.first(where: { $0.glob.matches(path) }) {
      fields += "Cache-Control: \(rule.value)\r\n".utf8
    }
    if attachments.contains(where: { $0.matches(path) }) { fields += Self.attachment(path) }
    return fields
  }

  /// RFC 6266: the name twice, for those who know the extended form and for those who do not.
  private static func attachment(_ path: [UInt8]) -> [UInt8] {
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[($0 + 1)...]) } ?? path
    let plain = name.map { byte in
      byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        || byte == UInt8(ascii: "%")
        ? UInt8(ascii: "_") : byte
    }
    let line = "Content-Disposition: attachment; filename=\"\(String(decoding: plain, as: UTF8.self))\""
    // What is no UTF-8 has no extended form.
    let isUTF8 = String(validating: name, as: UTF8.self) != nil
    return Array((plain == name || !isUTF8 ? line : line + "; filename*=UTF-8''\(PathEncoder.encode(name))").utf8) + [
      13, 10,
    ]
  }
}
