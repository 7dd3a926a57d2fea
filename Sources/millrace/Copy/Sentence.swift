import Millrace

/// What went wrong with a copy, for the person who started it: what, where, and what became of the destination.
enum Sentence {
  static func about(_ error: CopyError, from source: OpenEnd, to sink: OpenDestination) -> String {
    let done = error.report.delivered
    let progress = done > 0 ? " after \(Amount.bytes(done))" : ""
    return reason(error, source.name, sink.end.name) + progress + fate(of: sink, done)
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
    case .cancelled, .otherDirection: "stopped"
    case .deadline: "the time limit of --timeout passed"
    case .idle: "no byte moved for as long as --idle-timeout allows"
    case .closed: "\(error.side == .source ? source : sink) was closed"
    case .unsupported(let reason): "cannot copy \(error.side == .source ? "from \(source)" : "to \(sink)"): \(reason)"
    case .routeUnavailable(let route, let reason): "the route \(route) does not work here: \(reason)"
    case .sameFile: "\(source) and \(sink) are the same file"
    case .overLimit(let limit): "\(source) has more than \(limit) bytes"
    case .secondSink(_, let reason): "a second sink failed: \(reason)"
    case .custom(let error): "\(error)"
    }
  }

  private static func fate(of sink: OpenDestination, _ done: Int) -> String {
    guard sink.staged != nil else { return "" }
    return sink.replaces ? "; \(sink.end.name) is as it was" : "; nothing was left behind"
  }
}
