import LinuxCalls
import Millrace
import Synchronization

/// The better routes that a subject's copies did not take, each reason once.
final class RouteTally: Sendable {
  private let reasons = Guarded<Set<Declined>>([])
  private let lines = Atomic<Int>(0)
  private let reports = Atomic<Int>(0)

  /// As many connections as are warmed up with.
  private static let enough = 8

  func countLine() { lines.wrappingAdd(1, ordering: .relaxed) }

  var hasEnough: Bool { lines.load(ordering: .relaxed) >= Self.enough }

  /// Of one report in so many, after the first: to say what a copy declined costs more than a small copy may.
  private static let sampled = 64

  func note(_ report: CopyReport) {
    let number = reports.wrappingAdd(1, ordering: .relaxed).oldValue
    guard number < Self.sampled || number.isMultiple(of: Self.sampled) else { return }
    let declined = report.declined
    if !declined.isEmpty { note(declined.map { Declined(route: $0.route.rawValue, reason: $0.reason) }) }
  }

  func note(_ declined: [Declined]) { reasons.withLock { $0.formUnion(declined) } }

  var declined: [Declined] {
    reasons.withLock { $0 }.sorted { ($0.route, $0.reason) < ($1.route, $1.reason) }
  }
}
