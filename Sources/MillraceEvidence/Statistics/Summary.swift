/// A figure over the rounds of a cell: what is typical, and how far they lie apart.
public struct Summary: Sendable, Equatable {
  /// Half of the rounds are no greater, half no less.
  public let median: Double
  /// The least and the greatest.
  public let range: ClosedRange<Double>

  /// Nil without any value; what is not finite is none.
  public init?(_ values: [Double]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return nil }
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    range = least...greatest
  }

  /// What lies between the least and the greatest, as a part of the median: 0.1 is a tenth. With as few rounds as there
  /// are, quartiles would be guesses.
  public var spread: Double { median == 0 ? 0 : (range.upperBound - range.lowerBound) / abs(median) }

  /// Rounds that lie further apart than this say little: a median of five may be a third away from that of the next five.
  public static let worthless = 0.5

  /// Whether they lie too far apart to say much.
  public var isWorthless: Bool { spread > Self.worthless }
}

/// What one subject takes of another, round by round: whatever disturbed a round disturbed both.
public struct PairedRatio: Sendable, Equatable {
  /// The median of the rounds' ratios.
  public let median: Double
  /// Where the true median is, with the probability `coverage`.
  public let interval: ClosedRange<Double>
  /// 0 to 1. That of an interval from order statistics (sign test), which holds for any distribution: with n pairs the widest,
  /// from the least to the greatest, has 1 − 2¹⁻ⁿ, so that five pairs do not reach 95 %.
  public let coverage: Double

  /// The narrowest interval that has at least `wanted`, or the widest there is. Nil without a pair.
  public init?(_ values: [Double], over references: [Double], coverage wanted: Double = 0.95) {
    let ratios = zip(values, references).map { $0 / $1 }.filter(\.isFinite).sorted()
    guard let summary = Summary(ratios) else { return nil }
    median = summary.median
    var (place, coverage) = (0, Self.coverage(of: 0, ratios.count))
    while place + 1 < (ratios.count + 1) / 2, Self.coverage(of: place + 1, ratios.count) >= wanted {
      place += 1
      coverage = Self.coverage(of: place, ratios.count)
    }
    interval = ratios[place]...ratios[ratios.count - 1 - place]
    self.coverage = coverage
  }

  /// Of the interval that leaves out `place` values at either end: 1 − 2 P(B ≤ place), B binomial with n and ½.
  static func coverage(of place: Int, _ count: Int) -> Double {
    var (term, tail) = (1.0, 0.0)
    for k in 0...place {
      tail += term
      term *= Double(count - k) / Double(k + 1)
    }
    var total = 1.0
    for _ in 0..<count { total *= 2 }
    return max(0, 1 - 2 * tail / total)
  }
}
