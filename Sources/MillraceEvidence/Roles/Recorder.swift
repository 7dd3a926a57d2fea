import Histogram

/// What a load has done so far. Confined to the load's reactor.
final class Recorder: @unchecked Sendable {
  private var histogram = Histogram<UInt64>(
    highestTrackableValue: UInt64(Recorder.longest), numberOfSignificantValueDigits: .three)
  private let isPaced: Bool
  private(set) var operations = 0
  private(set) var bytes = 0
  /// Operations whose time came and that were not begun, for those before them took too long.
  private var owed = 0

  /// Twice what one may wait for an answer at most. In nanoseconds.
  private static let longest: Int64 = 1_200_000_000_000

  init(isPaced: Bool) { self.isPaced = isPaced }

  func note(operations: Int = 1, bytes: Int, nanoseconds: Int64?) {
    self.operations += operations
    self.bytes += bytes
    if let nanoseconds { histogram.record(UInt64(clamping: min(nanoseconds, Self.longest))) }
  }

  /// One that was to begin so long ago, and is not begun any more: its time is that at least.
  func owe(nanoseconds: Int64) {
    owed += 1
    histogram.record(UInt64(clamping: min(nanoseconds, Self.longest)))
  }

  func result(nanoseconds: Int64, hasLatency: Bool) -> Load.Result {
    Load.Result(
      seconds: Double(nanoseconds) / 1e9, operations: operations, bytes: bytes,
      latency: hasLatency && histogram.totalCount > 0 ? latency : nil, owed: owed)
  }

  /// Denser towards the end, where what matters is rare.
  private static let percentiles: [Double] = [
    0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999,
    100,
  ]

  private var latency: Latency {
    func time(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1000 }
    return Latency(
      p50: time(50), p99: time(99), p999: time(99.9), max: Double(histogram.max) / 1000, isPaced: isPaced,
      distribution: Self.percentiles.map { .init(percentile: $0, microseconds: time($0)) })
  }
}
