package import Millrace

/// One request with its response, as the log and the metrics have it.
package struct ExchangeRecord: Sendable {
  /// Of the answer; 0 where the connection ended without one.
  package var status = 0
  /// Bytes of the response's body that were sent, and by which routes.
  package var sent = RouteBytes()
  /// Bytes of the request's body that were taken, and by which routes.
  package var received = RouteBytes()
  /// Better routes that were not taken, with the reasons.
  package var declined: [CopyReport.Declined] = []
  /// From the end of the request's head to the end of the response.
  package var nanoseconds: Int64 = 0
  /// Why the exchange did not come to its end; nil where it did.
  package var failure: String?
  /// What the client was told that its request lacks; nil where it was not refused.
  package var refusal: String?

  package init() {}
}

/// Bytes by route.
package struct RouteBytes: Sendable, Equatable {
  private var counts = InlineArray<7, Int64>(repeating: 0)

  package init() {}

  package static func == (one: RouteBytes, other: RouteBytes) -> Bool {
    Route.allCases.allSatisfy { one[$0] == other[$0] }
  }

  package subscript(route: Route) -> Int64 { counts[route.slot] }

  package var total: Int64 {
    var total: Int64 = 0
    for place in counts.indices { total += counts[place] }
    return total
  }

  package mutating func add(_ count: Int64, _ route: Route) { counts[route.slot] += count }

  package mutating func add(_ report: CopyReport) {
    for route in Route.allCases { counts[route.slot] += Int64(report.bytes(by: route)) }
  }

  /// Bytes of a head went by the same route, and are none of the body's.
  package mutating func remove(_ count: Int64, _ route: Route) { counts[route.slot] -= count }
}

/// Who is told what happened; on the reactor's thread.
package protocol HTTPObserver: AnyObject, Sendable {
  /// An exchange is over. The head is the request's; for one that could not be read it is empty.
  func exchanged(
    _ record: borrowing ExchangeRecord, _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, on connection: HTTPConnection
  )
  /// The connection has ended.
  func ended(_ connection: HTTPConnection)
}
