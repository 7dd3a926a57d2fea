import Glibc

/// By how much one sample is above another: the median of all differences between their values.
///
/// It goes with ``MannWhitney``: the interval holds the shifts that the test would not refuse, so it misses zero where the
/// test says that the samples differ.
public struct HodgesLehmann: Sendable, Equatable {
  /// The second sample is so much above the first.
  public let shift: Double
  /// Of the shift. Its coverage is below what was asked where the samples are too small: two of three have 90 % at most.
  public let interval: ConfidenceInterval

  /// The shift from `first` to `second`; nil where one is empty, or a value is no finite number.
  ///
  /// The interval goes from the k-th smallest to the k-th greatest difference; U, whose distribution without ties is known
  /// exactly, is below k with the probability that each end misses. With ties it is a little too wide, never too narrow.
  public init?(
    from first: [Double], to second: [Double], coverage wanted: Double = ConfidenceInterval.usualCoverage
  ) {
    guard !first.isEmpty, !second.isEmpty, (first + second).allSatisfy(\.isFinite) else { return nil }
    let differences = second.flatMap { second in first.map { second - $0 } }.sorted()
    shift = differences.middle
    let (rank, coverage) = Self.rank(first.count, second.count, coverage: wanted)
    interval = ConfidenceInterval(
      lower: differences[rank - 1], upper: differences[differences.count - rank], coverage: coverage)
  }

  /// The ratio of `second` over `first`, as a factor: the shift of their logarithms, turned back. Nil where a value is not
  /// above zero.
  ///
  /// What disturbs a measurement makes it some per cent slower, not some microseconds, and "10 % slower" is a ratio: on
  /// logarithms both are plain shifts, and the answer does not change with the unit or when the samples change places.
  public static func ratio(
    of second: [Double], over first: [Double], coverage: Double = ConfidenceInterval.usualCoverage
  ) -> (ratio: Double, interval: ConfidenceInterval)? {
    guard (first + second).allSatisfy({ $0 > 0 }),
      let logarithms = HodgesLehmann(from: first.map { log($0) }, to: second.map { log($0) }, coverage: coverage)
    else { return nil }
    let interval = logarithms.interval
    return (
      exp(logarithms.shift),
      ConfidenceInterval(lower: exp(interval.lower), upper: exp(interval.upper), coverage: interval.coverage)
    )
  }

  /// The greatest k whose interval has the coverage, and the coverage that it has; 1 and what that has where none does.
  static func rank(_ first: Int, _ second: Int, coverage wanted: Double) -> (rank: Int, coverage: Double) {
    let product = first * second
    guard first + second <= MannWhitney.exactLimit else {
      let deviation = (Double(product) * Double(first + second + 1) / 12).squareRoot()
      let rank = Double(product) / 2 - normalQuantile((1 + wanted) / 2) * deviation
      return (max(1, Int(rank)), wanted)
    }
    let sums = RankSums(first, second)
    // U of zero is the smallest rank sum.
    let least = first * (first + 1)
    var rank = 1
    var coverage = 1 - 2 * sums.atMost(least)
    while rank < (product + 1) / 2 {
      let next = 1 - 2 * sums.atMost(least + 2 * rank)
      if next < wanted { break }
      rank += 1
      coverage = next
    }
    return (rank, max(0, coverage))
  }

  /// Where the standard normal distribution reaches the share, by halving: 60 steps are all that a Double has.
  static func normalQuantile(_ share: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if erfc(-middle / 2.0.squareRoot()) / 2 < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
