import CoreMetrics
import Metrics
@testable import MillraceServices
import Testing

@Suite("A histogram of Prometheus")
struct PrometheusHistogramTests {
  private func counts(_ bounds: [Double], _ values: [Double]) -> [UInt64] {
    let histogram = PrometheusHistogram(HistogramBounds(bounds))
    for value in values { histogram.record(value) }
    let reading = histogram.read()
    return reading.buckets.map(\.count) + [reading.count]
  }

  @Test(
    "counts a value in the bucket whose bound it equals, and in all above",
    arguments: [
      (1, [1, 1, 1]), (1.0.nextUp, [0, 1, 1]), (1.0.nextDown, [1, 1, 1]), (2, [0, 1, 1]), (2.0.nextUp, [0, 0, 1]),
      (0, [1, 1, 1]), (-5, [1, 1, 1]), (.greatestFiniteMagnitude, [0, 0, 1]),
    ] as [(Double, [UInt64])])
  func boundary(value: Double, expected: [UInt64]) { #expect(counts([1, 2], [value]) == expected) }

  @Test("drops what is not finite", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    let metrics = PrometheusMetrics()
    let recorder = Recorder(label: "a", factory: metrics)
    recorder.record(value)
    recorder.record(3)
    let read = try Exposition(metrics.text())
    #expect(read.value("a_count") == "1")
    #expect(read.value("a_sum") == "3")
  }

  @Test(
    "has every bound of a timer where nanoseconds come to it", arguments: PrometheusMetrics.defaultDurationBuckets)
  func nanoseconds(bound: Double) {
    let histogram = PrometheusHistogram(HistogramBounds([bound]))
    let nanoseconds = Int64((bound * 1e9).rounded())
    histogram.recordNanoseconds(nanoseconds)
    histogram.recordNanoseconds(nanoseconds + 1)
    #expect(histogram.read().buckets.map(\.count) == [1])
  }

  @Test("counts a time that is below zero as none")
  func negative() throws {
    let metrics = PrometheusMetrics()
    Timer(label: "a", dimensions: [], factory: metrics).recordNanoseconds(-5)
    #expect(try Exposition(metrics.text()).value("a_seconds_sum") == "0")
    #expect(try Exposition(metrics.text()).value("a_seconds_bucket", ["le": "0.0001"]) == "1")
  }

  @Test(
    "takes bounds in any order, each once, the lowest 24 of the finite ones",
    arguments: [
      ([], []), ([2, 1, 2], [1, 2]), ([.infinity, 3, .nan, -.infinity], [3]),
      ((1...30).map { Double($0) }, (1...24).map { Double($0) }),
    ] as [([Double], [Double])])
  func bounds(wanted: [Double], had: [Double]) {
    #expect(HistogramBounds(wanted).values == had)
    let above = counts(wanted, [.greatestFiniteMagnitude])
    #expect(above == Array(repeating: 0, count: had.count) + [1])
    for (place, bound) in had.enumerated() { #expect(counts(wanted, [bound]).firstIndex(of: 1) == place) }
  }

  @Test("has default bounds that are all taken")
  func defaults() {
    for bounds in [PrometheusMetrics.defaultDurationBuckets, PrometheusMetrics.defaultValueBuckets] {
      #expect(HistogramBounds(bounds).values == bounds)
    }
  }
}
