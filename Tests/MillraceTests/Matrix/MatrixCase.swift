/// One case of the matrix; everything that varies.
struct MatrixCase: Sendable, CustomStringConvertible {
  /// How much of the stream may be copied, N being all of it.
  enum Limit: String, CaseIterable, Sendable {
    case zero = "0"
    case one = "1"
    case oneLess = "N−1"
    case exact = "N"
    case oneMore = "N+1"
    case none

    func count(of total: Int) -> Int? {
      switch self {
      case .zero: 0
      case .one: 1
      case .oneLess: max(0, total - 1)
      case .exact: total
      case .oneMore: total + 1
      case .none: nil
      }
    }
  }

  /// How the bytes come and go.
  enum Timing: String, CaseIterable, Sendable {
    /// All at once, and the sink takes what comes.
    case plain
    /// One byte, and the next when it has arrived.
    case byteByByte = "byte by byte"
    /// Bursts of all sizes, each when the last one has arrived.
    case bursts
    /// The sink takes nothing until the copy waits for it.
    case stall = "a sink that stalls"
  }

  var source: SourceKind
  var sink: SinkKind
  var size = 1000
  var limit = Limit.none
  var wrappers: [Wrapper] = []
  var timing = Timing.plain
  /// Whether the end of the source is passed on to the sink.
  var passesEnd = false
  /// Of a section as sink: how long it is, in bytes more (or fewer) than all there is; nil leaves it open.
  var sinkRoom: Int?
  /// Of the bursts.
  var seed: UInt64 = 1

  var description: String {
    var text = "\(source.rawValue) → \(sink.rawValue), \(size) bytes, limit \(limit.rawValue)"
    for wrapper in wrappers { text += ", \(wrapper)" }
    if timing != .plain { text += ", \(timing.rawValue)" }
    if passesEnd { text += ", passing the end" }
    if let sinkRoom { text += ", a section of N\(sinkRoom < 0 ? "" : "+")\(sinkRoom)" }
    return text
  }
}

/// What is put around a source or a sink.
enum Wrapper: Sendable, CustomStringConvertible, Equatable {
  enum Side: String, CaseIterable, Sendable { case source, sink }

  /// In percent of the stream so far.
  case limited(percent: Int)
  case prefixed(Int)
  case observed(Side)
  case throttled(Side)
  case hashed(Side)
  case teed(Side)

  static let all: [Wrapper] =
    [.limited(percent: 60), .prefixed(37)]
    + Side.allCases.flatMap { [.observed($0), .throttled($0), .hashed($0), .teed($0)] }

  var isHash: Bool {
    if case .hashed = self { true } else { false }
  }

  var isTee: Bool {
    if case .teed = self { true } else { false }
  }

  var description: String {
    switch self {
    case .limited(let percent): "limited to \(percent) %"
    case .prefixed(let count): "prefixed by \(count)"
    case .observed(let side): "observed at the \(side.rawValue)"
    case .throttled(let side): "throttled at the \(side.rawValue)"
    case .hashed(let side): "hashed at the \(side.rawValue)"
    case .teed(let side): "teed at the \(side.rawValue)"
    }
  }
}
