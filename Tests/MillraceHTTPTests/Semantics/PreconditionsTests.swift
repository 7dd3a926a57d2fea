import MillraceHTTP
import Testing

/// A request and what becomes of it, with the name of the rule.
private struct Row: CustomTestStringConvertible, Sendable {
  var name: String
  var method = Preconditions.Method.safe
  var resource = Row.file
  var fields: Preconditions
  var outcome: Preconditions.Outcome

  init(
    _ name: String, _ method: Preconditions.Method = .safe, on resource: Preconditions.Resource = Row.file,
    given fields: Preconditions, _ outcome: Preconditions.Outcome
  ) {
    self.name = name
    self.method = method
    self.resource = resource
    self.fields = fields
    self.outcome = outcome
  }

  var testDescription: String { name }

  /// Last modified at ``at``, with the tag "a".
  static let file = Preconditions.Resource.present(tag: EntityTag(opaque: "a"), lastModified: 784_111_777)
  static let weakFile = Preconditions.Resource.present(
    tag: EntityTag(opaque: "a", isWeak: true), lastModified: 784_111_777)
  static let untagged = Preconditions.Resource.present(tag: nil, lastModified: 784_111_777)
  static let undated = Preconditions.Resource.present(tag: EntityTag(opaque: "a"), lastModified: nil)
  static let bare = Preconditions.Resource.present(tag: nil, lastModified: nil)
}

private let before = "Sun, 06 Nov 1994 08:49:36 GMT"
private let at = "Sun, 06 Nov 1994 08:49:37 GMT"
private let after = "Sun, 06 Nov 1994 08:49:38 GMT"
/// 1 January 2026.
private let now: Int64 = 1_767_225_600

@Suite("Preconditions")
struct PreconditionsTests {
  private static let ifMatch: [Row] = [
    Row("If-Match: a tag that matches", .other, given: .init(ifMatch: "\"a\""), .proceed),
    Row("If-Match: one of several matches", .other, given: .init(ifMatch: "\"x\", \"a\""), .proceed),
    Row("If-Match: none matches", .other, given: .init(ifMatch: "\"x\", \"y\""), .failed),
    Row("If-Match: none matches a GET", given: .init(ifMatch: "\"x\""), .failed),
    Row("If-Match: a weak one never matches", .other, given: .init(ifMatch: "W/\"a\""), .failed),
    Row("If-Match: a weak resource never matches", .other, on: Row.weakFile, given: .init(ifMatch: "\"a\""), .failed),
    Row("If-Match: weak both, still not", .other, on: Row.weakFile, given: .init(ifMatch: "W/\"a\""), .failed),
    Row("If-Match: a resource without a tag", .other, on: Row.untagged, given: .init(ifMatch: "\"a\""), .failed),
    Row("If-Match: * and a resource", .other, given: .init(ifMatch: "*"), .proceed),
    Row("If-Match: * and a resource without validators", .other, on: Row.bare, given: .init(ifMatch: "*"), .proceed),
    Row("If-Match: * and no resource", .other, on: .missing, given: .init(ifMatch: "*"), .failed),
    Row("If-Match: a tag and no resource", .other, on: .missing, given: .init(ifMatch: "\"a\""), .failed),
    Row("If-Match: malformed fails", .other, given: .init(ifMatch: "\"a\", b"), .failed),
    Row("If-Match: empty fails", .other, given: .init(ifMatch: ""), .failed),
  ]

  private static let ifUnmodifiedSince: [Row] = [
    Row("If-Unmodified-Since: the date itself", .other, given: .init(ifUnmodifiedSince: at), .proceed),
    Row("If-Unmodified-Since: a later one", .other, given: .init(ifUnmodifiedSince: after), .proceed),
    Row("If-Unmodified-Since: an earlier one", .other, given: .init(ifUnmodifiedSince: before), .failed),
    Row("If-Unmodified-Since: an earlier one for a GET", given: .init(ifUnmodifiedSince: before), .failed),
    Row("If-Unmodified-Since: no date", .other, given: .init(ifUnmodifiedSince: "yesterday"), .proceed),
    Row("If-Unmodified-Since: two dates", .other, given: .init(ifUnmodifiedSince: before + ", " + before), .proceed),
    Row("If-Unmodified-Since: undated", .other, on: Row.undated, given: .init(ifUnmodifiedSince: before), .proceed),
    Row("If-Unmodified-Since: no resource", .other, on: .missing, given: .init(ifUnmodifiedSince: before), .proceed),
    Row(
      "If-Unmodified-Since: ignored beside If-Match", .other, given: .init(ifMatch: "\"a\"", ifUnmodifiedSince: before),
      .proceed),
    Row(
      "If-Unmodified-Since: does not save If-Match", .other, given: .init(ifMatch: "\"x\"", ifUnmodifiedSince: after),
      .failed),
  ]

  private static let ifNoneMatch: [Row] = [
    Row("If-None-Match: matches a GET", given: .init(ifNoneMatch: "\"a\""), .notModified),
    Row("If-None-Match: matches another method", .other, given: .init(ifNoneMatch: "\"a\""), .failed),
    Row("If-None-Match: one of several matches", given: .init(ifNoneMatch: "\"x\", \"a\""), .notModified),
    Row("If-None-Match: none matches a GET", given: .init(ifNoneMatch: "\"x\""), .proceed),
    Row("If-None-Match: none matches another method", .other, given: .init(ifNoneMatch: "\"x\""), .proceed),
    Row("If-None-Match: a weak one does", given: .init(ifNoneMatch: "W/\"a\""), .notModified),
    Row("If-None-Match: a weak resource does", on: Row.weakFile, given: .init(ifNoneMatch: "\"a\""), .notModified),
    Row("If-None-Match: weak both do", on: Row.weakFile, given: .init(ifNoneMatch: "W/\"a\""), .notModified),
    Row("If-None-Match: a resource without a tag", on: Row.untagged, given: .init(ifNoneMatch: "\"a\""), .proceed),
    Row("If-None-Match: * and a resource, GET", given: .init(ifNoneMatch: "*"), .notModified),
    Row("If-None-Match: * and a resource, other", .other, given: .init(ifNoneMatch: "*"), .failed),
    Row("If-None-Match: * and bare", .other, on: Row.bare, given: .init(ifNoneMatch: "*"), .failed),
    Row("If-None-Match: * and no resource", .other, on: .missing, given: .init(ifNoneMatch: "*"), .proceed),
    Row("If-None-Match: a tag and no resource", on: .missing, given: .init(ifNoneMatch: "\"a\""), .proceed),
    Row("If-None-Match: malformed proceeds", given: .init(ifNoneMatch: "\"a\", b"), .proceed),
    Row("If-None-Match: malformed proceeds, other", .other, given: .init(ifNoneMatch: "a"), .proceed),
  ]

  private static let ifModifiedSince: [Row] = [
    Row("If-Modified-Since: the date itself", given: .init(ifModifiedSince: at), .notModified),
    Row("If-Modified-Since: a later one", given: .init(ifModifiedSince: after), .notModified),
    Row("If-Modified-Since: an earlier one", given: .init(ifModifiedSince: before), .proceed),
    Row("If-Modified-Since: asctime", given: .init(ifModifiedSince: "Sun Nov  6 08:49:37 1994"), .notModified),
    Row("If-Modified-Since: RFC 850", given: .init(ifModifiedSince: "Sunday, 06-Nov-94 08:49:37 GMT"), .notModified),
    Row("If-Modified-Since: another method", .other, given: .init(ifModifiedSince: at), .proceed),
    Row("If-Modified-Since: no date", given: .init(ifModifiedSince: "0"), .proceed),
    Row("If-Modified-Since: two dates", given: .init(ifModifiedSince: at + ", " + at), .proceed),
    Row("If-Modified-Since: undated", on: Row.undated, given: .init(ifModifiedSince: at), .proceed),
    Row("If-Modified-Since: no resource", on: .missing, given: .init(ifModifiedSince: at), .proceed),
    Row(
      "If-Modified-Since: ignored beside If-None-Match", given: .init(ifNoneMatch: "\"x\"", ifModifiedSince: at),
      .proceed),
    Row(
      "If-Modified-Since: ignored beside a malformed one", given: .init(ifNoneMatch: "x", ifModifiedSince: at), .proceed
    ),
    Row(
      "If-Modified-Since: does not undo If-None-Match", given: .init(ifNoneMatch: "\"a\"", ifModifiedSince: before),
      .notModified),
  ]

  private static let together: [Row] = [
    Row("none", given: .init(), .proceed), Row("none, other", .other, given: .init(), .proceed),
    Row("none and no resource", on: .missing, given: .init(), .proceed),
    Row("If-Match holds, If-None-Match decides", given: .init(ifMatch: "\"a\"", ifNoneMatch: "\"a\""), .notModified),
    Row("If-Match fails first", given: .init(ifMatch: "\"x\"", ifNoneMatch: "\"a\""), .failed),
    Row("If-Match holds, If-Modified-Since decides", given: .init(ifMatch: "*", ifModifiedSince: at), .notModified),
    Row(
      "If-Unmodified-Since holds, If-None-Match decides", given: .init(ifUnmodifiedSince: at, ifNoneMatch: "*"),
      .notModified),
    Row("If-Unmodified-Since fails first", given: .init(ifUnmodifiedSince: before, ifNoneMatch: "*"), .failed),
    Row("both dates hold", given: .init(ifUnmodifiedSince: at, ifModifiedSince: before), .proceed),
    Row("both dates, the second decides", given: .init(ifUnmodifiedSince: at, ifModifiedSince: at), .notModified),
    Row(
      "all four hold",
      given: .init(ifMatch: "\"a\"", ifUnmodifiedSince: before, ifNoneMatch: "\"x\"", ifModifiedSince: at), .proceed),
  ]

  @Test(
    "are evaluated in the order of RFC 9110 §13.2.2",
    arguments: ifMatch + ifUnmodifiedSince + ifNoneMatch + ifModifiedSince + together)
  private func outcome(_ row: Row) {
    #expect(row.fields.outcome(for: row.method, of: row.resource, now: now) == row.outcome)
  }

  private static let modified: Int64 = 784_111_777

  @Test(
    "on a range: If-Range allows it for the same bytes alone",
    arguments: [
      ("absent", nil, Row.file, now, true), ("absent, bare", nil, Row.bare, now, true),
      ("absent, no resource", nil, .missing, now, false),
      ("the tag", "\"a\"", Row.file, now, true), ("another tag", "\"b\"", Row.file, now, false),
      ("a weak tag", "W/\"a\"", Row.file, now, false), ("a weak resource", "\"a\"", Row.weakFile, now, false),
      ("weak both", "W/\"a\"", Row.weakFile, now, false), ("no tag there", "\"a\"", Row.untagged, now, false),
      ("no resource", "\"a\"", .missing, now, false), ("two tags", "\"a\", \"a\"", Row.file, now, false),
      ("a star", "*", Row.file, now, false),
      ("the date", at, Row.file, now, true), ("the date, untagged", at, Row.untagged, now, true),
      ("an earlier date", before, Row.file, now, false), ("a later date", after, Row.file, now, false),
      ("the date in asctime", "Sun Nov  6 08:49:37 1994", Row.file, now, true),
      ("undated", at, Row.undated, now, false), ("a date and no resource", at, .missing, now, false),
      ("a second later", at, Row.file, modified + 1, true), ("within the second", at, Row.file, modified, false),
      ("a date to come", at, Row.file, modified - 1, false),
      ("malformed", "a", Row.file, now, false), ("empty", "", Row.file, now, false),
      ("no date", "Sun, 07 Nov 1994 08:49:37 GMT", Row.file, now, false),
    ] as [(String, String?, Preconditions.Resource, Int64, Bool)])
  func range(_ name: String, _ ifRange: String?, _ resource: Preconditions.Resource, _ now: Int64, _ isAllowed: Bool) {
    #expect(Preconditions.allowsRange(ifRange: ifRange, of: resource, now: now) == isAllowed, "\(name)")
  }
}
