import CoreMetrics
import LinuxCalls
import Metrics
import Synchronization

/// The state of every upstream, as gauges that are set now and then. For one that is gone they are taken away.
final class UpstreamMetrics: Sendable {
  private struct Gauges: Sendable {
    let up: Gauge
    let connections: Gauge
  }

  private let factory: any MetricsFactory
  private let known = Guarded<[String: Gauges]>([:])

  init(_ factory: any MetricsFactory) { self.factory = factory }

  func record(_ upstreams: [Upstream], at now: Int64) {
    var gone = known.withLock { $0 }
    for upstream in upstreams {
      let name = "\(upstream.address)"
      let gauges = gone.removeValue(forKey: name) ?? make(name)
      gauges.up.record(upstream.isUp(at: now) ? 1 : 0)
      gauges.connections.record(upstream.openConnections)
    }
    for (name, gauges) in gone {
      gauges.up.destroy()
      gauges.connections.destroy()
      known.withLock { $0[name] = nil }
    }
  }

  private func make(_ name: String) -> Gauges {
    func gauge(_ what: String) -> Gauge {
      Gauge(
        label: "millrace_relay_upstream_\(what)", dimensions: [("upstream", name)], factory: factory)
    }
    let gauges = Gauges(up: gauge("up"), connections: gauge("connections"))
    known.withLock { $0[name] = gauges }
    return gauges
  }
}
