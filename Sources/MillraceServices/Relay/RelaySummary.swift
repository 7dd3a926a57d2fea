import Millrace

/// What became of one connection: for the log and for the metrics.
struct RelaySummary {
  var ending: RelayEnding
  /// From its acceptance to its end.
  var nanoseconds: Int64
  /// To the upstream; nil when it did not come to that.
  var sent: CopyReport?
  /// Back to the client.
  var received: CopyReport?
  /// Nil where there is no mirror.
  var mirror: MirrorOutcome?
}
