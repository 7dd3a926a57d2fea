import CoreMetrics
import Synchronization

/// A series that only grows: in whole numbers by an atomic addition, in fractions beside them, so that a `Counter` stays exact
/// and a `FloatingPointCounter` of the same name adds to the same series.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler {
  /// Unsigned: past its end it begins again at zero, which Prometheus takes for a restart, as it should.
  private let whole = Atomic<UInt64>(0)
  private let fraction = AtomicDouble(0)

  /// An amount below zero is dropped: Prometheus would take the fall for a restart, and count all there was once more.
  func increment(by amount: Int64) {
    guard amount > 0 else { return }
    whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
  }

  /// Dropped too is what is not finite, for no later amount would show beside it.
  func increment(by amount: Double) {
    guard amount > 0, amount.isFinite else { return }
    fraction.add(amount)
  }

  func reset() {
    whole.store(0, ordering: .relaxed)
    fraction.set(0)
  }

  var value: PrometheusNumber {
    let (whole, fraction) = (whole.load(ordering: .relaxed), fraction.value)
    return fraction == 0 ? PrometheusNumber(whole) : PrometheusNumber(Double(whole) + fraction)
  }
}
