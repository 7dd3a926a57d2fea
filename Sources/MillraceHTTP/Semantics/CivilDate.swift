/// A day of the Gregorian calendar, which counts backwards to the year 0 as if it had always been in force.
struct CivilDate: Equatable {
  /// 0...9999: what four digits can write.
  let year: Int
  /// 1...12
  let month: Int
  /// 1...31
  let day: Int

  /// Nil for a day that no calendar has.
  init?(year: Int, month: Int, day: Int) {
    guard 0...9999 ~= year, 1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day so many days after 1 January of the year 0, up to the last of 9999.
  init(number: Int) {
    precondition(0..<Self.daysBefore(year: 10_000) ~= number, "A day outside the years of four digits is asked for.")
    // Exact on average over the 400 years after which the calendar repeats, hence at most a year off.
    var year = number * 400 / 146_097
    while Self.daysBefore(year: year) > number { year -= 1 }
    while Self.daysBefore(year: year + 1) <= number { year += 1 }
    var day = number - Self.daysBefore(year: year) + 1
    var month = 1
    while day > Self.days(inMonth: month, of: year) {
      day -= Self.days(inMonth: month, of: year)
      month += 1
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1 January of the year 0.
  var number: Int {
    (1..<month).reduce(Self.daysBefore(year: year) + day - 1) { $0 + Self.days(inMonth: $1, of: year) }
  }

  /// 0 for Sunday to 6. The first day of the year 0 is a Saturday.
  var weekday: Int { (number + 6) % 7 }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func daysBefore(year: Int) -> Int {
    365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400
  }
}
