/// Every series there is, by its key: looked up when metrics are made and when they are read, never when they count.
struct PrometheusRegistry: Sendable {
  /// What a name in the text belongs to. For good, with or without series: a name that changed its type between two scrapes
  /// would be of no use to anyone.
  private struct Claim {
    let family: String
    let kind: PrometheusKind
  }

  private struct HeldGauge {
    let gauge: PrometheusGauge
    var holders: Int
  }

  private let values: HistogramBounds
  private let durations: HistogramBounds
  private var claims: [String: Claim] = [:]
  private var counters: [PrometheusKey: PrometheusCounter] = [:]
  private var gauges: [PrometheusKey: HeldGauge] = [:]
  private var histograms: [PrometheusKey: PrometheusHistogram] = [:]
  private(set) var conflicts: Set<PrometheusConflict> = []

  init(values: HistogramBounds, durations: HistogramBounds) {
    self.values = values
    self.durations = durations
  }

  // MARK: - Making

  mutating func counter(_ label: String, _ labels: PrometheusLabels) -> PrometheusCounter {
    guard let family = claim(label, .counter) else { return PrometheusCounter() }
    let key = PrometheusKey(family: family, labels: labels)
    let counter = counters[key] ?? PrometheusCounter()
    counters[key] = counter
    return counter
  }

  /// Each call is one more holder.
  mutating func gauge(_ label: String, _ labels: PrometheusLabels) -> PrometheusGauge {
    guard let family = claim(label, .gauge) else { return PrometheusGauge(nil) }
    let key = PrometheusKey(family: family, labels: labels)
    var held = gauges[key] ?? HeldGauge(gauge: PrometheusGauge(key), holders: 0)
    held.holders += 1
    gauges[key] = held
    return held.gauge
  }

  /// - Parameter kind: A recorder or a timer.
  mutating func histogram(_ label: String, _ labels: PrometheusLabels, _ kind: PrometheusKind) -> PrometheusHistogram {
    let bounds = kind == .timer ? durations : values
    guard let family = claim(label, kind) else { return PrometheusHistogram(bounds) }
    let key = PrometheusKey(family: family, labels: labels)
    let histogram = histograms[key] ?? PrometheusHistogram(bounds)
    histograms[key] = histogram
    return histogram
  }

  /// The family of a metric, or nil where another has one of its names.
  private mutating func claim(_ label: String, _ kind: PrometheusKind) -> String? {
    let family = kind.family(label)
    if let claim = claims[family], claim.family == family, claim.kind == kind { return family }
    let names = kind.names(family)
    if let holder = names.compactMap({ claims[$0] }).first {
      conflicts.insert(
        PrometheusConflict(name: family, kind: kind, holder: holder.family, holderKind: holder.kind))
      return nil
    }
    for name in names { claims[name] = Claim(family: family, kind: kind) }
    return family
  }

  // MARK: - Letting go

  /// Takes the gauge away with its last holder. One that is gone already, or was never in the text, stays as it is.
  mutating func release(_ gauge: PrometheusGauge) {
    guard let key = gauge.key, var held = gauges[key], held.gauge === gauge else { return }
    held.holders -= 1
    gauges[key] = held.holders > 0 ? held : nil
  }

  // MARK: - Reading

  func has(_ name: String) -> Bool { claims[name] != nil }

  func read() -> [PrometheusSample] {
    counters.map { PrometheusSample(key: $0, value: .counter($1.value)) }
      + gauges.map { PrometheusSample(key: $0, value: .gauge(PrometheusNumber($1.gauge.value))) }
      + histograms.map { PrometheusSample(key: $0, value: .histogram($1.read())) }
  }
}
