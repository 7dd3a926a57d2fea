import Logging
import Millrace
import MillraceHTTP

/// What the log says of one request.
enum HTTPLogLine {
  static func metadata(
    _ record: borrowing ExchangeRecord, _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, client: String,
    listener: String
  ) -> Logger.Metadata {
    var fields: Logger.Metadata = [
      "client": "\(client)", "listener": "\(listener)", "status": "\(record.status)",
      "seconds": "\(Amounts.seconds(Double(record.nanoseconds) / 1e9))",
    ]
    if !bytes.isEmpty {
      fields["method"] = "\(HeadIndex.text(bytes, head.methodPlace.range))"
      fields["target"] = "\(HeadIndex.text(bytes, head.target.range))"
      for (name, known) in [("referer", KnownField.referer), ("agent", .userAgent)] {
        if let value = head.first(known) { fields[name] = "\(HeadIndex.text(bytes, value.range))" }
      }
    }
    add(record.sent, "sent", to: &fields)
    if record.received.total > 0 { add(record.received, "received", to: &fields) }
    if !record.declined.isEmpty {
      fields["declined"] = "\(record.declined.map { "\($0.route): \($0.reason)" }.joined(separator: "; "))"
    }
    if let refusal = record.refusal { fields["refused"] = "\(refusal)" }
    if let failure = record.failure { fields["failed"] = "\(failure)" }
    return fields
  }

  /// "sendfile", or with more than one route "memory:512+sendfile:1048576".
  private static func add(_ count: RouteBytes, _ name: String, to fields: inout Logger.Metadata) {
    fields[name] = "\(count.total)"
    let routes = Route.allCases.filter { count[$0] > 0 }
    let text =
      routes.count > 1
      ? routes.map { "\($0):\(count[$0])" }.joined(separator: "+") : routes.first.map { "\($0)" } ?? "none"
    fields["\(name)-route"] = "\(text)"
  }
}
