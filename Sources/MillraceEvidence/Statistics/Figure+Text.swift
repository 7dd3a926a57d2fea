import Glibc

extension Figure {
  /// A value of the figure as people read it: three digits that count and the unit, such as `3.42 GiB/s`.
  public func text(_ value: Double) -> String { unit.text(value) }
}

extension Figure.Unit {
  /// Three digits that count, and the unit.
  func text(_ value: Double) -> String {
    switch self {
    case .bytesPerSecond: Self.binary(value, suffix: "B/s")
    case .bytes: Self.binary(value, suffix: "B")
    case .perSecond: Self.decimal(value) + "/s"
    case .count: Self.decimal(value)
    case .seconds: Self.time(value * 1_000_000)
    case .microseconds: Self.time(value)
    }
  }

  private static func binary(_ value: Double, suffix: String) -> String {
    var value = value
    var prefix = ""
    // 1000 KiB has four digits, and 0.977 MiB would be less clear.
    for next in ["Ki", "Mi", "Gi", "Ti"] where value.magnitude >= 1023.5 {
      value /= 1024
      prefix = next
    }
    return "\(value.significant()) \(prefix)\(suffix)"
  }

  private static func decimal(_ value: Double) -> String {
    switch value.magnitude {
    case ..<9999.5: value.significant()
    case ..<999_500: "\((value / 1000).significant()) k"
    case ..<999_500_000: "\((value / 1_000_000).significant()) M"
    default: "\((value / 1_000_000_000).significant()) G"
    }
  }

  private static func time(_ microseconds: Double) -> String {
    switch microseconds.magnitude {
    case 0: "0 s"
    case ..<0.9995: "\((microseconds * 1000).significant()) ns"
    case ..<999.5: "\(microseconds.significant()) µs"
    case ..<999_500: "\((microseconds / 1000).significant()) ms"
    default: "\((microseconds / 1_000_000).significant()) s"
    }
  }
}

extension Double {
  /// The number with so many digits that count, never in exponents: 3.42, 34.2, 342, 3420.
  package func significant(_ digits: Int = 3) -> String {
    guard isFinite else { return "—" }
    guard self != 0 else { return "0" }
    let exponent = Int(Glibc.floor(log10(magnitude)))
    // Half of the last digit may carry over into one more digit in front: 0.9996 is 1.00.
    let carried = magnitude + pow(10, Double(exponent - digits + 1)) / 2 >= pow(10, Double(exponent + 1)) ? 1 : 0
    // Below a billionth it is zero to every reader here.
    return fixed(Swift.min(9, Swift.max(0, digits - 1 - exponent - carried)))
  }

  /// The number with so many decimals.
  func fixed(_ decimals: Int) -> String {
    guard isFinite, magnitude < 1e15 else { return "—" }
    let scale = pow(10, Double(decimals))
    // Beyond 2⁶³ there are no decimals to speak of.
    guard magnitude * scale < 9e18 else { return String(Int(self)) }
    let whole = Int((magnitude * scale).rounded())
    let sign = self < 0 && whole != 0 ? "−" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let (integer, fraction) = whole.quotientAndRemainder(dividingBy: Int(scale))
    let padding = String(repeating: "0", count: decimals - String(fraction).count)
    return "\(sign)\(integer).\(padding)\(fraction)"
  }

  /// A share as per cent: 0.124 is `12.4 %`.
  package func percent(_ decimals: Int = 1) -> String { (self * 100).fixed(decimals) + " %" }
}
