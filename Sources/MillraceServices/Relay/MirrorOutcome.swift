import Millrace

/// What became of the copy of a client's bytes that a mirror was to get.
struct MirrorOutcome: Sendable, Equatable, CustomStringConvertible {
  enum Kind: String, Sendable, CaseIterable {
    /// It got every byte.
    case whole
    /// It was let go: it failed, or took no more.
    case detached
    /// None was begun: the mirror is left out for a while, for it could not be connected to.
    case skipped
  }

  var kind: Kind
  /// Bytes it accepted.
  var delivered = 0
  /// Bytes that it did not get.
  var missed = 0
  /// Why it was let go.
  var reason: String?

  static let skipped = MirrorOutcome(kind: .skipped)

  init(kind: Kind) { self.kind = kind }

  init(_ report: CopyReport.TeeReport) {
    kind = report.detached == nil && report.missed == 0 ? .whole : .detached
    delivered = report.delivered
    missed = report.missed
    reason = report.detached
  }

  /// As the log has it.
  var description: String {
    switch kind {
    case .whole: "\(delivered)"
    case .detached: "\(delivered), then let go: \(reason ?? "it ended")"
    case .skipped: "skipped"
    }
  }
}
