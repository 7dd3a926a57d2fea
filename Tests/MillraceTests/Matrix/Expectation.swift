/// What a case must come to, by a model that knows nothing of the engine: arrays and counts.
struct Expectation: Sendable {
  /// Every byte that must arrive.
  private(set) var bytes: [UInt8]
  /// How many of them were in memory from the start.
  private(set) var fromMemory = 0
  /// For each wrapper that looks on, in order: how many bytes at the front it does not see.
  private(set) var skips: [Int] = []
  /// Whether some limit was reached.
  private(set) var hitsLimit = false
  private var bound: Int?

  init(_ test: MatrixCase, source: [UInt8]) {
    bytes = source
    if test.source == .bytes { fromMemory = source.count }
    for wrapper in test.wrappers { apply(wrapper) }
    let total = bytes.count
    if let limit = test.limit.count(of: total) { cut(to: limit) }
    if test.sink == .section, let room = test.sinkRoom { cut(to: max(0, total + room)) }
    hitsLimit = bound == bytes.count
  }

  /// Bytes that are taken from the source itself.
  var fromSource: Int { bytes.count - fromMemory }

  private mutating func apply(_ wrapper: Wrapper) {
    switch wrapper {
    case .limited(let percent): cut(to: Self.limit(percent, of: bytes.count))
    case .prefixed(let count):
      bytes = Self.prefix(count) + bytes
      fromMemory += count
      bound = bound.map { $0 + count }
      skips = skips.map { $0 + count }
    case .observed(.source), .hashed(.source), .teed(.source): skips.append(0)
    case .observed(.sink), .hashed(.sink), .teed(.sink), .throttled: break
    }
  }

  private mutating func cut(to limit: Int) {
    bytes = Array(bytes.prefix(limit))
    fromMemory = min(fromMemory, limit)
    bound = min(bound ?? limit, limit)
  }

  static func limit(_ percent: Int, of total: Int) -> Int { total * percent / 100 }

  /// Not like anything in the pattern's beginning.
  static func prefix(_ count: Int) -> [UInt8] { Pattern.bytes(count, from: Pattern.period / 2) }

  /// What a watcher that skips so many bytes must have seen.
  func seen(skipping skip: Int) -> [UInt8] { Array(bytes.dropFirst(skip)) }
}
