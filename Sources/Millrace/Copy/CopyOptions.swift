/// How a copy is done.
public struct CopyOptions: Sendable {
  /// The most bytes to copy; nil copies to the end of the source. Reaching it is no error.
  public var limit: Int?
  /// When the copy ends with ``CopyError/Cause/deadline`` if it is not done; nil never. Seen at the end of a call that is
  /// in the blocking pool, like the idle timeout.
  public var deadline: ContinuousClock.Instant?
  /// How long no byte may be delivered before the copy ends with ``CopyError/Cause/idle``; nil is for ever.
  public var idleTimeout: Duration?
  /// Whether the end of the source is passed on to the sink once every byte is delivered: half-close of a connection,
  /// closing of a pipe. Default: false.
  public var passesEnd: Bool
  /// Which routes may be taken.
  public var routes: RouteChoice
  /// Whether the report has CPU times, which costs two system calls when it begins and two when it ends, and two
  /// looks at the clock each time it waits. Default: true.
  public var measuresCPU: Bool
  /// Called on the copy's reactor as bytes are delivered, at least once for each 16 MiB; must not block.
  public var progress: (@Sendable (CopyProgress) -> Void)?
  /// Who may look at the copy while it runs.
  package var monitor: CopyMonitor?

  /// The options, each with its default.
  public init(
    limit: Int? = nil, deadline: ContinuousClock.Instant? = nil, idleTimeout: Duration? = nil,
    passesEnd: Bool = false, routes: RouteChoice = .automatic, measuresCPU: Bool = true,
    progress: (@Sendable (CopyProgress) -> Void)? = nil
  ) {
    self.limit = limit
    self.deadline = deadline
    self.idleTimeout = idleTimeout
    self.passesEnd = passesEnd
    self.routes = routes
    self.measuresCPU = measuresCPU
    self.progress = progress
  }
}

/// Which routes a copy may take.
public enum RouteChoice: Sendable, Equatable {
  /// The best one that works.
  case automatic
  /// This one or an error: ``CopyError/Cause/routeUnavailable(_:reason:)``.
  case only(Route)
  /// The best one that works and is not among these. The buffered route cannot be left out where nothing else works;
  /// between sockets, leaving it out splices from the first byte.
  case without(Set<Route>)

  func allows(_ route: Route) -> Bool {
    switch self {
    case .automatic: true
    case .only(let only): route == only
    case .without(let excluded): !excluded.contains(route)
    }
  }
}
