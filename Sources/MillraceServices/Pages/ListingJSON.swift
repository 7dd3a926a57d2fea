/// What a program is told of a directory: the entries of a ``ListingPage`` in the same order.
///
/// `{"path":"/a/","entries":[{"name":"b","type":"file","size":1,"modified":"2026-03-14T09:26:53Z"}]}`
///
/// `type` is `file`, `directory` or `other`. A name that is not UTF-8 has U+FFFD in `name`, and its bytes in `nameBase64`
/// besides. `modified` is null outside the years 1 to 9999.
package struct ListingJSON: Sendable {
  private let path: [[UInt8]]
  private let entries: [ListingEntry]

  /// A document of a directory.
  ///
  /// - Parameters:
  ///   - path: The segments of the request's path, percent-decoded; none for the root.
  ///   - entries: What is in it, in any order. Entries named `.` or `..` are left out.
  ///   - order: How they are ordered.
  package init(path: [[UInt8]], entries: [ListingEntry], order: ListingOrder) {
    self.path = path
    self.entries = order.arrange(entries)
  }

  /// The document, in UTF-8.
  package func bytes() -> [UInt8] {
    var document = PageWriter(capacity: entries.reduce(256) { $0 + 96 + 2 * $1.name.count })
    document.literal(#"{"path":"#)
    let slash = [UInt8(ascii: "/")]
    document.json(slash + path.flatMap { $0 + slash })
    document.literal(#","entries":["#)
    var isFirst = true
    for entry in entries {
      if !isFirst { document.literal(",") }
      isFirst = false
      write(entry, to: &document)
    }
    document.literal("]}\n")
    return document.bytes
  }

  private func write(_ entry: ListingEntry, to document: inout PageWriter) {
    document.literal(#"{"name":"#)
    document.json(entry.name)
    if String(validating: entry.name, as: UTF8.self) == nil {
      document.literal(#","nameBase64":""#)
      document.base64(entry.name)
      document.literal("\"")
    }
    switch entry.kind {
    case .file: document.literal(#","type":"file","size":"#)
    case .directory: document.literal(#","type":"directory","size":"#)
    case .other: document.literal(#","type":"other","size":"#)
    }
    document.decimal(max(0, entry.size))
    document.literal(#","modified":"#)
    if let time = CalendarTime(seconds: entry.modified) {
      document.literal("\"")
      document.timestamp(time)
      document.literal("\"")
    } else {
      document.literal("null")
    }
    document.literal("}")
  }
}
