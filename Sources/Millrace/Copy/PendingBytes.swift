/// Bytes in memory that go before whatever the source still has: a prefix, what a reader gave, or what was saved from
/// a pipe when its route was given up.
struct PendingBytes {
  private var bytes: [UInt8] = []
  private var start = 0
  private(set) var route = Route.memory

  var slice: ArraySlice<UInt8> { bytes[start...] }
  var isEmpty: Bool { start == bytes.count }
  var count: Int { bytes.count - start }

  init() {}

  init(_ bytes: [UInt8], route: Route) {
    self.bytes = bytes
    self.route = route
  }

  mutating func removeFirst(_ count: Int) {
    start += count
    if isEmpty { (bytes, start) = ([], 0) }
  }
}
