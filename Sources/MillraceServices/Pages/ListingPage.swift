/// What a browser shows of a directory: one HTML page without scripts and without a resource besides itself.
///
/// All its links are relative, so the URL of the page has to end in a slash.
package struct ListingPage: Sendable {
  private let path: [[UInt8]]
  private let entries: [ListingEntry]
  private let order: ListingOrder
  private let hasParent: Bool

  /// A page of a directory.
  ///
  /// - Parameters:
  ///   - path: The segments of the request's path, percent-decoded; none for the root.
  ///   - entries: What is in it, in any order. Entries named `.` or `..` are left out.
  ///   - order: How they are ordered.
  ///   - hasParent: Whether the directories above may be asked for; if not, their names are shown without links.
  package init(path: [[UInt8]], entries: [ListingEntry], order: ListingOrder, hasParent: Bool) {
    self.path = path
    self.entries = order.arrange(entries)
    self.order = order
    self.hasParent = hasParent
  }

  /// The page, in UTF-8.
  package func bytes() -> [UInt8] {
    var page = PageWriter(capacity: entries.reduce(8192) { $0 + 256 + 2 * $1.name.count })
    page.literal(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>
      """)
    if let last = path.last {
      page.plain(last)
      page.literal(" – ")
    }
    page.literal("Files</title>\n<style>\n")
    page.literal(PageStyle.root)
    page.literal(Self.style)
    page.literal("\n</style>\n</head>\n<body>\n")
    writeHeading(to: &page)
    if hasParent || !entries.isEmpty { writeTable(to: &page) }
    if entries.isEmpty { page.literal("<p class=\"e\">This directory is empty.</p>\n") } else { writeSums(to: &page) }
    page.literal("</body>\n</html>\n")
    return page.bytes
  }

  /// The directories above, as far as there are any, and the name of this one.
  private func writeHeading(to page: inout PageWriter) {
    guard let last = path.last else { return page.literal("<h1>Files</h1>\n") }
    page.literal("<nav aria-label=\"Directories above\">")
    writeAncestor(Array("Files".utf8), levels: path.count, to: &page)
    for (depth, name) in path.dropLast().enumerated() {
      writeAncestor(name, levels: path.count - depth - 1, to: &page)
    }
    page.literal("</nav>\n<h1><bdi>")
    page.content(last)
    page.literal("</bdi></h1>\n")
  }

  private func writeAncestor(_ name: [UInt8], levels: Int, to page: inout PageWriter) {
    if hasParent {
      page.literal("<a href=\"")
      page.ancestor(levels)
      page.literal("\">")
    } else {
      page.literal("<span>")
    }
    page.literal("<bdi>")
    page.content(name)
    page.literal("</bdi>")
    page.literal(hasParent ? "</a>" : "</span>")
  }

  private func writeTable(to page: inout PageWriter) {
    page.literal("<table>\n<thead><tr>")
    for key in ListingOrder.Key.allCases { writeColumn(key, to: &page) }
    page.literal("</tr></thead>\n")
    if hasParent {
      page.literal("<tbody><tr><th scope=\"row\"><a class=\"u\" href=\"../\">Parent directory</a></th>")
      page.literal("<td></td><td></td></tr></tbody>\n")
    }
    page.literal("<tbody>\n")
    for entry in entries { writeRow(entry, to: &page) }
    page.literal("</tbody>\n</table>\n")
  }

  /// A heading: the active one turns the order round, and of the others name begins at A, size and time with the
  /// greatest, for which one looks.
  private func writeColumn(_ key: ListingOrder.Key, to page: inout PageWriter) {
    let isActive = key == order.key
    let isAscending = order.direction == .ascending
    page.literal("<th scope=\"col\"")
    if isActive { page.literal(isAscending ? " aria-sort=\"ascending\"" : " aria-sort=\"descending\"") }
    page.literal("><a href=\"?sort=")
    page.plain(key.rawValue)
    page.literal("&amp;order=")
    let next: ListingOrder.Direction = (isActive ? !isAscending : key == .name) ? .ascending : .descending
    page.plain(next.rawValue)
    page.literal("\">")
    switch key {
    case .name: page.literal("Name")
    case .size: page.literal("Size")
    case .time: page.literal("Modified")
    }
    if isActive {
      page.literal(" <span aria-hidden=\"true\">")
      page.literal(isAscending ? "↑</span>" : "↓</span>")
    }
    page.literal("</a></th>")
  }

  private func writeRow(_ entry: ListingEntry, to page: inout PageWriter) {
    page.literal("<tr><th scope=\"row\"><a")
    switch entry.kind {
    case .file: break
    case .directory: page.literal(" class=\"d\"")
    case .other: page.literal(" class=\"o\"")
    }
    // The dot keeps a name from being a scheme or a host, whatever a reader of this URL makes of what is encoded.
    page.literal(" href=\"./")
    page.segment(entry.name)
    if entry.kind == .directory { page.literal("/") }
    page.literal("\"><bdi>")
    page.content(entry.name)
    page.literal("</bdi></a></th>")
    if let size = entry.shownSize {
      page.literal("<td title=\"")
      page.decimal(size)
      page.literal(size == 1 ? " byte\">" : " bytes\">")
      page.size(size)
      page.literal("</td><td>")
    } else {
      page.literal("<td></td><td>")
    }
    if let time = CalendarTime(seconds: entry.modified) {
      page.literal("<time datetime=\"")
      page.timestamp(time)
      page.literal("\">")
      page.minute(time)
      page.literal("</time>")
    }
    page.literal("</td></tr>\n")
  }

  private func writeSums(to page: inout PageWriter) {
    let sum = entries.lazy.compactMap(\.shownSize).reduce(UInt64(0)) { sum, size in
      let (sum, isTooMuch) = sum.addingReportingOverflow(size)
      return isTooMuch ? .max : sum
    }
    page.literal("<p>")
    page.decimal(entries.count)
    page.literal(entries.count == 1 ? " entry, <span title=\"" : " entries, <span title=\"")
    page.decimal(sum)
    page.literal(sum == 1 ? " byte\">" : " bytes\">")
    page.size(sum)
    page.literal("</span> in all. Times are UTC.</p>\n")
  }
}
