import Millrace

/// A route that was considered, and what became of it.
struct Explanation: Sendable, Encodable {
  var route: Route
  /// Bytes that took it.
  var bytes: Int
  var verdict: String

  /// Those of the route table in its order, then whatever else the report knows of.
  ///
  /// - Parameters:
  ///   - forced: the only one that was allowed.
  ///   - refusal: why that one does not work here.
  static func of(
    _ report: CopyReport, from source: EndKind, to sink: EndKind, forced: Route?, refusal: String?
  ) -> [Explanation] {
    var routes: [Route] = []
    if let from = RouteTable.Ends(source), let to = RouteTable.Ends(sink) {
      routes = RouteTable.routes(from: from, to: to)
    }
    let others =
      report.bytesByRoute.keys.sorted { $0.rawValue < $1.rawValue } + report.declined.map(\.route)
      + (forced.map { [$0] } ?? [])
    for route in others where !routes.contains(route) { routes.append(route) }
    return routes.map { route in
      let bytes = report.bytesByRoute[route] ?? 0
      if route == forced, let refusal {
        return Explanation(route: route, bytes: bytes, verdict: "declined: \(refusal)")
      }
      return Explanation(route: route, bytes: bytes, verdict: verdict(route, bytes, report, forced))
    }
  }

  private static func verdict(_ route: Route, _ bytes: Int, _ report: CopyReport, _ forced: Route?) -> String {
    let reason = report.declined.first { $0.route == route }?.reason
    if bytes > 0 {
      let taken = "taken, \(Amount.bytes(bytes))"
      return reason.map { "\(taken), then given up: \($0)" } ?? taken
    }
    if let forced, forced != route { return "not tried: --route \(forced) was given" }
    if let reason { return "declined: \(reason)" }
    if report.end == .failed { return "not tried: the copy ended before" }
    return report.delivered == 0
      ? "not needed: there was no byte to copy" : "not needed: a better one carried everything"
  }

  /// For people, one line a route.
  static func lines(_ all: [Explanation]) -> [String] {
    let width = all.map { $0.route.rawValue.count }.max() ?? 0
    return all.map { explanation in
      let name = explanation.route.rawValue
      return "  \(name)\(String(repeating: " ", count: width - name.count))  \(explanation.verdict)"
    }
  }
}
