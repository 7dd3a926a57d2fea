import Millrace

/// What went wrong with a copy, for the person who started it: what, where, and what became of the destination.
enum Sentence {
  /// - Parameter stop: why the copy was asked to stop, if it was. Only a copy that ended because of that says so: one
  ///   that failed by itself keeps its own reason.
  static func failure(
    _ error: CopyError, from source: OpenEnd, to sink: OpenDestination, stop: String
  ) -> Failure {
    let after = after(error.report.delivered)
    var failure: Failure
    switch error.cause {
    case .cancelled, .deadline: failure = .stopped(stop + after + sink.fate)
    default:
      let side: Failure.Side? =
        switch error.side {
        case .source: .source
        case .sink: .destination
        case .copy: nil
        }
      let reason = reason(error, source.name, sink.end.name)
      failure = Failure(reason + after + sink.fate, side: side, errno: error.errno)
    }
    failure.cause = error.record.cause
    return failure
  }

  /// How far it got; nothing where it did not begin.
  static func after(_ delivered: Int, atLeast: Bool = false) -> String {
    delivered > 0 ? " after \(atLeast ? "at least " : "")\(Amount.bytes(delivered))" : ""
  }

  private static func reason(_ error: CopyError, _ source: String, _ sink: String) -> String {
    switch error.cause {
    case .call(_, .noSpace), .call(_, .diskQuotaExceeded): "cannot write \(sink): the disk is full"
    case .call(_, .brokenPipe): "cannot write \(sink): nobody reads it any more"
    case .call(_, .fileTooLarge): "cannot write \(sink): it would be larger than this system lets a file be"
    case .call(let call, let errno):
      error.side == .source
        ? "cannot read \(source): \(errno) (\(call))" : "cannot write \(sink): \(errno) (\(call))"
    case .truncated(let owed): "\(source) became shorter while it was read: \(owed) bytes are missing"
    case .cancelled, .deadline, .otherDirection: "stopped"
    case .idle: "no byte moved for as long as --idle-timeout allows"
    case .tooSlow: "too few bytes moved in the time"
    case .closed: "\(error.side == .source ? source : sink) was closed"
    case .unsupported(let reason): "cannot copy \(error.side == .source ? "from \(source)" : "to \(sink)"): \(reason)"
    case .routeUnavailable(let route, let reason): "the route \(route) does not work here: \(reason)"
    case .sameFile: "\(source) and \(sink) are the same file"
    case .overLimit(let limit): "\(source) has more than \(limit) bytes"
    case .secondSink(_, let reason): "a second sink failed: \(reason)"
    case .custom(let error): "\(error)"
    }
  }
}
