/// What a difference amounts to. A regression passes three locks:
///
/// 1. it is significant: Mann–Whitney's p is at most ``FigureComparison/alpha``;
/// 2. its whole interval is worse than the tolerance;
/// 3. it would still be significant if all the other figures of the comparison were looked at as well: Welch's p times
///    their number is at most alpha (Bonferroni), with rounds taken to be as noisy as is usual for the figure at least
///    (``Family``).
///
/// The third is for whole tables. Of five rounds, chance alone separates two equal runs in one of 126 figures, and a
/// comparison has hundreds; no test by ranks can know better.
struct Judge {
  let figure: Figure
  let rounds: (old: Int, new: Int)
  let p: Double
  /// Of logarithms, where they exist.
  let welch: WelchTest?
  /// How many figures are looked at.
  let family: Int
  let tolerance: Double

  func verdict(of difference: RelativeDifference) -> FigureComparison.Verdict {
    let interval = difference.interval
    // From here on, more is worse.
    let (lower, upper) = figure.lowerIsBetter ? (interval.lower, interval.upper) : (-interval.upper, -interval.lower)
    let estimate = figure.lowerIsBetter ? difference.estimate : -difference.estimate
    return verdict(
      estimate, from: lower, to: upper, coverage: interval.coverage, equal: -tolerance...tolerance)
  }

  /// From nothing, any share is infinite: whether it is significant and of consequence is all that can be asked.
  func verdict(fromZero shift: HodgesLehmann) -> FigureComparison.Verdict {
    let interval = shift.interval
    let (lower, upper) = figure.lowerIsBetter ? (interval.lower, interval.upper) : (-interval.upper, -interval.lower)
    return verdict(
      figure.lowerIsBetter ? shift.shift : -shift.shift, from: lower, to: upper, coverage: interval.coverage,
      equal: -figure.negligible...figure.negligible)
  }

  private func verdict(
    _ estimate: Double, from lower: Double, to upper: Double, coverage: Double, equal: ClosedRange<Double>
  ) -> FigureComparison.Verdict {
    guard coverage >= ConfidenceInterval.usualCoverage, let welch else {
      return .unclear(.tooFewRounds(needed: Self.fewestRounds))
    }
    if equal.contains(lower), equal.contains(upper) { return .equal }
    let isSure = p <= FigureComparison.alpha && welch.p * Double(family) <= FigureComparison.alpha
    if isSure, lower > equal.upperBound { return .regression }
    if isSure, upper < equal.lowerBound { return .improvement }

    // An interval becomes narrower with the square root of the rounds, until it is on one side of the next line.
    let distance = min((estimate - equal.upperBound).magnitude, (estimate - equal.lowerBound).magnitude)
    let narrowing = (upper - lower) / 2 / distance
    let rounds = Double(min(rounds.old, rounds.new)) * narrowing * narrowing
    guard rounds <= Double(FigureComparison.mostRounds) else { return .unclear(.tooNear) }
    let fewest = max(max(self.rounds.old, self.rounds.new) + 1, Int(rounds.rounded(.up)))
    if equal.contains(estimate) { return .unclear(.tooFewRounds(needed: fewest)) }
    let needed = (fewest...max(fewest, FigureComparison.mostRounds)).first {
      welch.p(rounds: $0) * Double(family) <= FigureComparison.alpha
    }
    return .unclear(needed.map { .tooFewRounds(needed: $0) } ?? .tooNear)
  }

  /// The fewest rounds on both sides whose interval has 95 %: with three, chance alone parts them in one of ten.
  static let fewestRounds: Int = {
    var rounds = 1
    while HodgesLehmann.rank(rounds, rounds, coverage: ConfidenceInterval.usualCoverage).coverage
      < ConfidenceInterval.usualCoverage
    { rounds += 1 }
    return rounds
  }()
}
