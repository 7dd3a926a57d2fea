import Testing

@testable import MillraceHTTP

@Suite("An HTTP date")
struct HTTPDateTests {
  /// 6 November 1994, 08:49:37: the moment that RFC 9110 writes in all three forms.
  private static let example: Int64 = 784_111_777
  /// 1 January 2026.
  private static let now: Int64 = 1_767_225_600

  @Test(
    "is written in 29 bytes",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (example, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
      (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
      (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
    ] as [(Int64, String)])
  func text(_ seconds: Int64, _ text: String) throws {
    let bytes = try #require(HTTPDate(seconds: seconds)).text
    #expect(bytes.count == 29)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test(
    "there is none beyond the years of four digits",
    arguments: [253_402_300_800, -62_167_219_201, .max, .min] as [Int64])
  func outOfRange(_ seconds: Int64) {
    #expect(HTTPDate(seconds: seconds) == nil)
  }

  @Test(
    "is read in all three forms",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", example), ("Sunday, 06-Nov-94 08:49:37 GMT", example),
      ("Sun Nov  6 08:49:37 1994", example), ("Sun Nov 06 08:49:37 1994", example),
      ("Wed Nov 16 08:49:37 1994", example + 864_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Monday, 07-Nov-94 08:49:37 GMT", example + 86_400), ("Tuesday, 08-Nov-94 08:49:37 GMT", example + 172_800),
      ("Wednesday, 09-Nov-94 08:49:37 GMT", example + 259_200),
      ("Thursday, 10-Nov-94 08:49:37 GMT", example + 345_600),
      ("Friday, 11-Nov-94 08:49:37 GMT", example + 432_000), ("Saturday, 12-Nov-94 08:49:37 GMT", example + 518_400),
      ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Tue Feb 29 00:00:00 2000", 951_782_400),
    ] as [(String, Int64)])
  func forms(_ text: String, _ seconds: Int64) {
    #expect(HTTPDate(parsing: text, now: Self.now)?.seconds == seconds)
  }

  @Test("with a leap second is the second before it")
  func leapSecond() {
    #expect(HTTPDate(parsing: "Sat, 31 Dec 2016 23:59:60 GMT", now: Self.now)?.seconds == 1_483_228_799)
    #expect(HTTPDate(parsing: "Saturday, 31-Dec-16 23:59:60 GMT", now: Self.now)?.seconds == 1_483_228_799)
    #expect(HTTPDate(parsing: "Sat Dec 31 23:59:60 2016", now: Self.now)?.seconds == 1_483_228_799)
  }

  @Test(
    "that is anything else is none",
    arguments: [
      // The weekday, the day, the time.
      "Mon, 06 Nov 1994 08:49:37 GMT", "Monday, 06-Nov-94 08:49:37 GMT", "Mon Nov  6 08:49:37 1994",
      "Thu, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 1995 00:00:00 GMT", "Thu, 29 Feb 1900 00:00:00 GMT",
      "Mon, 29 Feb 2100 00:00:00 GMT", "Sat, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Jan 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
      "Sun, 06 Nov 1994 08:49:60 GMT", "Sat, 31 Dec 2016 23:59:61 GMT", "Sun Nov  0 08:49:37 1994",
      // Case, spacing, zone.
      "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 gmt",
      "SUN, 06 NOV 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37  GMT", "Sun,06 Nov 1994 08:49:37 GMT",
      "Sun,  6 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", " Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun Nov 6 08:49:37 1994",
      "Sun Nov   6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT", "Sun Nov  6 08:49:37 94",
      // The forms mixed, or two of them.
      "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
      "Sunday Nov  6 08:49:37 1994", "Sun, Nov  6 08:49:37 1994",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
      // Digits that are none, numbers that are too long.
      "Sun, 0６ Nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 19940 08:49:37 GMT",
      "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-7 GMT", "Sun, 006 Nov 1994 08:49:37 GMT",
      // What is no date at all.
      "", "0", "784111777", "1994-11-06T08:49:37Z", "Sun", "Sun,", "Sun, ", "Sunday", "Sunday, ", "S", "\u{0}",
      "Sun, 06 Nov 1994 08:49:37 GMT\r\n", "*", "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
    ])
  func malformed(_ text: String) {
    #expect(HTTPDate(parsing: text, now: Self.now) == nil)
  }

  @Test(
    "of two digits for the year is the last that lies within 50 years",
    arguments: [
      (now, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
      // Exactly 50 years from now, and a second more, which is 50 years ago.
      (now, "Wednesday, 01-Jan-76 00:00:00 GMT", "Wed, 01 Jan 2076 00:00:00 GMT"),
      (now, "Thursday, 01-Jan-76 00:00:01 GMT", "Thu, 01 Jan 1976 00:00:01 GMT"),
      (now, "Thursday, 31-Dec-76 00:00:00 GMT", nil),
      (now, "Friday, 31-Dec-76 00:00:00 GMT", "Fri, 31 Dec 1976 00:00:00 GMT"),
      (now, "Tuesday, 31-Dec-75 23:59:59 GMT", "Tue, 31 Dec 2075 23:59:59 GMT"),
      (now, "Friday, 01-Jan-77 00:00:00 GMT", nil),
      (now, "Saturday, 01-Jan-77 00:00:00 GMT", "Sat, 01 Jan 1977 00:00:00 GMT"),
      // From 1999 the year 00 is the next one, from 2099 that is 2100, which has no 29 February.
      (915_148_800, "Tuesday, 29-Feb-00 00:00:00 GMT", "Tue, 29 Feb 2000 00:00:00 GMT"),
      (4_070_908_800, "Monday, 01-Mar-00 00:00:00 GMT", "Mon, 01 Mar 2100 00:00:00 GMT"),
      (4_070_908_800, "Monday, 29-Feb-00 00:00:00 GMT", nil),
      // No year of five digits comes of it, and without a present there is no date.
      (253_402_300_799, "Saturday, 01-Jan-00 00:00:00 GMT", nil), (.max, "Sunday, 06-Nov-94 08:49:37 GMT", nil),
      (.min, "Sunday, 06-Nov-94 08:49:37 GMT", nil), (-62_167_219_200, "Sunday, 06-Nov-94 08:49:37 GMT", nil),
    ] as [(Int64, String, String?)])
  func window(_ now: Int64, _ text: String, _ meaning: String?) {
    let date = HTTPDate(parsing: text, now: now)
    #expect(date.map { String(decoding: $0.text, as: UTF8.self) } == meaning)
  }

  /// Given a calendar that is counted on day by day, with no arithmetic of its own, both ends of every February and
  /// year are written as it says and read as they were written.
  @Test("is read as it was written, from 1970 to 9999")
  func roundTrip() throws {
    var day = 0
    for year in 1970...9999 {
      let isLeap = year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
      let digits = String(year)
      let days = [
        (0, "01 Jan"), (58, "28 Feb"), isLeap ? (59, "29 Feb") : (59, "01 Mar"), (isLeap ? 365 : 364, "31 Dec"),
      ]
      for (offset, name) in days {
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(day + offset) % 7]
        let seconds = Int64(day + offset) * 86_400 + 86_399
        let text = try String(decoding: #require(HTTPDate(seconds: seconds)).text, as: UTF8.self)
        let expected = "\(weekday), \(name) \(digits) 23:59:59 GMT"
        // Compared before it is expected: 32,000 expectations take longer than all else.
        if text != expected { Issue.record("\(text) is written for \(expected)") }
        if HTTPDate(parsing: text, now: Self.now)?.seconds != seconds { Issue.record("\(text) is read as another") }
      }
      day += isLeap ? 366 : 365
    }
  }

  @Test("is right on every day of 400 years, after which the calendar repeats")
  func everyDay() {
    var previous = CivilDate(number: 730_485)
    #expect(previous == CivilDate(year: 2000, month: 1, day: 1))
    for number in 730_486...(730_485 + 146_097) {
      let next = CivilDate(number: number)
      let isNextDay = next.year == previous.year && next.month == previous.month && next.day == previous.day + 1
      let isNextMonth =
        next.day == 1 && (next.year * 12 + next.month) == (previous.year * 12 + previous.month + 1)
        && CivilDate(year: previous.year, month: previous.month, day: previous.day + 1) == nil
      if !(isNextDay || isNextMonth) || next.number != number || next.weekday != (previous.weekday + 1) % 7 {
        Issue.record("\(next) follows \(previous)")
      }
      previous = next
    }
    #expect(previous == CivilDate(year: 2400, month: 1, day: 1))
  }
}
