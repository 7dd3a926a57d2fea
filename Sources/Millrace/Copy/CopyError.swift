public import SystemPackage

/// A copy that did not get to its end: which side failed, why, what was delivered, and the residue.
public struct CopyError: Error, Sendable {
  /// Whose fault it was.
  public enum Side: String, Sendable, Codable {
    /// Reading failed.
    case source
    /// Writing failed.
    case sink
    /// Neither: a time limit, a cancellation, a request that cannot be met.
    case copy
  }

  /// What happened.
  public enum Cause: Sendable {
    /// A system call failed, named as in the manual.
    case call(String, Errno)
    /// A second sink (``Tee``) failed, and its policy is ``Tee/WhenFailed/fail``.
    case secondSink(String, Errno)
    /// The source ended with bytes still owed: a file that became shorter.
    case truncated(owed: Int)
    /// The task was cancelled.
    case cancelled
    /// ``CopyOptions/deadline`` passed.
    case deadline
    /// No byte was delivered for ``CopyOptions/idleTimeout``.
    case idle
    /// A server's client gave or took fewer bytes than it has to, while it was waited for.
    case tooSlow
    /// The endpoint was closed while the copy used it.
    case closed
    /// The other direction of an exchange failed, and its source is gone: ``exchange(_:_:)``.
    case otherDirection
    /// The end is none that a stream can be copied from or to: the reason says why.
    case unsupported(String)
    /// The route that was asked for does not work here: the reason says why.
    case routeUnavailable(Route, reason: String)
    /// The source and a sink, the first or a second, are the same file, and the ranges overlap: bytes would be overwritten
    /// before they are read, or be read again after they are written.
    case sameFile
    /// ``readAll(from:limit:options:)`` found more than its limit.
    case overLimit(Int)
    /// Someone else's reader, writer or fast path threw this.
    case custom(any Error)
  }

  /// Whose fault it was.
  public var side: Side { contents.side }
  /// What happened.
  public var cause: Cause { contents.cause }
  /// What was done up to then; `report.delivered` is exact.
  public var report: CopyReport { contents.report }
  /// The bytes taken from the source and not accepted by the sink, in order. It is a source: copy it to another sink,
  /// or read it again.
  public var residue: Bytes { contents.residue }

  /// Boxed: every task that awaits a copy has room for its error in its frame.
  private final class Contents: Sendable {
    let side: Side
    let cause: Cause
    let report: CopyReport
    let residue: Bytes

    init(_ side: Side, _ cause: Cause, _ report: CopyReport, _ residue: Bytes) {
      self.side = side
      self.cause = cause
      self.report = report
      self.residue = residue
    }
  }

  private let contents: Contents

  /// A copy that failed, for a fast path of your own (``DirectByteSource``).
  public init(side: Side, cause: Cause, report: CopyReport, residue: Bytes = Bytes([UInt8]())) {
    contents = Contents(side, cause, report, residue)
  }

  /// The kernel's reason, where it is one of the kernel's.
  public var errno: Errno? {
    switch cause {
    case .call(_, let errno), .secondSink(_, let errno): errno
    default: nil
    }
  }
}

extension CopyError: CustomStringConvertible {
  /// One sentence: what failed, and what was delivered before.
  public var description: String {
    let what =
      switch cause {
      case .call(let call, let errno): "\(side == .source ? "reading" : "writing") failed in \(call): \(errno)"
      case .secondSink(let call, let errno): "the second sink failed in \(call): \(errno)"
      case .truncated(let owed): "the source ended with \(owed) bytes still owed; it became shorter meanwhile"
      case .cancelled: "the task was cancelled"
      case .deadline: "the deadline passed"
      case .idle: "no byte was delivered for as long as the idle timeout allows"
      case .tooSlow: "fewer bytes were delivered than have to be in the time"
      case .closed: "the \(side) was closed meanwhile"
      case .otherDirection: "the other direction failed"
      case .unsupported(let reason): "the \(side) cannot be copied \(side == .source ? "from" : "to"): \(reason)"
      case .routeUnavailable(let route, let reason): "the route \(route) was asked for and does not work: \(reason)"
      case .sameFile: "the source and a sink are the same file, and the ranges overlap"
      case .overLimit(let limit): "the source has more than the limit of \(limit) bytes"
      case .custom(let error): "the \(side) failed: \(error)"
      }
    let residueNote = residue.count > 0 ? ", \(residue.count) taken and given back as residue" : ""
    return "\(what) (\(report.delivered) bytes delivered\(residueNote))"
  }
}
