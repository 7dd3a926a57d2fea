/// A pattern for paths: `*` is any run of bytes, slashes among them, and `?` is one. Without a slash it is matched with the last
/// component alone: `*.iso` is every image wherever it is, `/assets/*` all that is beneath.
struct Glob: Sendable, Hashable {
  let text: String
  private let pattern: [UInt8]

  init(_ text: String) {
    self.text = text
    pattern = Array(text.utf8)
  }

  /// - Parameter path: from the root on, with the slash at its beginning.
  func matches(_ path: [UInt8]) -> Bool {
    if pattern.contains(UInt8(ascii: "/")) { return matches(path[...]) }
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path[...]
    return matches(name)
  }

  /// Greedy, with one place to go back to: linear in all but absurd patterns.
  private func matches(_ name: ArraySlice<UInt8>) -> Bool {
    var at = name.startIndex
    var place = 0
    var star: (place: Int, at: Int)?
    while at < name.endIndex {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, at)
        place += 1
      } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == name[at] {
        place += 1
        at += 1
      } else if let back = star {
        star = (back.place, back.at + 1)
        place = back.place + 1
        at = back.at + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
