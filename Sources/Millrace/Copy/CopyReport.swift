/// What a copy did.
public struct CopyReport: Sendable, Codable, Equatable {
  /// A route that was better on paper and was not taken, or was given up.
  public struct Declined: Sendable, Codable, Equatable {
    /// The route.
    public var route: Route
    /// Why, in words.
    public var reason: String
  }

  /// Why the copy ended.
  public enum End: String, Sendable, Codable {
    /// The source had no more.
    case sourceEnded
    /// The limit was reached.
    case limitReached
    /// It failed; the ``CopyError`` says how.
    case failed
  }

  /// How often a copy suspended, and for what.
  public struct Waits: Sendable, Codable, Equatable {
    /// For bytes from the source.
    public var source = 0
    /// For room in the sink.
    public var sink = 0
    /// For a thread that may block.
    public var blockingPool = 0
    /// For the throttle.
    public var throttle = 0
    /// To let others on the reactor have a turn.
    public var turn = 0
  }

  /// What became of a second sink (``Tee``).
  public struct TeeReport: Sendable, Codable, Equatable {
    /// Bytes it accepted.
    public var delivered = 0
    /// Bytes of the copy that it did not get, because it was let go or its section was full.
    public var missed = 0
    /// Why it was let go, or that its section was full; nil if it got everything.
    public var detached: String?
  }

  struct Contents: Sendable, Codable, Equatable {
    var delivered: Int = 0
    var consumed: Int = 0
    var bytesByRoute: [Route: Int] = [:]
    var declined: [Declined] = []
    var end: End = .sourceEnded
    var systemCalls: [String: Int] = [:]
    var waits: Waits = Waits()
    var tees: [TeeReport] = []
    var ownRoute: String? = nil
    var elapsedSeconds: Double = 0
    var userCPUSeconds: Double? = nil
    var systemCPUSeconds: Double? = nil
  }

  /// Boxed: every task that awaits a copy has room for its report in its frame. The ledger's numbers are made into
  /// dictionaries when someone asks: a server makes two reports for each connection, and most are never read whole.
  private final class Box: Sendable {
    enum Source {
      case contents(Contents)
      case ledger(LedgerReport)
    }

    let source: Source
    init(_ source: Source) { self.source = source }
  }

  private let box: Box

  init(_ contents: Contents) { box = Box(.contents(contents)) }

  init(_ ledger: LedgerReport) { box = Box(.ledger(ledger)) }

  var contents: Contents {
    switch box.source {
    case .contents(let contents): contents
    case .ledger(let ledger): ledger.contents
    }
  }

  /// The report of a copy of nothing, for a fast path of your own that fails at once.
  public init() { self.init(Contents()) }

  /// Reads what was encoded.
  public init(from decoder: any Decoder) throws { self.init(try Contents(from: decoder)) }

  /// Writes every property under its own name.
  public func encode(to encoder: any Encoder) throws { try contents.encode(to: encoder) }

  /// Whether every figure is the same.
  public static func == (one: CopyReport, other: CopyReport) -> Bool { one.contents == other.contents }

  /// Bytes the sink accepted.
  public var delivered: Int {
    switch box.source {
    case .contents(let contents): contents.delivered
    case .ledger(let report): report.ledger.delivered
    }
  }
  /// Bytes taken from the source, those in memory included. Always `delivered` plus the residue.
  public var consumed: Int {
    switch box.source {
    case .contents(let contents): contents.consumed
    case .ledger(let report): report.ledger.consumed
    }
  }
  /// Delivered bytes by the route they took; the sum is `delivered`.
  public var bytesByRoute: [Route: Int] { contents.bytesByRoute }
  /// The same of one route, without making a dictionary.
  package func bytes(by route: Route) -> Int {
    switch box.source {
    case .contents(let contents): contents.bytesByRoute[route] ?? 0
    case .ledger(let report): report.ledger.bytes(by: route)
    }
  }
  /// Every better route that was not taken.
  public var declined: [Declined] { contents.declined }
  /// Why it ended.
  public var end: End { contents.end }
  /// System calls made for this copy, by the name in the manual.
  public var systemCalls: [String: Int] { contents.systemCalls }
  /// How often it suspended.
  public var waits: Waits { contents.waits }
  /// Second sinks, in the order of the wrappers.
  public var tees: [TeeReport] { contents.tees }
  /// The name of the fast path that ``Route/own`` stands for.
  public var ownRoute: String? { contents.ownRoute }
  /// Seconds from start to end.
  public var elapsedSeconds: Double { contents.elapsedSeconds }
  /// Seconds of CPU in user space; nil when not measured. The sum of this and ``systemCPUSeconds`` is the time the
  /// reactor's thread worked for this copy, times the share of it that the thread had a CPU, and what the blocking pool
  /// used for it; it is divided as the kernel divides the time of the threads that did the work.
  public var userCPUSeconds: Double? { contents.userCPUSeconds }
  /// Seconds of CPU in the kernel; nil when not measured.
  public var systemCPUSeconds: Double? { contents.systemCPUSeconds }

  /// From start to end.
  public var elapsed: Duration { .seconds(elapsedSeconds) }

  /// The route that most bytes took; nil when there were none.
  public var mainRoute: Route? {
    bytesByRoute.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
  }
}

extension CopyReport: CustomStringConvertible {
  /// One line: "1.0 MiB by sendfile in 0.8 ms (1.2 GiB/s), 4 system calls".
  public var description: String {
    let routes = bytesByRoute.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
    let way =
      switch routes.count {
      case 0: ""
      case 1: " by \(routes[0].key)"
      default: " by " + routes.map { "\($0.key) (\(Amount.bytes($0.value)))" }.joined(separator: " and ")
      }
    let calls = systemCalls.values.reduce(0, +)
    var line = "\(Amount.bytes(delivered))\(way) in \(Amount.seconds(elapsedSeconds))"
    if elapsedSeconds > 0, delivered > 0 { line += " (\(Amount.bytes(Int(Double(delivered) / elapsedSeconds)))/s)" }
    line += ", \(calls) system call\(calls == 1 ? "" : "s")"
    if consumed > delivered { line += ", \(Amount.bytes(consumed - delivered)) taken and not delivered" }
    for declined in declined { line += "; not by \(declined.route): \(declined.reason)" }
    return line
  }
}
