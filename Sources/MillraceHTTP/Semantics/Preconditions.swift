/// The conditions that a request makes on the state of its resource. RFC 9110 §13
///
/// Each value is that of the field, nil where it is absent; where the field comes several times, all values with ", "
/// between them. They are evaluated when all else is well: a request that would be answered by 404 without them is
/// answered so with them (§13.2.1).
package struct Preconditions: Sendable {
  /// What a method does, as far as conditions ask.
  package enum Method: Sendable {
    /// GET and HEAD.
    case safe
    /// Every other.
    case other
  }

  /// The state of the resource.
  package enum Resource: Sendable {
    /// There is none.
    case missing
    /// There is one. Validators that it does not have are nil; `lastModified` is in seconds since 1970, rounded down.
    case present(tag: EntityTag?, lastModified: Int64?)
  }

  /// What becomes of the request.
  package enum Outcome: Sendable {
    /// It is performed. Whether a Range counts is asked next: ``Preconditions/allowsRange(ifRange:of:now:)``.
    case proceed
    /// The client has it already: 304.
    case notModified
    /// The state is not what the client takes it for: 412.
    case failed
  }

  /// If-Match
  package var ifMatch: String?
  /// If-Unmodified-Since
  package var ifUnmodifiedSince: String?
  /// If-None-Match
  package var ifNoneMatch: String?
  /// If-Modified-Since
  package var ifModifiedSince: String?

  /// The fields of a request; If-Range is asked for by itself.
  package init(
    ifMatch: String? = nil, ifUnmodifiedSince: String? = nil, ifNoneMatch: String? = nil, ifModifiedSince: String? = nil
  ) {
    self.ifMatch = ifMatch
    self.ifUnmodifiedSince = ifUnmodifiedSince
    self.ifNoneMatch = ifNoneMatch
    self.ifModifiedSince = ifModifiedSince
  }

  /// Evaluates the four in the order of RFC 9110 §13.2.2: If-Match, or If-Unmodified-Since where that is absent; then
  /// If-None-Match, or If-Modified-Since where that is absent.
  ///
  /// A date that is none is ignored, as the RFC has it. Of malformed tags it says nothing. Here a malformed If-Match
  /// fails: the client wanted to be held back by something. A malformed If-None-Match proceeds: the answer is complete,
  /// hence right. Both count as present, so that the date beside them is not read.
  ///
  /// - Parameter now: Seconds since 1970, for dates with a year of two digits.
  package func outcome(for method: Method, of resource: Resource, now: Int64) -> Outcome {
    if let ifMatch {
      guard Self.matches(ifMatch, resource) else { return .failed }
    } else if let ifUnmodifiedSince, Self.isModified(resource, since: ifUnmodifiedSince, now) == true {
      return .failed
    }
    if let ifNoneMatch {
      guard Self.noneMatches(ifNoneMatch, resource) else { return method == .safe ? .notModified : .failed }
    } else if method == .safe, let ifModifiedSince, Self.isModified(resource, since: ifModifiedSince, now) == false {
      return .notModified
    }
    return .proceed
  }

  /// Whether the Range of a GET counts, the last step of RFC 9110 §13.2.2; where not, the whole representation is sent.
  ///
  /// A tag has to match strongly. A date has to be the second of the last modification, and that has to be over: within
  /// it the file may change once more and keep its date (§8.8.2.2). A malformed value allows nothing (§13.1.5).
  ///
  /// - Parameter ifRange: Nil where the field is absent, which allows every range.
  /// - Parameter now: Seconds since 1970.
  package static func allowsRange(ifRange: String?, of resource: Resource, now: Int64) -> Bool {
    guard case .present(let tag, let lastModified) = resource else { return false }
    guard let ifRange else { return true }
    if let asked = EntityTag(parsing: ifRange) { return tag.map(asked.matchesStrongly) ?? false }
    guard let lastModified, let asked = HTTPDate(parsing: ifRange, now: now) else { return false }
    return asked.seconds == lastModified && lastModified < now
  }

  private static func matches(_ ifMatch: String, _ resource: Resource) -> Bool {
    guard case .present(let tag, _) = resource else { return false }
    return switch EntityTags(parsing: ifMatch) {
    case .any: true
    case .tags(let tags): tag.map { tags.contains(where: $0.matchesStrongly) } ?? false
    case nil: false
    }
  }

  private static func noneMatches(_ ifNoneMatch: String, _ resource: Resource) -> Bool {
    guard case .present(let tag, _) = resource else { return true }
    return switch EntityTags(parsing: ifNoneMatch) {
    case .any: false
    case .tags(let tags): tag.map { !tags.contains(where: $0.matchesWeakly) } ?? true
    case nil: true
    }
  }

  /// Nil where the date is none, or the resource has none: the field is ignored then. RFC 9110 §13.1.3, §13.1.4
  private static func isModified(_ resource: Resource, since value: String, _ now: Int64) -> Bool? {
    guard case .present(_, let lastModified?) = resource, let date = HTTPDate(parsing: value, now: now) else {
      return nil
    }
    return lastModified > date.seconds
  }
}
