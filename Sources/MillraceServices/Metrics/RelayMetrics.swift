import CoreMetrics
import Metrics
import Millrace

/// What a relay counts for swift-metrics. The handlers are made once: a connection makes none.
///
/// Shared by all reactors; the handlers are whoever made them responsible for their threads (`MetricsFactory`).
final class RelayMetrics: Sendable {
  /// Where bytes go: to the upstream, or back to the client.
  enum Direction: String, CaseIterable { case sent, received }

  // Kept: each `allCases` makes an array, and every connection asks for them.
  private static let reasons = RelayEnding.Reason.allCases
  private static let routes = Route.allCases

  private let accepted: Counter
  private let open: Meter
  private let endings: [Counter]
  private let bytes: [[Counter]]
  private let truncated: [Counter]
  private let connectTime: Timer
  private let duration: Timer
  private let connectFailures: Counter
  private let acceptPauses: Counter
  private let mirror: MirrorMetrics
  let upstreams: UpstreamMetrics

  init(_ factory: any MetricsFactory) {
    func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
      Counter(label: "millrace_relay_\(name)", dimensions: dimensions, factory: factory)
    }
    accepted = counter("connections_total")
    open = Meter(label: "millrace_relay_connections", factory: factory)
    endings = Self.reasons.map { counter("endings_total", [("reason", $0.rawValue)]) }
    bytes = Direction.allCases.map { direction in
      Self.routes.map { counter("bytes_total", [("direction", direction.rawValue), ("route", $0.rawValue)]) }
    }
    truncated = Direction.allCases.map { counter("truncated_bytes_total", [("direction", $0.rawValue)]) }
    connectTime = Timer(label: "millrace_relay_connect_seconds", dimensions: [], factory: factory)
    duration = Timer(label: "millrace_relay_connection_seconds", dimensions: [], factory: factory)
    connectFailures = counter("connect_failures_total")
    acceptPauses = counter("accept_pauses_total")
    mirror = MirrorMetrics(factory)
    upstreams = UpstreamMetrics(factory)
  }

  // MARK: - As it happens

  func began() {
    accepted.increment()
    open.increment()
  }

  func connected(inNanoseconds time: Int64) { connectTime.recordNanoseconds(time) }

  func pausedAccepting() { acceptPauses.increment() }

  func failedToConnect() { connectFailures.increment() }

  /// One that was not let in has an end all the same.
  func refused(_ ending: RelayEnding) { count(ending) }

  func ended(_ summary: borrowing RelaySummary) {
    open.decrement()
    count(summary.ending)
    duration.recordNanoseconds(summary.nanoseconds)
    if let sent = summary.sent { count(sent, 0) }
    if let received = summary.received { count(received, 1) }
    if let outcome = summary.mirror { mirror.count(outcome) }
  }

  private func count(_ ending: RelayEnding) {
    guard let place = Self.reasons.firstIndex(of: ending.reason) else { return }
    endings[place].increment()
  }

  private func count(_ report: CopyReport, _ direction: Int) {
    for (place, route) in Self.routes.enumerated() {
      let count = report.bytes(by: route)
      if count > 0 { bytes[direction][place].increment(by: count) }
    }
    let missing = report.consumed - report.delivered
    if missing > 0 { truncated[direction].increment(by: missing) }
  }
}
