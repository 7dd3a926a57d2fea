import Glibc

/// One figure of one subject at one load, before and after.
public struct FigureComparison: Sendable, Equatable {
  /// What is compared.
  public let figure: Figure
  /// Its rounds before.
  public let old: Summary
  /// Its rounds after.
  public let new: Summary
  /// By how much it changed, as a share of the old. Nil where the old is zero and the new is not.
  public let difference: RelativeDifference?
  /// The probability that chance alone puts two equal runs so far apart, by ``MannWhitney``.
  public let p: Double
  /// What that amounts to.
  public let verdict: Verdict

  /// What a comparison finds.
  public enum Verdict: Sendable, Equatable {
    /// It is worse, by more than the tolerance.
    case regression
    /// It is better, by more than the tolerance.
    case improvement
    /// Whatever the true difference is, it is within the tolerance, or is of no consequence.
    case equal
    /// It may be one or the other.
    case unclear(Doubt)
  }

  /// Why nothing can be said.
  public enum Doubt: Sendable, Equatable {
    /// So many rounds in both runs would probably tell, if they are as noisy as these.
    case tooFewRounds(needed: Int)
    /// It would take more than ``mostRounds``: the difference is too near the tolerance for the noise.
    case tooNear
  }

  /// The probability of chance up to which a difference is significant, on both sides together: 5 %.
  ///
  /// It holds for a figure, by ranks, and once more for all figures of the comparison together, by Welch's test: of equal
  /// runs, one comparison in forty at most would find anything worse at all. As the whole interval has to be beyond the
  /// tolerance, too, it is far fewer.
  public static let alpha = 0.05

  /// The most rounds that are proposed.
  public static let mostRounds = 100

  /// Compares the rounds; nil where one side has none.
  ///
  /// - Parameter tolerance: the share that a figure may change by, such as 0.1.
  public init?(_ figure: Figure, old: [Double], new: [Double], tolerance: Double) {
    self.init(figure, old: old, new: new, tolerance: tolerance, family: .alone)
  }

  /// Compares the rounds of a figure that is looked at with others.
  init?(_ figure: Figure, old: [Double], new: [Double], tolerance: Double, family: Family) {
    guard let oldSummary = Summary(old), let newSummary = Summary(new), let test = MannWhitney(old, new),
      let shift = HodgesLehmann(from: old, to: new)
    else { return nil }
    self.figure = figure
    self.old = oldSummary
    self.new = newSummary
    p = test.p
    difference = RelativeDifference(from: old, to: new, shift: shift, base: oldSummary.median)
    let hasLogarithms = (old + new).allSatisfy { $0 > 0 }
    let judge = Judge(
      figure: figure, rounds: (old.count, new.count), p: test.p,
      welch: hasLogarithms
        ? WelchTest(from: old.map { log($0) }, to: new.map { log($0) }, usual: family.variances[figure] ?? 0)
        : WelchTest(from: old, to: new),
      family: family.count, tolerance: tolerance)
    verdict =
      if shift.shift.magnitude < figure.negligible {
        .equal
      } else if let difference {
        judge.verdict(of: difference)
      } else {
        judge.verdict(fromZero: shift)
      }
  }

  /// By how much it is worse, as a share of the old; below zero where it is better.
  public var worsening: Double? {
    difference.map { figure.lowerIsBetter ? $0.estimate : -$0.estimate }
  }
}

/// A change as a share of what was before: 0.1 is 10 % more.
public struct RelativeDifference: Sendable, Equatable {
  /// The best guess.
  public let estimate: Double
  /// What it is in, with the coverage that the rounds allow.
  public let interval: ConfidenceInterval

  /// By ``HodgesLehmann/ratio(of:over:coverage:)``, the shift of logarithms. A round of zero has none: where there is one,
  /// the plain shift over the old median, and nil where that is zero.
  init?(from old: [Double], to new: [Double], shift: HodgesLehmann, base: Double) {
    if let (ratio, interval) = HodgesLehmann.ratio(of: new, over: old) {
      self.init(
        estimate: ratio - 1,
        interval: .init(lower: interval.lower - 1, upper: interval.upper - 1, coverage: interval.coverage))
    } else if base > 0 {
      let interval = shift.interval
      self.init(
        estimate: shift.shift / base,
        interval: .init(lower: interval.lower / base, upper: interval.upper / base, coverage: interval.coverage))
    } else {
      return nil
    }
  }

  private init(estimate: Double, interval: ConfidenceInterval) {
    self.estimate = estimate
    self.interval = interval
  }
}
