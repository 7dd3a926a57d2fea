import Millrace

/// How a copy went: what `--json` prints, and what the last line is made of.
struct Outcome: Sendable {
  let request: CopyRequest
  var report: CopyReport?
  /// Bytes of holes that stayed holes.
  var holes = 0
  var flushSeconds: Double?
  /// What the kernel says the two sides are; nil when they were not opened.
  var ends: (source: EndKind, sink: EndKind)?
  var failure: String?
  var exitStatus: Int32 = 0

  init(_ request: CopyRequest) { self.request = request }

  /// The last line.
  var summary: String? {
    guard let report else { return nil }
    var line = "\(request.sourceName) → \(request.destinationName): \(report)"
    if holes > 0 { line += "; \(Amount.bytes(holes)) of holes kept" }
    if let flushSeconds { line += "; flushed to disk in \(Amount.seconds(flushSeconds))" }
    return line
  }

  /// Each route between these two ends, and what became of it.
  var considered: [Explanation] {
    guard let ends, let report else { return [] }
    return Explanation.of(report, from: ends.source, to: ends.sink, forced: request.route)
  }
}

extension Outcome: Encodable {
  private enum Key: String, CodingKey {
    case source, destination, sourceKind, destinationKind, considered, failure, exitStatus, flushSeconds, holes
  }

  /// The report's own keys with the program's beside them: one flat object.
  func encode(to encoder: any Encoder) throws {
    try report?.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(request.sourceName, forKey: .source)
    try container.encode(request.destinationName, forKey: .destination)
    try container.encodeIfPresent(ends?.source, forKey: .sourceKind)
    try container.encodeIfPresent(ends?.sink, forKey: .destinationKind)
    try container.encode(considered, forKey: .considered)
    try container.encode(holes, forKey: .holes)
    try container.encodeIfPresent(flushSeconds, forKey: .flushSeconds)
    try container.encodeIfPresent(failure, forKey: .failure)
    try container.encode(exitStatus, forKey: .exitStatus)
  }
}
