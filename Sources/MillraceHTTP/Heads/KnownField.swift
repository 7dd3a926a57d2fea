/// The fields that somebody here asks for: each line of a head is told apart once, while it is read.
package enum KnownField: UInt8, Sendable {
  case other
  case host, contentLength, transferEncoding, connection, expect, upgrade, te, trailer
  case range, ifRange, ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince
  case acceptEncoding, accept, authorization, contentType, contentEncoding, contentRange, reprDigest, userAgent, referer
  case keepAlive, forwardedFor, date

  /// Its name in lower case.
  package var name: StaticString {
    switch self {
    case .other: ""
    case .host: "host"
    case .contentLength: "content-length"
    case .transferEncoding: "transfer-encoding"
    case .connection: "connection"
    case .expect: "expect"
    case .upgrade: "upgrade"
    case .te: "te"
    case .trailer: "trailer"
    case .range: "range"
    case .ifRange: "if-range"
    case .ifMatch: "if-match"
    case .ifNoneMatch: "if-none-match"
    case .ifModifiedSince: "if-modified-since"
    case .ifUnmodifiedSince: "if-unmodified-since"
    case .acceptEncoding: "accept-encoding"
    case .accept: "accept"
    case .authorization: "authorization"
    case .contentType: "content-type"
    case .contentEncoding: "content-encoding"
    case .contentRange: "content-range"
    case .reprDigest: "repr-digest"
    case .userAgent: "user-agent"
    case .referer: "referer"
    case .keepAlive: "keep-alive"
    case .forwardedFor: "x-forwarded-for"
    case .date: "date"
    }
  }

  /// Told by its length first: of most names that leaves one candidate or two.
  init(_ bytes: Span<UInt8>, _ place: Range<Int>) {
    self = .other
    let candidates: (KnownField, KnownField?, KnownField?)
    switch place.count {
    case 2: candidates = (.te, nil, nil)
    case 4: candidates = (.host, .date, nil)
    case 5: candidates = (.range, nil, nil)
    case 6: candidates = (.accept, .expect, nil)
    case 7: candidates = (.trailer, .upgrade, .referer)
    case 8: candidates = (.ifMatch, .ifRange, nil)
    case 10: candidates = (.connection, .userAgent, .keepAlive)
    case 11: candidates = (.reprDigest, nil, nil)
    case 12: candidates = (.contentType, nil, nil)
    case 13: candidates = (.authorization, .ifNoneMatch, .contentRange)
    case 14: candidates = (.contentLength, nil, nil)
    case 15: candidates = (.acceptEncoding, .forwardedFor, nil)
    case 16: candidates = (.contentEncoding, nil, nil)
    case 17: candidates = (.transferEncoding, .ifModifiedSince, nil)
    case 19: candidates = (.ifUnmodifiedSince, nil, nil)
    default: return
    }
    if candidates.0.matches(bytes, place.lowerBound) {
      self = candidates.0
    } else if let second = candidates.1, second.matches(bytes, place.lowerBound) {
      self = second
    } else if let third = candidates.2, third.matches(bytes, place.lowerBound) {
      self = third
    }
  }

  /// Of a name that has its length.
  private func matches(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    HeadReader.equals(bytes, start..<start + name.utf8CodeUnitCount, name)
  }
}
