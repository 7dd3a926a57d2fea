import MillraceHTTP
import Testing

@Suite("An entity tag")
struct EntityTagTests {
  private static func tag(_ opaque: String, weak: Bool = false) throws -> EntityTag {
    try #require(EntityTag(opaque: opaque, isWeak: weak))
  }

  @Test(
    "is read and written alike",
    arguments: [
      ("\"xyzzy\"", "xyzzy", false), ("W/\"xyzzy\"", "xyzzy", true), ("\"\"", "", false), ("W/\"\"", "", true),
      ("\"!#~\"", "!#~", false), ("\"a,b\"", "a,b", false), ("\"W/\"", "W/", false), ("\"*\"", "*", false),
      ("\"a\\\"", "a\\", false),
    ])
  func single(_ text: String, _ opaque: String, _ isWeak: Bool) throws {
    let tag = try #require(EntityTag(parsing: text))
    #expect(tag.opaque == opaque)
    #expect(tag.isWeak == isWeak)
    #expect(tag.text == text)
  }

  @Test(
    "that is malformed is none",
    arguments: [
      "", "xyzzy", "\"", "\"xyzzy", "xyzzy\"", "w/\"xyzzy\"", "W\"xyzzy\"", "W/xyzzy", "W/ \"xyzzy\"", "W/", "W/\"",
      "\"a b\"", "\"a\tb\"", "\"a\u{0}b\"", "\"a\u{7f}b\"", "\"ä\"", "\"\u{fffd}\"", "\"a\"b", "\"a\" ", " \"a\"",
      "\"a\", \"b\"", "*", "'a'", "“a”", "\"a\\\"b\"", "\"a\"\r\n", "W/W/\"a\"",
    ])
  func malformed(_ text: String) {
    #expect(EntityTag(parsing: text) == nil)
  }

  @Test("is not made of what could not be sent", arguments: ["\"", "a b", "a\r\nb", "\u{7f}", "ä", "\u{0}"])
  func unsendable(_ opaque: String) {
    #expect(EntityTag(opaque: opaque) == nil)
  }

  /// The table of RFC 9110 §8.8.3.2.
  @Test(
    "that is weak never matches strongly",
    arguments: [
      ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false), ("W/\"1\"", "\"1\"", false, true),
      ("\"1\"", "\"1\"", true, true), ("\"1\"", "\"2\"", false, false), ("\"a\"", "\"A\"", false, false),
    ])
  func comparison(_ left: String, _ right: String, _ matchesStrongly: Bool, _ matchesWeakly: Bool) throws {
    let (left, right) = (try #require(EntityTag(parsing: left)), try #require(EntityTag(parsing: right)))
    #expect(left.matchesStrongly(right) == matchesStrongly)
    #expect(right.matchesStrongly(left) == matchesStrongly)
    #expect(left.matchesWeakly(right) == matchesWeakly)
    #expect(right.matchesWeakly(left) == matchesWeakly)
  }

  @Test(
    "is one of a list, in which whitespace and empty members do not count",
    arguments: [
      "\"a\",W/\"b\"", "\"a\", W/\"b\"", " \"a\" , W/\"b\" ", "\"a\"\t,\tW/\"b\"", ",\"a\",W/\"b\",",
      ", ,\"a\",,, ,W/\"b\", ,", "\"a\" ,,W/\"b\"",
    ])
  func list(_ text: String) throws {
    #expect(EntityTags(parsing: text) == .tags([try Self.tag("a"), try Self.tag("b", weak: true)]))
  }

  @Test("in a list may have a comma in it")
  func commas() throws {
    #expect(EntityTags(parsing: "\"a,b\", \",\"") == .tags([try Self.tag("a,b"), try Self.tag(",")]))
  }

  @Test("is any for a star", arguments: ["*", " *", "* ", "\t*\t"])
  func any(_ text: String) {
    #expect(EntityTags(parsing: text) == .any)
  }

  @Test(
    "that is malformed spoils the whole list",
    arguments: [
      "", " ", ",", ", ,", "**", "*,", "*, *", "*, \"a\"", "\"a\", *", "\"a\" \"b\"", "\"a\"\"b\"", "\"a\", b",
      "b, \"a\"",
      "\"a\", \"b", "\"a\", w/\"b\"", "\"a\"; \"b\"", "\"a\", \"ä\"", "\"a\", \"b c\"", "\"a\"\n, \"b\"", "\"a\", W/",
    ])
  func malformedList(_ text: String) {
    #expect(EntityTags(parsing: text) == nil)
  }

  @Test("comes a thousand times in a list, and all are read")
  func long() {
    let text = String(repeating: "\"a\",", count: 1000)
    guard case .tags(let tags) = EntityTags(parsing: text) else {
      Issue.record("the list is malformed")
      return
    }
    #expect(tags.count == 1000)
  }
}
