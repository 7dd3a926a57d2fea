import MillraceHTTP

/// The token of those who may upload. RFC 6750
struct UploadToken: Sendable {
  private let expected: [UInt8]

  init(_ token: String) { expected = Array(token.utf8) }

  /// What the Authorization of a request comes to.
  enum Verdict: Equatable {
    case granted
    /// There is none.
    case missing
    /// It is another one.
    case wrong
  }

  func judge(_ authorization: String?) -> Verdict {
    guard let authorization else { return .missing }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return .missing }
    return isSame(Array(parts[1].drop { $0 == " " }.utf8)) ? .granted : .wrong
  }

  /// Every byte is looked at, so that how long it takes says nothing of where the first wrong one is.
  private func isSame(_ given: [UInt8]) -> Bool {
    // Nobody has the empty one.
    guard !expected.isEmpty else { return false }
    var difference = given.count ^ expected.count
    for (place, byte) in given.enumerated() { difference |= Int(byte ^ expected[place % expected.count]) }
    return difference == 0
  }
}
