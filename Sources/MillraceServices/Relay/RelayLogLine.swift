import Logging
import Millrace

/// What the log says of one connection.
struct RelayLogLine {
  var client: String
  var listener: String
  var upstream: String?
  /// Addresses that were tried before, and did not answer.
  var tried: Int
  var summary: RelaySummary

  var metadata: Logger.Metadata {
    var fields: Logger.Metadata = [
      "client": "\(client)", "listener": "\(listener)", "ended": "\(summary.ending)",
      "seconds": "\(Amounts.seconds(Double(summary.nanoseconds) / 1e9))",
    ]
    if let upstream { fields["upstream"] = "\(upstream)" }
    if tried > 0 { fields["tried"] = "\(tried)" }
    for (name, report) in [("sent", summary.sent), ("received", summary.received)] {
      guard let report else { continue }
      fields["\(name)"] = "\(report.delivered)"
      fields["\(name)-route"] = "\(Self.route(of: report))"
      if report.consumed > report.delivered { fields["\(name)-truncated"] = "\(report.consumed - report.delivered)" }
      if !report.declined.isEmpty {
        fields["\(name)-declined"] = "\(report.declined.map { "\($0.route): \($0.reason)" }.joined(separator: "; "))"
      }
    }
    if let mirror = summary.mirror { fields["mirror"] = "\(mirror)" }
    return fields
  }

  /// "buffered", or in the order of the bytes "buffered:65536+splice-through-pipe:1048576".
  private static func route(of report: CopyReport) -> String {
    let routes = report.bytesByRoute.sorted { $0.key.rawValue < $1.key.rawValue }
    switch routes.count {
    case 0: return "none"
    case 1: return "\(routes[0].key)"
    default: return routes.map { "\($0.key):\($0.value)" }.joined(separator: "+")
    }
  }
}

enum Amounts {
  /// With a thousandth's precision, without Foundation's formatting.
  static func seconds(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let rest = "\(thousandths % 1000)"
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
