/// How long a client may take, and how often it may ask. What is exceeded ends the connection, and the log says which.
public struct HTTPTimes: Sendable, Equatable {
  /// How long a head may take, from its first byte; of a new connection, from its acceptance. 408. Default: 10 s.
  public var head = Duration.seconds(10)
  /// How long a connection may wait for its next request. Nil is for ever. Default: 1 min.
  public var keepAlive: Duration? = .seconds(60)
  /// How long no byte of a body may come, and how long the client may take no byte of a response. Default: 30 s.
  public var idle = Duration.seconds(30)
  /// Bytes a second that a body, in either direction, must have on average once `grace` is over: a client that gives or takes a
  /// byte now and then must not hold a place. 0 is no minimum. Default: 240.
  public var minimumRate = 240
  /// For how long the rate is not looked at. Default: 10 s.
  public var grace = Duration.seconds(10)
  /// How long what a client still sends is read and thrown away after an answer that came early, so that the answer is not lost
  /// to a reset (RFC 9112 §9.6). Default: 5 s.
  public var linger = Duration.seconds(5)
  /// The most requests on one connection; nil is no bound. Default: nil.
  public var mostRequests: Int?

  /// The defaults.
  public init() {}

  /// How long a body of `count` bytes may take in all, in nanoseconds.
  func allowance(for count: Int64) -> Int64 {
    guard minimumRate > 0 else { return .max }
    let seconds = Double(count) / Double(minimumRate)
    let total = Double(grace.inNanoseconds) + seconds * 1e9
    return total < 9e18 ? Int64(total) : .max
  }
}

extension Duration {
  /// Nanoseconds, at most those that there are in an Int64.
  package var inNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return isTooMuch ? .max : whole &+ attoseconds / 1_000_000_000
  }
}
