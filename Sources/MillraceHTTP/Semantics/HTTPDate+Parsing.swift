extension HTTPDate {
  /// Reads any of the three forms that a recipient has to take. RFC 9110 §5.6.7
  ///
  ///     Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate
  ///     Sunday, 06-Nov-94 08:49:37 GMT     rfc850-date
  ///     Sun Nov  6 08:49:37 1994           asctime-date
  ///
  /// Nil for everything else: other case or spacing, a day that the month has not, a weekday that the day was not. The
  /// leap second 23:59:60 is taken and counts as the one before it, since there are none in `seconds`; a 60 elsewhere
  /// is refused.
  ///
  /// - Parameter now: Seconds since 1970. Of the years that end in the two digits of an rfc850-date it means the last
  ///   that lies no more than 50 years ahead of this.
  package init?(parsing text: String, now: Int64) {
    var cursor = FieldCursor(text)
    guard let weekday = cursor.takeName(of: Self.weekdays) else { return nil }
    let moment: Moment?
    if cursor.take(", ") {
      moment = cursor.takeFixDate()
    } else if cursor.take(" ") {
      moment = cursor.takeAsctime()
    } else {
      guard cursor.take(Self.endings[weekday]), cursor.take(", ") else { return nil }
      moment = cursor.takeRFC850Date(now: now)
    }
    guard let moment, cursor.isAtEnd, moment.day.weekday == weekday else { return nil }
    self.init(day: moment.day, secondOfDay: moment.secondOfDay)
  }

  fileprivate typealias Moment = (day: CivilDate, secondOfDay: Int)

  /// What makes a whole name of the short one.
  private static let endings = ["day", "day", "sday", "nesday", "rsday", "day", "urday"]
}

extension FieldCursor {
  /// The place in `names` of the one that is next.
  fileprivate mutating func takeName(of names: [String]) -> Int? {
    for (place, name) in names.enumerated() where take(name) { return place }
    return nil
  }

  /// 1...12
  private mutating func takeMonth() -> Int? {
    takeName(of: HTTPDate.months).map { $0 + 1 }
  }

  private mutating func takeSecondOfDay() -> Int? {
    guard let hour = takeNumber(digits: 2), hour < 24, take(":"), let minute = takeNumber(digits: 2), minute < 60,
      take(":"), let second = takeNumber(digits: 2)
    else { return nil }
    if hour == 23, minute == 59, second == 60 { return 86_399 }
    return second < 60 ? (hour * 60 + minute) * 60 + second : nil
  }

  /// From the day of the month on, as are the other two from behind the weekday.
  fileprivate mutating func takeFixDate() -> HTTPDate.Moment? {
    guard let day = takeNumber(digits: 2), take(" "), let month = takeMonth(), take(" "),
      let year = takeNumber(digits: 4), take(" "), let secondOfDay = takeSecondOfDay(), take(" GMT")
    else { return nil }
    return CivilDate(year: year, month: month, day: day).map { ($0, secondOfDay) }
  }

  fileprivate mutating func takeAsctime() -> HTTPDate.Moment? {
    guard let month = takeMonth(), take(" "), let day = takeNumber(digits: take(" ") ? 1 : 2), take(" "),
      let secondOfDay = takeSecondOfDay(), take(" "), let year = takeNumber(digits: 4)
    else { return nil }
    return CivilDate(year: year, month: month, day: day).map { ($0, secondOfDay) }
  }

  fileprivate mutating func takeRFC850Date(now: Int64) -> HTTPDate.Moment? {
    guard let day = takeNumber(digits: 2), take("-"), let month = takeMonth(), take("-"),
      let lastDigits = takeNumber(digits: 2), take(" "), let secondOfDay = takeSecondOfDay(), take(" GMT"),
      let present = HTTPDate(seconds: now)?.civil
    else { return nil }
    let last = present.day.year + 50
    var year = last - last % 100 + lastDigits
    let isTooFar =
      (year, month, day, secondOfDay) > (last, present.day.month, present.day.day, present.secondOfDay)
    if isTooFar { year -= 100 }
    return CivilDate(year: year, month: month, day: day).map { ($0, secondOfDay) }
  }
}
