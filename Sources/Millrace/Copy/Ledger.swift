import LinuxCalls

/// What a copy has done so far: plain numbers, written as it goes, made into a report at the end.
struct Ledger {
  private(set) var delivered = 0
  private(set) var consumed = 0
  private var byRoute = InlineArray<7, Int>(repeating: 0)
  private(set) var lastRoute = Route.buffered
  private(set) var declined: [CopyReport.Declined] = []
  var waits = WaitCounts()
  var calls = SystemCallCounts()
  /// Nanoseconds in which the reactor's thread worked for this copy.
  var busy: Int64 = 0
  /// Nanoseconds of CPU, of both kinds, that the blocking pool used; with those of the reactor's thread from `end(_:)` on.
  var cpu: Int64 = 0
  /// How the kernel divides the time of the threads that did the work. Until `end(_:)`, less what the thread had at first.
  var proportion = ThreadUsage(user: 0, system: 0)
  private var cpuAtStart: Int64 = 0
  private var busyAtStart: Int64 = 0

  mutating func begin(_ meter: ThreadMeter) {
    cpuAtStart = meter.cpu
    busyAtStart = meter.busy
    proportion.add(from: meter.usage, to: ThreadUsage(user: 0, system: 0))
  }

  mutating func end(_ meter: ThreadMeter) {
    cpu += ThreadMeter.cpu(of: busy, had: meter.cpu - cpuAtStart, needed: meter.busy - busyAtStart)
    proportion.add(meter.usage)
  }

  mutating func took(_ count: Int) { consumed += count }

  mutating func deliver(_ count: Int, by route: Route) {
    delivered += count
    byRoute[route.slot] += count
    lastRoute = route
  }

  mutating func decline(_ route: Route, _ reason: String) {
    let entry = CopyReport.Declined(route: route, reason: reason)
    if !declined.contains(entry) { declined.append(entry) }
  }

  /// The caller chose the route: there is no better one to explain.
  mutating func forgetDeclined() { declined = [] }

  func bytes(by route: Route) -> Int { byRoute[route.slot] }

  func report(
    end: CopyReport.End, elapsed: Int64, hasCPU: Bool, ownRoute: String? = nil, tees: [CopyReport.TeeReport] = []
  ) -> CopyReport {
    CopyReport(
      LedgerReport(ledger: self, end: end, elapsed: elapsed, hasCPU: hasCPU, ownRoute: ownRoute, tees: tees))
  }

  fileprivate func fill(_ report: inout CopyReport.Contents, hasCPU: Bool) {
    report.delivered = delivered
    report.consumed = consumed
    for route in Route.allCases where byRoute[route.slot] > 0 { report.bytesByRoute[route] = byRoute[route.slot] }
    report.declined = declined
    report.systemCalls = Dictionary(uniqueKeysWithValues: calls.nonzero.map { ($0.kind.name, $0.count) })
    report.waits = CopyReport.Waits(waits)
    guard hasCPU else { return }
    let user = Double(cpu) * proportion.userShare / 1e9
    report.userCPUSeconds = user
    report.systemCPUSeconds = Double(cpu) / 1e9 - user
  }
}

/// A report as the copy left it: numbers.
struct LedgerReport {
  var ledger: Ledger
  var end: CopyReport.End
  /// Nanoseconds.
  var elapsed: Int64
  var hasCPU: Bool
  var ownRoute: String?
  var tees: [CopyReport.TeeReport]

  var contents: CopyReport.Contents {
    var report = CopyReport.Contents()
    ledger.fill(&report, hasCPU: hasCPU)
    report.end = end
    report.tees = tees
    report.ownRoute = ownRoute
    report.elapsedSeconds = Double(elapsed) / 1e9
    return report
  }
}

extension Route {
  /// Its place in an array of counts by route.
  package var slot: Int {
    switch self {
    case .sendfile: 0
    case .copyFileRange: 1
    case .splice: 2
    case .pipedSplice: 3
    case .memory: 4
    case .buffered: 5
    case .own: 6
    }
  }
}

/// How often a copy suspended, in small numbers: there are two of these for every idle connection.
struct WaitCounts {
  var source: UInt32 = 0
  var sink: UInt32 = 0
  var blockingPool: UInt32 = 0
  var throttle: UInt32 = 0
  var turn: UInt32 = 0
}

extension CopyReport.Waits {
  fileprivate init(_ counts: WaitCounts) {
    source = Int(counts.source)
    sink = Int(counts.sink)
    blockingPool = Int(counts.blockingPool)
    throttle = Int(counts.throttle)
    turn = Int(counts.turn)
  }
}
