/// How large a head may be. What is larger is refused while it arrives, and its connection is closed.
public struct HeadLimits: Sendable, Equatable {
  /// The most bytes of a request's first line, its CRLF included, and never more than of the head: 414. Default: 8 KiB.
  public var line = 8 * 1024
  /// The most bytes of all of it, the empty line at its end included, at most 60 KiB: 431. Default: 32 KiB.
  public var head = 32 * 1024
  /// The most field lines: 431. Default: 100.
  public var fields = 100

  /// What a head has to fit into while it is read.
  package static let most = 60 * 1024

  /// The defaults.
  public init() {}
}
