/// Where a copy stands.
public struct CopyProgress: Sendable, Equatable {
  /// Bytes delivered so far; for an observer inside a `prefixed`, without the prefix.
  public var delivered: Int
  /// The route of the last of them.
  public var route: Route
  /// Since the copy began.
  public var elapsed: Duration
}
