/// What a metric was made as. Only metrics of one kind may share a name.
public enum PrometheusKind: String, Sendable {
  /// A `Counter` or a `FloatingPointCounter`.
  case counter
  /// A `Gauge` or a `Meter`.
  case gauge
  /// A `Recorder` that aggregates: a histogram of values.
  case recorder
  /// A `Timer`: a histogram of seconds. Not a recorder's, whose bounds and unit are others.
  case timer

  /// The name of the family for what its maker calls `label`. A timer's ends in its unit; a counter's does not have to end in
  /// `_total`: this format, unlike OpenMetrics, does not ask for it, and the name that stands in the code is the one to be
  /// found on the dashboard.
  func family(_ label: String) -> String {
    let name = PrometheusName.metric(label)
    return self == .timer && !name.hasSuffix("_seconds") ? "\(name)_seconds" : name
  }

  /// All names that the lines of a family begin with, its own first.
  func names(_ family: String) -> [String] {
    switch self {
    case .counter, .gauge: [family]
    case .recorder, .timer: [family, "\(family)_bucket", "\(family)_sum", "\(family)_count"]
    }
  }
}

/// A metric that is not in the text, for a metric of another kind was first to have one of its names.
public struct PrometheusConflict: Hashable, Sendable, CustomStringConvertible {
  /// The name it would have had in the text.
  public let name: String
  /// What it was made as.
  public let kind: PrometheusKind
  /// The name of the metric that is in the text instead.
  public let holder: String
  /// What that was made as.
  public let holderKind: PrometheusKind

  /// One sentence for a log.
  public var description: String {
    "the \(kind.rawValue) \(name) is not among the metrics, because the \(holderKind.rawValue) \(holder) has one of its names"
  }
}
