/// Why a file is not let through: it might hold what nobody looked for.
struct RefusedContent: Error, Equatable {
  enum Cause: Equatable {
    /// It is no JSON after all, and text as far as that is concerned.
    case notJSON
    case other
  }

  var cause = Cause.other
  /// What is said behind the file's name: "it is not UTF-8".
  var reason: String

  init(_ reason: String) { self.reason = reason }

  static let notJSON: RefusedContent = {
    var refusal = RefusedContent("it is not JSON")
    refusal.cause = .notJSON
    return refusal
  }()
  static let exhausted = RefusedContent("it has more distinct addresses than there are documentation addresses for")
}
