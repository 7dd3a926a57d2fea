import Glibc

extension Figure.Unit {
  /// A value as the label of a line: no more digits than it takes.
  func tick(_ value: Double) -> String {
    let label = text(value)
    guard let end = label.firstIndex(where: { !$0.isNumber && $0 != "." && $0 != "−" }) else {
      return Self.short(label)
    }
    return Self.short(String(label[..<end])) + label[end...]
  }

  /// What a round number is a multiple of: 1024 where units are, so that lines are at 2 GiB and not at 1.86.
  func base(of value: Double) -> Double {
    guard isBinary, value >= 1 else { return 1 }
    return pow(1024, min(4, Glibc.floor(log2(value) / 10)))
  }

  /// The greatest of 1, 10 and 100, in whatever unit, that is no greater than the value.
  func power(notAbove value: Double) -> Double {
    let base = base(of: value)
    let power = pow(10, Glibc.floor(log10(value / base) + 1e-9))
    return base * (isBinary && value >= 1 ? min(100, power) : power)
  }

  /// The one after it.
  func nextPower(_ power: Double) -> Double {
    guard isBinary, power >= 1 else { return power * 10 }
    let base = base(of: power)
    return power / base > 50 ? base * 1024 : power * 10
  }

  private var isBinary: Bool {
    switch self {
    case .bytes, .bytesPerSecond: true
    case .perSecond, .seconds, .microseconds, .count: false
    }
  }

  /// Without the zeros at the end of a fraction.
  private static func short(_ number: String) -> String {
    guard number.contains(".") else { return number }
    var number = number
    while number.hasSuffix("0") { number.removeLast() }
    if number.hasSuffix(".") { number.removeLast() }
    return number
  }
}
