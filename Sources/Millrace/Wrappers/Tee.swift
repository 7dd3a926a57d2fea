/// A second sink that gets the same bytes as the first, by tee(2) where both ends of the copy allow it.
///
/// A ``FileSection`` with a length gets what it has room for. That it is full is no failure, whatever ``WhenFailed``
/// says: the copy goes on, and the report counts what came after as ``CopyReport/TeeReport/missed``.
public struct Tee: Sendable {
  /// What to do when the second sink takes no more and its backlog (about 1 MiB) is full.
  public enum WhenStalled: Sendable, Equatable {
    /// Wait for it: the first sink goes at the pace of the slower one.
    case wait
    /// Let it go when it has taken nothing for this long. Zero lets it go as soon as the backlog is full.
    ///
    /// At the end of the copy, when the first sink has everything, the second one still has its backlog to take, which
    /// need not be full. It is waited for like before, and for a second at least: one that keeps up gets its tail, however
    /// little patience there is with a full backlog. A socket that is the first sink is told meanwhile that there is no
    /// more, if the copy passes the end on and ``WhenFailed/detach`` is the policy of all its second sinks.
    case detach(after: Duration)
  }

  /// How long a second sink may take nothing at the end of a copy. A peer that reads at all reads within that time, and the
  /// copy is not held up for longer by one that does not.
  static let leastPatienceAtTheEnd = Duration.seconds(1)

  /// What to do when the second sink fails.
  public enum WhenFailed: Sendable, Equatable {
    /// The copy goes on without it, and the report says so.
    case detach
    /// The copy fails.
    case fail
  }

  let sink: any ByteSink
  let whenStalled: WhenStalled
  let whenFailed: WhenFailed

  /// A second sink: a connection, a pipe, a file or a section of one, without wrappers of its own. The copy refuses
  /// others (``CopyError/Cause/unsupported(_:)``).
  public init(_ sink: any ByteSink, whenStalled: WhenStalled = .wait, whenFailed: WhenFailed = .detach) {
    self.sink = sink
    self.whenStalled = whenStalled
    self.whenFailed = whenFailed
  }
}
