import CoreMetrics
import Metrics

/// What became of mirrored bytes.
struct MirrorMetrics: Sendable {
  private let outcomes: [Counter]
  private let delivered: Counter
  private let missed: Counter

  init(_ factory: any MetricsFactory) {
    outcomes = MirrorOutcome.Kind.allCases.map {
      Counter(label: "millrace_relay_mirrors_total", dimensions: [("outcome", $0.rawValue)], factory: factory)
    }
    delivered = Counter(label: "millrace_relay_mirror_bytes_total", factory: factory)
    missed = Counter(label: "millrace_relay_mirror_missed_bytes_total", factory: factory)
  }

  func count(_ outcome: MirrorOutcome) {
    for (kind, counter) in zip(MirrorOutcome.Kind.allCases, outcomes) where kind == outcome.kind { counter.increment() }
    if outcome.delivered > 0 { delivered.increment(by: outcome.delivered) }
    if outcome.missed > 0 { missed.increment(by: outcome.missed) }
  }
}
