/// A moment as HTTP writes it: to the second, in the years 0 to 9999. RFC 9110 §5.6.7
package struct HTTPDate: Hashable, Sendable {
  /// Seconds since 1970, without leap seconds.
  package let seconds: Int64

  /// Nil where the year does not have four digits: a file may claim such a time, and has no Last-Modified then.
  package init?(seconds: Int64) {
    guard Self.range ~= seconds else { return nil }
    self.seconds = seconds
  }

  init(day: CivilDate, secondOfDay: Int) {
    seconds = Int64((day.number - Self.dayOf1970) * Self.secondsPerDay + secondOfDay)
  }

  /// The form that is to be sent (IMF-fixdate), always 29 bytes: `Sun, 06 Nov 1994 08:49:37 GMT`.
  package var text: [UInt8] {
    let (day, secondOfDay) = civil
    var text: [UInt8] = []
    text.reserveCapacity(29)
    text += Self.weekdays[day.weekday].utf8
    text += ", ".utf8
    Self.append(day.day, digits: 2, to: &text)
    text += " ".utf8
    text += Self.months[day.month - 1].utf8
    text += " ".utf8
    Self.append(day.year, digits: 4, to: &text)
    text += " ".utf8
    Self.append(secondOfDay / 3600, digits: 2, to: &text)
    text += ":".utf8
    Self.append(secondOfDay / 60 % 60, digits: 2, to: &text)
    text += ":".utf8
    Self.append(secondOfDay % 60, digits: 2, to: &text)
    text += " GMT".utf8
    return text
  }

  /// The day and the second of it.
  var civil: (day: CivilDate, secondOfDay: Int) {
    let sinceYear0 = Int(seconds) + Self.dayOf1970 * Self.secondsPerDay
    return (CivilDate(number: sinceYear0 / Self.secondsPerDay), sinceYear0 % Self.secondsPerDay)
  }

  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private static let secondsPerDay = 86_400
  /// Days from the first of the year 0 to the first of 1970.
  private static let dayOf1970 = 719_528
  private static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
    var unit = 1
    for _ in 1..<digits { unit *= 10 }
    while unit > 0 {
      text.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
      unit /= 10
    }
  }
}
