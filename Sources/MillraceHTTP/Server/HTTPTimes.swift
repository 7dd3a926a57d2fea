import Millrace

/// How long a client may take, and how often it may ask. What is exceeded ends the connection, and the log says which.
public struct HTTPTimes: Sendable, Equatable {
  /// How long a head may take, from its first byte; of a new connection, from its acceptance. 408. Default: 10 s.
  public var head = Duration.seconds(10)
  /// How long a connection may wait for its next request. Nil is for ever. Default: 1 min.
  public var keepAlive: Duration? = .seconds(60)
  /// How long no byte of a body may come, and how long the client may take no byte of a response. Default: 30 s.
  public var idle = Duration.seconds(30)
  /// Bytes a second that a client must give or take of a body while it is waited for: one that moves a byte now and then must not
  /// hold a place. 0 is no minimum. Default: 240.
  public var minimumRate = 240
  /// Over how long that is looked at, again and again: a fast beginning does not make up for what comes later. Waiting for a rate
  /// that the server keeps to does not count, nor what it takes itself. More than 0. Default: 10 s.
  public var grace = Duration.seconds(10)
  /// How long what a client still sends is read and thrown away after an answer that came early, so that the answer is not lost
  /// to a reset (RFC 9112 §9.6). Default: 5 s.
  public var linger = Duration.seconds(5)
  /// The most requests on one connection; nil is no bound. Default: nil.
  public var mostRequests: Int?

  /// The defaults.
  public init() {}

  /// What a client has to keep to in one body; nil where there is no minimum.
  ///
  /// - Parameter isTaking: it is the response's.
  func pace(isTaking: Bool) -> MinimumPace? {
    if minimumRate <= 0 { return nil }
    return MinimumPace(bytesPerSecond: minimumRate, window: max(1, grace.inNanoseconds), isTaking: isTaking)
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
