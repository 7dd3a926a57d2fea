/// The rounds of one figure in a few numbers.
///
/// The middle is the median, which one bad round of five does not move. The spread is the whole range over the median:
/// rounds are few, quartiles of five values say nothing that the ends do not, and the range hides nothing.
public struct Summary: Sendable, Equatable {
  /// Rounds that had the figure.
  public let count: Int
  /// Half are no greater, half no smaller; the mean of the middle two where the count is even.
  public let median: Double
  /// The smallest.
  public let minimum: Double
  /// The greatest.
  public let maximum: Double

  /// The summary of these values; nil where there are none, or one is no finite number.
  public init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last, values.allSatisfy(\.isFinite) else { return nil }
    count = sorted.count
    median = sorted.middle
    minimum = first
    maximum = last
  }

  /// (maximum − minimum) / median, as a share: 0.05 is 5 %. Nil where it has no meaning: the median is zero, and not all are.
  public var spread: Double? {
    if maximum == minimum { return 0 }
    return median == 0 ? nil : (maximum - minimum) / median.magnitude
  }

  /// The spread beyond which a figure is called worthless: 25 %.
  ///
  /// The mean range of five values from a normal distribution is 2.33 standard deviations, so a spread of 25 % stands for
  /// a deviation of about 11 %; and by that, the medians of two runs of five rounds of the same program differ by about
  /// 8 % (√(π/2 · 2/5) deviations), nearly the 10 % that a comparison looks for.
  public static let worthlessSpread = 0.25

  /// The rounds differ so much that their median says little: the spread is beyond ``worthlessSpread``, or has no meaning.
  public var isWorthless: Bool { spread.map { $0 > Self.worthlessSpread } ?? true }
}

extension [Double] {
  /// The median of values that are sorted and not none.
  var middle: Double {
    let half = count / 2
    return count.isMultiple(of: 2) ? (self[half - 1] + self[half]) / 2 : self[half]
  }
}
