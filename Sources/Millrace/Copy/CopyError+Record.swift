import LinuxCalls
import SystemPackage

extension CopyError {
  /// A failed copy as machines keep it: everything but the bytes of the residue, of which it has the count.
  ///
  /// ```json
  /// {"side": "sink", "cause": "call", "call": "send", "errno": "EPIPE", "residue": 65536, …, "report": {…}}
  /// ```
  public struct Record: Sendable, Codable, Equatable {
    /// Whose fault it was.
    public var side: Side
    /// The name of the ``Cause``, as in Swift: "call", "idle", "routeUnavailable".
    public var cause: String
    /// The system call that failed, as the manual has it.
    public var call: String?
    /// The kernel's reason by its name, such as "EPIPE".
    public var errno: String?
    /// The route that was asked for and does not work.
    public var route: Route?
    /// Why it does not, or why the end is unsupported.
    public var reason: String?
    /// Bytes still owed, where the source ended before.
    public var owed: Int?
    /// The limit that was exceeded.
    public var limit: Int?
    /// The same as one sentence for people: ``CopyError/description``.
    public var sentence: String
    /// Bytes taken from the source and not accepted by the sink.
    public var residue: Int
    /// What was done up to then.
    public var report: CopyReport
  }

  /// The failure without the bytes of its residue.
  public var record: Record {
    var record = Record(
      side: side, cause: cause.name, sentence: description, residue: residue.count, report: report)
    switch cause {
    case .call(let call, let errno), .secondSink(let call, let errno):
      (record.call, record.errno) = (call, errno.symbol)
    case .truncated(let owed): record.owed = owed
    case .overLimit(let limit): record.limit = limit
    case .unsupported(let reason): record.reason = reason
    case .routeUnavailable(let route, let reason): (record.route, record.reason) = (route, reason)
    case .custom(let error): record.reason = "\(error)"
    case .cancelled, .deadline, .idle, .tooSlow, .closed, .otherDirection, .sameFile: break
    }
    return record
  }
}

extension CopyError: Encodable {
  /// Writes its ``record``, which can be read again as one.
  public func encode(to encoder: any Encoder) throws { try record.encode(to: encoder) }
}

extension CopyError.Cause {
  fileprivate var name: String {
    switch self {
    case .call: "call"
    case .secondSink: "secondSink"
    case .truncated: "truncated"
    case .cancelled: "cancelled"
    case .deadline: "deadline"
    case .idle: "idle"
    case .tooSlow: "tooSlow"
    case .closed: "closed"
    case .otherDirection: "otherDirection"
    case .unsupported: "unsupported"
    case .routeUnavailable: "routeUnavailable"
    case .sameFile: "sameFile"
    case .overLimit: "overLimit"
    case .custom: "custom"
    }
  }
}
