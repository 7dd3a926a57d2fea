import LinuxCalls
import Millrace

/// The two sides of a copy that are open: what they are called, and what the kernel says they are.
struct Ends: Sendable {
  let sourceName: String
  let sinkName: String
  let source: EndKind
  let sink: EndKind
}

/// How a copy went: what `--json` prints, and what the last line is made of.
struct Outcome: Sendable {
  let request: CopyRequest
  var report: CopyReport?
  /// Where it was seen last, when it does not come back to report.
  var lastSeen: Monitor.State?
  /// Bytes of holes that stayed holes.
  var holes = 0
  var flushSeconds: Double?
  /// Nil when they were not opened.
  var ends: Ends?
  /// Why there is no way by the route that was asked for.
  var routeRefusal: String?
  var failure: Failure?
  var exitStatus: Int32 = 0

  init(_ request: CopyRequest) { self.request = request }

  /// Of a copy that was asked to stop and did not come back: what is known of it. Removes what it would leave behind.
  init(_ request: CopyRequest, givenUp monitor: Monitor, _ stop: Stop) {
    self.init(request)
    let isAsBefore = Leftovers.clearAll()
    let state = monitor.now
    lastSeen = state
    ends = state.ends
    let progress =
      state.phase == .flushing
      ? " while \(sinkName) was flushed to disk" : Sentence.after(state.done, atLeast: true)
    failure = .stopped(stop.sentence + progress + (isAsBefore ? state.fate : ""))
    exitStatus = stop.exitStatus
  }

  private var sourceName: String { ends?.sourceName ?? request.sourceName }
  private var sinkName: String { ends?.sinkName ?? request.destinationName }

  /// The last line; nil where nothing was begun.
  var summary: String? {
    let what: String
    if let report {
      if routeRefusal != nil { return nil }
      what = "\(report)"
    } else if let lastSeen, lastSeen.phase != .opening {
      let way = lastSeen.route.map { " by \($0)" } ?? ""
      what = "at least \(Amount.bytes(lastSeen.done))\(way) in \(Amount.seconds(lastSeen.secondsSinceBegun))"
    } else {
      return nil
    }
    var line = "\(sourceName) → \(sinkName): \(what)"
    if holes > 0 { line += "; \(Amount.bytes(holes)) of holes kept" }
    if let flushSeconds { line += "; flushed to disk in \(Amount.seconds(flushSeconds))" }
    return line
  }

  /// Each route between these two ends, and what became of it.
  var considered: [Explanation] {
    guard let ends, let report else { return [] }
    return Explanation.of(
      report, from: ends.source, to: ends.sink, forced: request.route, refusal: routeRefusal)
  }
}

extension Outcome: Encodable {
  private enum Key: String, CodingKey {
    case source, destination, sourceKind, destinationKind, considered, declined, delivered, deliveredAtLeast, route
    case elapsedSeconds, end, failure, failureSide, failureCause, failureErrno, exitStatus, flushSeconds
    case holes
  }

  /// The report's own keys with the program's beside them: one flat object.
  func encode(to encoder: any Encoder) throws {
    try report?.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    if let report {
      // That another route was asked for is said once, and not of each of the others.
      let declined = report.declined.filter { request.route == nil || $0.route == request.route }
      try container.encode(declined, forKey: .declined)
    } else {
      try encodeLastSeen(&container)
    }
    try container.encode(sourceName, forKey: .source)
    try container.encode(sinkName, forKey: .destination)
    try container.encodeIfPresent(ends?.source, forKey: .sourceKind)
    try container.encodeIfPresent(ends?.sink, forKey: .destinationKind)
    try container.encode(considered, forKey: .considered)
    try container.encode(holes, forKey: .holes)
    try container.encodeIfPresent(flushSeconds, forKey: .flushSeconds)
    try container.encodeIfPresent(failure?.sentence, forKey: .failure)
    try container.encodeIfPresent(failure?.side, forKey: .failureSide)
    try container.encodeIfPresent(failure?.cause, forKey: .failureCause)
    try container.encodeIfPresent(failure?.errno?.symbol, forKey: .failureErrno)
    try container.encode(exitStatus, forKey: .exitStatus)
  }

  /// What there is to say without a report.
  private func encodeLastSeen(_ container: inout KeyedEncodingContainer<Key>) throws {
    try container.encode(CopyReport.End.failed, forKey: .end)
    guard let lastSeen, lastSeen.phase != .opening else { return try container.encode(0, forKey: .delivered) }
    try container.encode(lastSeen.done, forKey: .deliveredAtLeast)
    try container.encodeIfPresent(lastSeen.route, forKey: .route)
    try container.encode(lastSeen.secondsSinceBegun, forKey: .elapsedSeconds)
  }
}

extension Monitor.State {
  fileprivate var secondsSinceBegun: Double { (began ?? since).duration(to: .now) / .seconds(1) }
}
