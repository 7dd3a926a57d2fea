import CoreMetrics

/// A series that is set, and goes up and down: a `Meter`, or a `Gauge`, which is a recorder that does not aggregate.
final class PrometheusGauge: MeterHandler, RecorderHandler {
  /// Nil for one that is not in the text.
  let key: PrometheusKey?
  private let current = AtomicDouble(0)

  init(_ key: PrometheusKey?) { self.key = key }

  func set(_ value: Int64) { current.set(Double(value)) }
  func set(_ value: Double) { current.set(value) }
  func increment(by amount: Double) { current.add(amount) }
  func decrement(by amount: Double) { current.add(-amount) }
  func record(_ value: Int64) { current.set(Double(value)) }
  func record(_ value: Double) { current.set(value) }

  var value: Double { current.value }
}
