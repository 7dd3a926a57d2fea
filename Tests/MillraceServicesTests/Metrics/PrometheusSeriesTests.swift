import CoreMetrics
import Metrics
@testable import MillraceServices
import Testing

@Suite("The series of Prometheus")
struct PrometheusSeriesTests {
  private func text(_ metrics: PrometheusMetrics) -> String { String(decoding: metrics.text(), as: UTF8.self) }

  @Test("are made once for a label and its dimensions in any order")
  func once() {
    let metrics = PrometheusMetrics()
    let (one, other) = ([("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")])
    #expect(
      metrics.makeCounter(label: "c", dimensions: one) === metrics.makeCounter(label: "c", dimensions: other))
    #expect(metrics.makeMeter(label: "m", dimensions: one) === metrics.makeMeter(label: "m", dimensions: other))
    #expect(metrics.makeTimer(label: "t", dimensions: one) === metrics.makeTimer(label: "t", dimensions: other))
    #expect(
      metrics.makeRecorder(label: "r", dimensions: one, aggregate: true)
        === metrics.makeRecorder(label: "r", dimensions: other, aggregate: true))
    #expect(
      metrics.makeCounter(label: "c", dimensions: one) !== metrics.makeCounter(label: "c", dimensions: [("a", "1")]))
    #expect(metrics.conflicts.isEmpty)
  }

  @Test("are shared by the two kinds of counter, and by a meter and a gauge")
  func shared() {
    let metrics = PrometheusMetrics()
    Counter(label: "c", factory: metrics).increment(by: 2)
    FloatingPointCounter(label: "c", factory: metrics).increment(by: 0.5)
    Meter(label: "g", factory: metrics).set(1)
    Gauge(label: "g", factory: metrics).record(4)
    #expect(text(metrics) == "# TYPE c counter\nc 2.5\n# TYPE g gauge\ng 4\n")
    #expect(metrics.conflicts.isEmpty)
  }

  @Test("are the same where labels come to the same names")
  func sameNames() {
    let metrics = PrometheusMetrics()
    Counter(label: "a.b", factory: metrics).increment()
    Counter(label: "a-b", factory: metrics).increment()
    Timer(label: "t", dimensions: [], factory: metrics).recordNanoseconds(1)
    Timer(label: "t.seconds", dimensions: [], factory: metrics).recordNanoseconds(1)
    #expect(text(metrics).hasPrefix("# TYPE a_b counter\na_b 2\n"))
    #expect(text(metrics).hasSuffix("t_seconds_count 2\n"))
  }

  @Test("of a counter never fall but to zero by a reset")
  func falls() {
    let metrics = PrometheusMetrics()
    let counter = Counter(label: "c", factory: metrics)
    let fractions = FloatingPointCounter(label: "f", factory: metrics)
    counter.increment(by: 3)
    counter.increment(by: -2)
    for amount in [1.5, -1, .nan, .infinity] { fractions.increment(by: amount) }
    #expect(text(metrics) == "# TYPE c counter\nc 3\n# TYPE f counter\nf 1.5\n")
    counter.reset()
    fractions.reset()
    #expect(text(metrics) == "# TYPE c counter\nc 0\n# TYPE f counter\nf 0\n")
  }

  // MARK: - Conflicts

  /// given a name that two kinds want; then the first has it, the second counts for nobody, and is listed.
  @Test("of another kind under the same name are left out and listed")
  func conflict() throws {
    let metrics = PrometheusMetrics()
    Counter(label: "x.y", factory: metrics).increment()
    for _ in 0..<2 { Gauge(label: "x-y", dimensions: [("a", "1")], factory: metrics).record(7) }
    Recorder(label: "x_y", factory: metrics).record(7)
    #expect(text(metrics) == "# TYPE x_y counter\nx_y 1\n")
    #expect(metrics.conflicts.map(\.kind) == [.gauge, .recorder])
    #expect(
      metrics.conflicts.first?.description
        == "the gauge x_y is not among the metrics, because the counter x_y has one of its names")
  }

  @Test("of a recorder and of a timer do not mix")
  func units() {
    let metrics = PrometheusMetrics()
    Timer(label: "wait", dimensions: [], factory: metrics).recordSeconds(1)
    Recorder(label: "wait_seconds", factory: metrics).record(1)
    #expect(text(metrics).hasSuffix("wait_seconds_count 1\n"))
    #expect(metrics.conflicts.map(\.name) == ["wait_seconds"])
  }

  @Test("of a histogram have the names of its lines to themselves", arguments: ["bucket", "sum", "count"])
  func lines(of line: String) throws {
    let first = PrometheusMetrics()
    Recorder(label: "h", factory: first).record(1)
    Counter(label: "h_\(line)", factory: first).increment()
    #expect(try Exposition(first.text()).types == ["h": "histogram"])
    #expect(first.conflicts.map(\.name) == ["h_\(line)"])

    let second = PrometheusMetrics()
    Counter(label: "h_\(line)", factory: second).increment()
    Recorder(label: "h", factory: second).record(1)
    #expect(try Exposition(second.text()).types == ["h_\(line)": "counter"])
    #expect(second.conflicts.map(\.holder) == ["h_\(line)"])
  }

  // MARK: - Destroying

  @Test("of what counts stay when they are destroyed, and go on where they were")
  func counted() {
    let metrics = PrometheusMetrics(durationBuckets: [], valueBuckets: [])
    let (counter, fractions) = (
      Counter(label: "c", factory: metrics), FloatingPointCounter(label: "f", factory: metrics)
    )
    let (recorder, timer) = (
      Recorder(label: "r", factory: metrics), Timer(label: "t", dimensions: [], factory: metrics)
    )
    counter.increment()
    fractions.increment()
    recorder.record(1)
    timer.recordSeconds(1)
    let before = text(metrics)
    counter.destroy()
    fractions.destroy()
    recorder.destroy()
    timer.destroy()
    #expect(text(metrics) == before)
    Counter(label: "c", factory: metrics).increment()
    #expect(text(metrics).hasPrefix("# TYPE c counter\nc 2\n"))
  }

  @Test("of gauges go with the last that was made of them, and begin anew")
  func gauges() {
    let metrics = PrometheusMetrics()
    let (one, other) = (Gauge(label: "g", factory: metrics), Meter(label: "g", factory: metrics))
    one.record(1)
    one.destroy()
    other.set(2)
    #expect(text(metrics) == "# TYPE g gauge\ng 2\n")
    other.destroy()
    #expect(text(metrics).isEmpty)
    other.set(3)
    other.destroy()
    #expect(text(metrics).isEmpty)
    let again = Gauge(label: "g", factory: metrics)
    #expect(text(metrics) == "# TYPE g gauge\ng 0\n")
    other.destroy()
    #expect(text(metrics) == "# TYPE g gauge\ng 0\n", "one that is gone takes no other with it")
    again.destroy()
    Counter(label: "g", factory: metrics).increment()
    #expect(metrics.conflicts.count == 1, "a name keeps its type")
  }

  @Test("take no harm from a handler of another factory, nor from one that was left out")
  func foreign() {
    let (metrics, others) = (PrometheusMetrics(), PrometheusMetrics())
    Gauge(label: "g", factory: metrics).record(1)
    metrics.destroyRecorder(others.makeRecorder(label: "g", dimensions: [], aggregate: false))
    metrics.destroyMeter(NOOPMetricsHandler.instance)
    metrics.destroyRecorder(metrics.makeRecorder(label: "g", dimensions: [], aggregate: true))
    #expect(text(metrics) == "# TYPE g gauge\ng 1\n")
  }

  // MARK: - Many at once

  /// given eight tasks that make the same metrics and count; then nothing is lost.
  @Test("add up exactly whoever counts at once")
  func concurrency() async throws {
    let metrics = PrometheusMetrics(durationBuckets: [1, 2], valueBuckets: [1, 2])
    let rounds = 5000
    await withTaskGroup { group in
      for task in 0..<8 {
        group.addTask { @concurrent in
          for round in 0..<rounds {
            let dimensions = [("place", "\(round % 3)")]
            Counter(label: "c", dimensions: dimensions, factory: metrics).increment(by: 2)
            FloatingPointCounter(label: "f", factory: metrics).increment(by: 0.25)
            let meter = Meter(label: "m", factory: metrics)
            meter.increment()
            if task % 2 == 0 { meter.decrement(by: 2) }
            Recorder(label: "r", factory: metrics).record(round % 4)
            Timer(label: "t", dimensions: [], factory: metrics).recordSeconds(1)
            if round % 1000 == 0 { _ = metrics.text() }
          }
        }
      }
    }
    let read = try Exposition(metrics.text())
    let counts = (0..<3).compactMap { read.value("c", ["place": "\($0)"]).flatMap { Int($0) } }
    #expect(counts.reduce(0, +) == 8 * rounds * 2)
    #expect(read.value("f") == "\(8 * rounds / 4)")
    #expect(read.value("m") == "0")
    #expect(read.value("r_count") == "\(8 * rounds)")
    #expect(read.value("r_sum") == "\(8 * rounds / 4 * 6)")
    #expect(read.value("r_bucket", ["le": "1"]) == "\(8 * rounds / 2)")
    #expect(read.value("t_seconds_bucket", ["le": "1"]) == "\(8 * rounds)")
  }
}
