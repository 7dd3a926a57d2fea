import CoreMetrics
import Synchronization

/// A series that counts values by size: an aggregating `Recorder`, or a `Timer`, whose nanoseconds are counted in seconds.
///
/// An observation is two additions, one after the other: a reading between them has the bucket and not yet the sum.
final class PrometheusHistogram: RecorderHandler, TimerHandler {
  /// Of elements that can be copied, an `InlineArray` is copied as a whole whenever one is compared.
  private struct Bucket: ~Copyable {
    let bound: Double
    let count = Atomic<UInt64>(0)
  }

  /// In the object itself, one cache line for four. Those after the last bound have infinity, where the scan for a finite
  /// value ends without knowing how many there are.
  private let buckets: InlineArray<25, Bucket>
  private let bounds: Int
  private let sum = AtomicDouble(0)

  init(_ bounds: HistogramBounds) {
    let values = bounds.values
    self.bounds = values.count
    buckets = InlineArray { Bucket(bound: $0 < values.count ? values[$0] : .infinity) }
  }

  func record(_ value: Int64) { observe(Double(value)) }

  /// What is not finite is dropped: it would make the sum useless for good.
  func record(_ value: Double) {
    guard value.isFinite else { return }
    observe(value)
  }

  /// A time below zero, of a clock that was set back, counts as none: the sum of a timer never falls.
  func recordNanoseconds(_ duration: Int64) { observe(Double(max(0, duration)) / 1e9) }

  private func observe(_ value: Double) {
    var place = 0
    while place < HistogramBounds.most, value > buckets[place].bound { place += 1 }
    buckets[place].count.wrappingAdd(1, ordering: .relaxed)
    sum.add(value)
  }

  /// What was counted so far. There is no count of all beside the buckets: summed up from them it always agrees with them.
  struct Reading: Sendable {
    /// Each with how many values are at most the bound.
    var buckets: [(bound: Double, count: UInt64)]
    var count: UInt64
    var sum: Double
  }

  func read() -> Reading {
    var reading = Reading(buckets: [], count: 0, sum: sum.value)
    for place in 0..<bounds {
      reading.count &+= buckets[place].count.load(ordering: .relaxed)
      reading.buckets.append((buckets[place].bound, reading.count))
    }
    reading.count &+= buckets[bounds].count.load(ordering: .relaxed)
    return reading
  }
}
