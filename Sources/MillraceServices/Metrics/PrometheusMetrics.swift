public import CoreMetrics
import LinuxCalls
import Synchronization

/// Keeps what swift-metrics counts, and writes it in Prometheus' text format when asked:
///
/// ```swift
/// let prometheus = PrometheusMetrics()
/// MetricsSystem.bootstrap(prometheus)
/// // and to whoever asks for /metrics:
/// respond(prometheus.text(), as: PrometheusMetrics.contentType)
/// ```
///
/// A `Counter` and a `FloatingPointCounter` become a counter, a `Meter` and a `Gauge` a gauge, a `Recorder` a histogram, and a
/// `Timer` a histogram of seconds, whatever display unit it prefers, with `_seconds` at the end of its name. The same label
/// with the same dimensions, in any order, is the same series. Labels and dimensions are made to fit the format's grammar;
/// those that come to the same names are the same series too.
///
/// Counting takes no lock and allocates nothing; making metrics and reading them take one.
///
/// A counter, a recorder and a timer stay in the text after they are destroyed: what was counted since the last scrape would
/// be lost, and one made again would begin at zero. A gauge goes when all that were made of it are destroyed: its last value
/// would tell of something that is no more. A number of series without a bound is therefore the maker's to avoid, as with
/// Prometheus itself.
public final class PrometheusMetrics: MetricsFactory, Sendable {
  /// The type of what `text()` returns, for the field `Content-Type`.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The bounds of timers, in seconds, unless others are given: from 100 µs, a connection on the same machine, to a minute.
  public static let defaultDurationBuckets = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  /// The bounds of recorders unless others are given: the powers of four up to 2³⁰, for numbers of things and of bytes alike.
  public static let defaultValueBuckets = (0...15).map { Double(1 << (2 * $0)) }

  private let registry: Guarded<PrometheusRegistry>
  private let help: [String: String]

  /// - Parameters:
  ///   - durationBuckets: The upper bounds of timers' buckets, in seconds. Of these and the next, the finite ones count, in
  ///     any order, the lowest 24 of them.
  ///   - valueBuckets: The upper bounds of recorders' buckets, in their own unit.
  ///   - help: A text for metrics by their name in the text format.
  public init(
    durationBuckets: [Double] = PrometheusMetrics.defaultDurationBuckets,
    valueBuckets: [Double] = PrometheusMetrics.defaultValueBuckets,
    help: [String: String] = [:]
  ) {
    registry = Guarded(
      PrometheusRegistry(values: HistogramBounds(valueBuckets), durations: HistogramBounds(durationBuckets)))
    self.help = help
  }

  // MARK: - Reading

  /// All series in Prometheus' text format, version 0.0.4: families sorted by name, series by their labels. Empty while there
  /// is none.
  public func text() -> [UInt8] { PrometheusText(series.read(), help: help).bytes }

  /// The same with what the kernel knows of this process. A metric that someone has made under the name of one of those
  /// stands instead of it.
  package func text(with process: ProcessMetrics) -> [UInt8] {
    let series = series
    let added = process.read().filter { !series.has($0.key.family) }
    let texts = help.merging(ProcessMetrics.help) { own, _ in own }
    return PrometheusText(series.read() + added, help: texts).bytes
  }

  /// Metrics that are not in the text, because one of another kind was first to have their name; sorted.
  public var conflicts: [PrometheusConflict] {
    series.conflicts.sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) }
  }

  /// A copy, so that nobody who makes a metric waits while the text is written.
  private var series: PrometheusRegistry { registry.withLock { $0 } }

  // MARK: - MetricsFactory

  /// The counter of this name, made once. An increment below zero is dropped.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counter(label, dimensions)
  }

  /// The counter of this name, made once, the same as `makeCounter` returns. An increment that is below zero or not finite is
  /// dropped.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    counter(label, dimensions)
  }

  /// The gauge of this name, made once.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { gauge(label, dimensions) }

  /// The histogram of this name, made once; or, without aggregation, the gauge, the same as `makeMeter` returns. A histogram
  /// drops values that are not finite.
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    aggregate ? histogram(label, dimensions, .recorder) : gauge(label, dimensions)
  }

  /// The histogram of seconds of this name, made once. A duration below zero counts as zero.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions, .timer)
  }

  /// Does nothing: what was counted stays in the text.
  public func destroyCounter(_ handler: any CounterHandler) {}

  /// Does nothing: what was counted stays in the text.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}

  /// Takes the gauge out of the text once it was destroyed as often as it was made.
  public func destroyMeter(_ handler: any MeterHandler) { release(handler) }

  /// Takes a gauge out of the text once it was destroyed as often as it was made. A histogram stays.
  public func destroyRecorder(_ handler: any RecorderHandler) { release(handler) }

  /// Does nothing: what was counted stays in the text.
  public func destroyTimer(_ handler: any TimerHandler) {}

  private func counter(_ label: String, _ dimensions: [(String, String)]) -> PrometheusCounter {
    let labels = PrometheusLabels(dimensions)
    return registry.withLock { $0.counter(label, labels) }
  }

  private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
    let labels = PrometheusLabels(dimensions)
    return registry.withLock { $0.gauge(label, labels) }
  }

  private func histogram(
    _ label: String, _ dimensions: [(String, String)], _ kind: PrometheusKind
  ) -> PrometheusHistogram {
    let labels = PrometheusLabels(dimensions, isHistogram: true)
    return registry.withLock { $0.histogram(label, labels, kind) }
  }

  private func release(_ handler: any AnyObject) {
    guard let gauge = handler as? PrometheusGauge else { return }
    registry.withLock { $0.release(gauge) }
  }
}
