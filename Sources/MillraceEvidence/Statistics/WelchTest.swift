import Glibc

/// Do two samples have the same mean? Welch's t test, which does not suppose that they are equally noisy.
///
/// It supposes that noise is near to normal, which ``MannWhitney`` does not, and for that can be as sure as it takes: of
/// five rounds and five, ranks never are surer than 0.8 %, which is little where a hundred figures are looked at.
struct WelchTest {
  /// The second mean minus the first.
  let difference: Double
  /// The variances of the samples, and how many values those are of.
  let variances: (first: Double, second: Double)
  let counts: (first: Int, second: Int)

  /// Compares the samples; nil where one has fewer than two values.
  ///
  /// - Parameter usual: a variance that is known from elsewhere. Samples that are closer together are so by luck.
  init?(from first: [Double], to second: [Double], usual: Double = 0) {
    guard let one = Self.variance(first), let other = Self.variance(second) else { return nil }
    difference = Self.mean(second) - Self.mean(first)
    variances = (max(one, usual), max(other, usual))
    counts = (first.count, second.count)
  }

  /// The variance of what these are a sample of; nil of fewer than two.
  static func variance(_ values: [Double]) -> Double? {
    guard values.count >= 2 else { return nil }
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// The probability that chance alone puts the means as far apart as this, to either side.
  var p: Double { p(counts.first, counts.second) }

  /// What `p` would be with so many values in both, of the same means and variances.
  func p(rounds: Int) -> Double { p(rounds, rounds) }

  private func p(_ first: Int, _ second: Int) -> Double {
    let (one, other) = (variances.first / Double(first), variances.second / Double(second))
    let sum = one + other
    // Values without any noise: they differ, or do not.
    guard sum > 0 else { return difference == 0 ? 1 : 0 }
    let freedom = sum * sum / (one * one / Double(first - 1) + other * other / Double(second - 1))
    return Self.tails(difference * difference / sum, freedom: freedom)
  }

  /// What Student's distribution has beyond ±√`square`: the incomplete beta function I(ν/(ν+t²); ν/2, ½), DLMF 8.17.
  static func tails(_ square: Double, freedom: Double) -> Double {
    let x = freedom / (freedom + square)
    let (a, b) = (freedom / 2, 0.5)
    // The fraction converges fast on one side of the mean only; the other is what is left of one.
    if x > (a + 1) / (a + b + 2) { return max(0, 1 - incompleteBeta(1 - x, b, a)) }
    return incompleteBeta(x, a, b)
  }

  /// By the continued fraction of DLMF 8.17.22, from its far end. A hundred terms are more than a Double can tell apart here.
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    var fraction = 1.0
    for term in stride(from: 100, through: 1, by: -1) {
      let m = Double(term / 2)
      let coefficient =
        term.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      fraction = 1 + coefficient / fraction
    }
    let scale = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
    return exp(scale) / (a * fraction)
  }

  /// By Stirling's series (DLMF 5.11.1), from ten on, where four terms have twelve digits; smaller arguments are moved up.
  /// lgamma(3) keeps a sign in a variable of the whole process.
  private static func logGamma(_ x: Double) -> Double {
    var (x, below) = (x, 0.0)
    while x < 10 {
      below += log(x)
      x += 1
    }
    let square = x * x
    let series = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * square)) / square) / square) / x
    return (x - 0.5) * log(x) - x + log(2 * Double.pi) / 2 + series - below
  }
}
