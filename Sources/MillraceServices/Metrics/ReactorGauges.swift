import CoreMetrics
import Metrics
import Reactors

/// Records what the reactors count. They count in integers of their own, which cost nothing; from time to time someone reads
/// them and passes on what has changed.
struct ReactorGauges {
  private let factory: any MetricsFactory
  private let reactors: Reactors
  private var counters: [String: Counter] = [:]
  private var gauges: [String: Gauge] = [:]

  init(_ factory: any MetricsFactory, of reactors: Reactors) {
    self.factory = factory
    self.reactors = reactors
  }

  /// Records at once, now and then, and when its task is cancelled. Nil records nothing.
  static func keepRecording(
    _ factory: any MetricsFactory, of reactors: Reactors, every interval: Duration?
  ) async {
    guard let interval else { return }
    var gauges = ReactorGauges(factory, of: reactors)
    repeat { await gauges.record() } while (try? await Task.sleep(for: interval)) != nil
    await gauges.record()
  }

  mutating func record() async {
    for metrics in await reactors.metrics() { record(metrics) }
  }

  private mutating func record(_ metrics: ReactorMetrics) {
    let reactor = ("reactor", "\(metrics.reactor)")
    let tasks = [
      ("running", metrics.tasks.running), ("runnable", metrics.tasks.runnable), ("waiting", metrics.tasks.waiting),
      ("in_blocking_call", metrics.tasks.inBlockingCall),
    ]
    for (state, count) in tasks { set("tasks", [reactor, ("state", state)], to: count) }
    let leases = [
      ("pipes", metrics.pipesLeased, metrics.pipesIdle), ("buffers", metrics.buffersLeased, metrics.buffersIdle),
    ]
    for (name, leased, idle) in leases {
      set(name, [reactor, ("state", "leased")], to: leased)
      set(name, [reactor, ("state", "idle")], to: idle)
    }
    set("timers", [reactor], to: metrics.timers)
    // The blocking pool is the group's.
    if metrics.reactor == 0 { set("blocking_threads", [], to: metrics.threads - 1) }
    add("tasks_total", [reactor], upTo: metrics.tasks.created)
    add("jobs_total", [reactor], upTo: metrics.jobs)
    add("wakeups_total", [reactor], upTo: metrics.wakeUps)
    for (call, count) in metrics.systemCalls { add("system_calls_total", [reactor, ("call", call)], upTo: count) }
    for (route, count) in metrics.bytesByRoute { add("bytes_total", [reactor, ("route", route)], upTo: count) }
  }

  private mutating func set(_ name: String, _ dimensions: [(String, String)], to value: Int) {
    let key = Self.key(name, dimensions)
    let gauge = gauges[key] ?? Gauge(label: "millrace_reactor_\(name)", dimensions: dimensions, factory: factory)
    gauges[key] = gauge
    gauge.record(value)
  }

  /// Counters only grow.
  private mutating func add(_ name: String, _ dimensions: [(String, String)], upTo value: Int) {
    let key = Self.key(name, dimensions)
    let counter =
      counters[key] ?? Counter(label: "millrace_reactor_\(name)", dimensions: dimensions, factory: factory)
    counters[key] = counter
    let more = reactors.passOn(key, upTo: value)
    if more > 0 { counter.increment(by: more) }
  }

  private static func key(_ name: String, _ dimensions: [(String, String)]) -> String {
    dimensions.reduce(name) { "\($0) \($1.1)" }
  }
}
