/// A second of the Gregorian calendar in UTC, from the year 1 to 9999: what RFC 3339 can write and HTML's `<time>`
/// takes.
struct CalendarTime: Equatable {
  let year: Int
  let month: Int
  let day: Int
  let hour: Int
  let minute: Int
  let second: Int

  /// The time so many seconds after 1970 began, leap seconds not counted, as stat(2) has it. nil outside the range.
  init?(seconds: Int64) {
    let secondOfDay = Int((seconds % 86_400 + 86_400) % 86_400)
    let dayOf1970 = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    guard (-Self.daysTo1970..<Self.daysTo10000 - Self.daysTo1970).contains(dayOf1970) else { return nil }
    let days = Int(dayOf1970 + Self.daysTo1970)

    // 400 years have 146,097 days, which gives the year or one beside it.
    var year = days * 400 / 146_097 + 1
    while Self.days(before: year) > days { year -= 1 }
    while Self.days(before: year + 1) <= days { year += 1 }
    var rest = days - Self.days(before: year)
    var month = 1
    while rest >= Self.length(of: month, in: year) {
      rest -= Self.length(of: month, in: year)
      month += 1
    }
    self.year = year
    self.month = month
    day = rest + 1
    hour = secondOfDay / 3600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
  }

  private static let daysTo1970 = Int64(days(before: 1970))
  private static let daysTo10000 = Int64(days(before: 10_000))

  /// Days from the first of the year 1 to the first of this.
  private static func days(before year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }

  private static func length(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension PageWriter {
  /// `2026-03-14 09:26`, for people.
  mutating func minute(_ time: CalendarTime) {
    date(time)
    literal(" ")
    padded(time.hour, width: 2)
    literal(":")
    padded(time.minute, width: 2)
  }

  /// `2026-03-14T09:26:53Z` (RFC 3339), with thousandths of a second if they are given.
  mutating func timestamp(_ time: CalendarTime, milliseconds: Int? = nil) {
    date(time)
    literal("T")
    padded(time.hour, width: 2)
    literal(":")
    padded(time.minute, width: 2)
    literal(":")
    padded(time.second, width: 2)
    if let milliseconds {
      literal(".")
      padded(milliseconds, width: 3)
    }
    literal("Z")
  }

  private mutating func date(_ time: CalendarTime) {
    padded(time.year, width: 4)
    literal("-")
    padded(time.month, width: 2)
    literal("-")
    padded(time.day, width: 2)
  }
}
