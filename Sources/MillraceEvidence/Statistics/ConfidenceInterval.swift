import Glibc

/// Two ends, and how often an interval made in this way holds what it is an estimate of.
public struct ConfidenceInterval: Sendable, Equatable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// The share of such intervals that hold the true value, 0 to 1: what is achieved, not what was asked for. Intervals
  /// between values that were measured have only some coverages to choose from, and few values have no great one: the
  /// widest of five is 93.75 %.
  public let coverage: Double

  /// From `lower` to `upper`, which holds at the share `coverage`.
  public init(lower: Double, upper: Double, coverage: Double) {
    self.lower = lower
    self.upper = upper
    self.coverage = coverage
  }

  /// What is asked for where nothing else is said: 95 %.
  public static let usualCoverage = 0.95

  /// That of the median of so many values, whatever they are; nil of fewer than two.
  package static func coverageOfMedian(_ count: Int) -> Double? {
    ofMedian([Double](repeating: 0, count: max(0, min(count, 1000))))?.coverage
  }

  /// Of the median of what these are a sample of: from the k-th smallest to the k-th greatest, for the greatest k that has
  /// the coverage; the smallest and the greatest where none has. Nil of fewer than two values.
  ///
  /// The sign test turned round: each value is below the median with probability ½, whatever the distribution, so both
  /// ends miss with the binomial tail P(X < k), X from n tosses.
  public static func ofMedian(_ values: [Double], coverage wanted: Double = usualCoverage) -> ConfidenceInterval? {
    let count = values.count
    guard count >= 2 else { return nil }
    var term = exp2(-Double(count))
    var tail = term
    var rank = 1
    // The next k drops one more value at each end.
    while rank < count / 2 {
      term *= Double(count - rank + 1) / Double(rank)
      if 1 - 2 * (tail + term) < wanted { break }
      tail += term
      rank += 1
    }
    let sorted = values.sorted()
    return ConfidenceInterval(lower: sorted[rank - 1], upper: sorted[count - rank], coverage: 1 - 2 * tail)
  }
}
