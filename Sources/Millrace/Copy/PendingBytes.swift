/// Bytes in memory that go before whatever the source still has: a prefix, what a reader gave, or what was saved from
/// a pipe when its route was given up.
struct PendingBytes {
  private(set) var slice: ArraySlice<UInt8> = []
  private(set) var route = Route.memory

  var isEmpty: Bool { slice.isEmpty }
  var count: Int { slice.count }

  init() {}

  init(_ bytes: [UInt8], route: Route) {
    slice = bytes[...]
    self.route = route
  }

  mutating func removeFirst(_ count: Int) {
    slice = slice.dropFirst(count)
    if slice.isEmpty { slice = [] }
  }
}
