/// The order of a listing's entries. Directories come first in each.
package struct ListingOrder: Sendable, Equatable {
  /// What entries are ordered by.
  package enum Key: String, Sendable, CaseIterable {
    /// The name, as people order names; see the columns' query `sort=name`.
    case name
    /// The bytes of files. Directories have none and stay in the order of their names.
    case size
    /// The time of the last change.
    case time
  }

  /// Which end comes first.
  package enum Direction: String, Sendable {
    /// The least: A, the smallest, the oldest.
    case ascending = "asc"
    /// The greatest: Z, the largest, the newest.
    case descending = "desc"
  }

  /// What entries are ordered by.
  package var key: Key
  /// Which end comes first.
  package var direction: Direction

  /// An order by this; by name and ascending, unless told otherwise.
  package init(_ key: Key = .name, _ direction: Direction = .ascending) {
    self.key = key
    self.direction = direction
  }

  /// The order that the query of a URL asks for, without its question mark: `sort=name|size|time` and `order=asc|desc`,
  /// each of which may be left out. A query with another value for one of them is not understood, and gives names
  /// ascending; other parameters are passed over. Where one comes twice the first counts.
  package init(query: String) {
    self.init()
    var values: [Substring: Substring] = [:]
    for parameter in query.split(separator: "&") {
      let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if values[pair[0]] == nil { values[pair[0]] = pair.count > 1 ? pair[1] : "" }
    }
    let sort = values["sort", default: "name"]
    let order = values["order", default: "asc"]
    guard let key = Key(rawValue: String(sort)), let direction = Direction(rawValue: String(order)) else { return }
    self.init(key, direction)
  }

  /// The entries that a link can name, in this order. Those that are equal in the key are ordered by name, ascending,
  /// and names that people would call the same by their bytes: two listings of one directory are never different.
  func arrange(_ entries: [ListingEntry]) -> [ListingEntry] {
    let ranked = entries.lazy.filter(\.isNameable).map { Ranked(entry: $0, name: NaturalOrder.key($0.name)) }
    return ranked.sorted(by: precedes).map(\.entry)
  }

  private struct Ranked {
    var entry: ListingEntry
    var name: [UInt8]
  }

  private func precedes(_ one: Ranked, _ other: Ranked) -> Bool {
    let directories = (one.entry.kind == .directory, other.entry.kind == .directory)
    guard directories.0 == directories.1 else { return directories.0 }
    let isAscending = direction == .ascending
    switch key {
    case .name:
      return isAscending ? Self.namePrecedes(one, other) : Self.namePrecedes(other, one)
    case .size:
      let sizes = (one.entry.shownSize ?? 0, other.entry.shownSize ?? 0)
      if sizes.0 != sizes.1 { return (sizes.0 < sizes.1) == isAscending }
    case .time:
      let times = (one.entry.modified, other.entry.modified)
      if times.0 != times.1 { return (times.0 < times.1) == isAscending }
    }
    return Self.namePrecedes(one, other)
  }

  private static func namePrecedes(_ one: Ranked, _ other: Ranked) -> Bool {
    if one.name != other.name { return one.name.lexicographicallyPrecedes(other.name) }
    return one.entry.name.lexicographicallyPrecedes(other.entry.name)
  }
}
