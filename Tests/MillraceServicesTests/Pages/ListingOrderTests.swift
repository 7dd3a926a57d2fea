@testable import MillraceServices
import Testing

@Suite("The order of a listing")
struct ListingOrderTests {
  @Test(
    "is read from a query, and is that of names if the query is not understood",
    arguments: [
      ("", .name, .ascending), ("sort=size", .size, .ascending), ("sort=time&order=desc", .time, .descending),
      ("order=desc", .name, .descending), ("order=desc&x=1&sort=size", .size, .descending),
      ("sort=name&order=asc", .name, .ascending), ("sort=date&order=desc", .name, .ascending),
      ("sort=size&order=down", .name, .ascending), ("sort=size&sort=time", .size, .ascending),
      ("sort", .name, .ascending), ("sort=", .name, .ascending), ("SORT=size", .name, .ascending),
      ("&&=&sort=size&", .size, .ascending), ("sort=size=", .name, .ascending),
    ] as [(String, ListingOrder.Key, ListingOrder.Direction)])
  func query(_ query: String, _ key: ListingOrder.Key, _ direction: ListingOrder.Direction) {
    #expect(ListingOrder(query: query) == ListingOrder(key, direction))
  }

  private static func nines(_ count: Int) -> String { String(repeating: "9", count: count) }

  @Test(
    "of names has numbers by value and capitals with small letters",
    arguments: [
      ["file1", "file2", "file10", "file100"], ["a", "B", "c"], ["A", "a", "B", "b"], ["9", "10", "a"],
      ["v1.2.9", "v1.2.10", "v1.10.0"], ["file007", "file07", "file7", "file8"], ["a", "a ", "a1", "aa"],
      ["x2y3", "x2y20", "x10y1"], ["é1", "É2", "é10"], ["1", "1a", "2"], ["0", "00a", "1"],
      ["n" + nines(254), "n1" + nines(254), "n2" + nines(254)], ["n" + nines(600), "n1" + nines(600)],
    ])
  func natural(_ names: [String]) {
    let entries = names.map { ListingEntry(name: $0.bytes, kind: .file, size: 0, modified: 0) }
    #expect(ListingOrder().arrange(entries.reversed()) == entries)
    #expect(ListingOrder(.name, .descending).arrange(entries) == entries.reversed())
    // Of equal size and time, names decide, and in one direction only.
    #expect(ListingOrder(.size, .descending).arrange(entries.reversed()) == entries)
    #expect(ListingOrder(.time).arrange(entries.reversed()) == entries)
  }

  @Test(
    "has directories first, and in them the order of names where they have no size",
    arguments: [
      (.name, .ascending, "d1 d2 a b s"), (.name, .descending, "d2 d1 s b a"), (.size, .ascending, "d1 d2 s b a"),
      (.size, .descending, "d1 d2 a b s"), (.time, .ascending, "d2 d1 b s a"), (.time, .descending, "d1 d2 a s b"),
    ] as [(ListingOrder.Key, ListingOrder.Direction, String)])
  func directories(_ key: ListingOrder.Key, _ direction: ListingOrder.Direction, _ expected: String) {
    let entries = [
      ListingEntry(name: "a".bytes, kind: .file, size: 9, modified: 9),
      ListingEntry(name: "d1".bytes, kind: .directory, size: 1, modified: 8),
      ListingEntry(name: "s".bytes, kind: .other, size: 99, modified: 7),
      ListingEntry(name: "b".bytes, kind: .file, size: 5, modified: 5),
      ListingEntry(name: "d2".bytes, kind: .directory, size: 0, modified: 2),
    ]
    let order = ListingOrder(key, direction)
    let names = order.arrange(entries).map { String(decoding: $0.name, as: UTF8.self) }
    #expect(names.joined(separator: " ") == expected)
  }

  @Test("is the same from whichever order the entries come")
  func deterministic() {
    let names = hostileNames + ["A", "a", "01", "1", "001"].map(\.bytes)
    let entries = names.enumerated().map { number, name in
      ListingEntry(
        name: name, kind: number.isMultiple(of: 7) ? .directory : .file, size: Int64(number % 3),
        modified: Int64(number % 2))
    }
    for key in ListingOrder.Key.allCases {
      let order = ListingOrder(key, .descending)
      let arranged = order.arrange(entries)
      #expect(order.arrange(entries.reversed()) == arranged)
      #expect(order.arrange(Array(entries[20...] + entries[..<20])) == arranged)
    }
  }
}
