/// Where a body ends. RFC 9112 §6
public enum BodyFraming: Sendable, Equatable {
  /// There is none: the next message begins behind the head.
  case none
  /// After so many bytes.
  case length(Int64)
  /// Where its last chunk says.
  case chunked
  /// Where the connection does.
  case untilClose
}
