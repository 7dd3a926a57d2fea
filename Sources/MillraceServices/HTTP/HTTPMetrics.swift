import CoreMetrics
import LinuxCalls
import Metrics
import Millrace
import MillraceHTTP
import Synchronization

/// What an HTTP server counts for swift-metrics. Shared by all reactors; the handlers are made once, those of a status when it is
/// first answered with.
final class HTTPMetrics: Sendable {
  private static let routes = Route.allCases

  private let factory: any MetricsFactory
  private let accepted: Counter
  private let refusals: Counter
  private let pauses: Counter
  private let open: Meter
  private let statuses: [OnceCounter]
  private let failures: Counter
  private let duration: Timer
  private let sent: [Counter]
  private let received: [Counter]

  init(_ factory: any MetricsFactory) {
    func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
      Counter(label: "millrace_http_\(name)", dimensions: dimensions, factory: factory)
    }
    self.factory = factory
    accepted = counter("connections_total")
    refusals = counter("refused_connections_total")
    pauses = counter("accept_pauses_total")
    open = Meter(label: "millrace_http_connections", factory: factory)
    statuses = (100..<600).map { status in
      OnceCounter {
        Counter(label: "millrace_http_requests_total", dimensions: [("status", "\(status)")], factory: factory)
      }
    }
    failures = counter("failed_exchanges_total")
    duration = Timer(label: "millrace_http_request_seconds", dimensions: [], factory: factory)
    sent = Self.routes.map { counter("sent_bytes_total", [("route", $0.rawValue)]) }
    received = Self.routes.map { counter("received_bytes_total", [("route", $0.rawValue)]) }
  }

  func began() {
    accepted.increment()
    open.increment()
  }

  func ended() { open.decrement() }

  func refused() { refusals.increment() }

  func pausedAccepting() { pauses.increment() }

  func exchanged(_ record: borrowing ExchangeRecord) {
    if (100..<600).contains(record.status) { statuses[record.status - 100].counter.increment() }
    if record.failure != nil { failures.increment() }
    duration.recordNanoseconds(record.nanoseconds)
    count(record.sent, sent)
    count(record.received, received)
  }

  private func count(_ bytes: RouteBytes, _ counters: [Counter]) {
    for (place, route) in Self.routes.enumerated() where bytes[route] > 0 {
      counters[place].increment(by: bytes[route])
    }
  }

  /// A counter that is made when it is first needed: of the 500 statuses a server uses a handful.
  private final class OnceCounter: Sendable {
    private let make: @Sendable () -> Counter
    private let made = Guarded<Counter?>(nil)

    init(_ make: @escaping @Sendable () -> Counter) { self.make = make }

    var counter: Counter {
      made.withLock { made in
        if let made { return made }
        let counter = make()
        made = counter
        return counter
      }
    }
  }
}
