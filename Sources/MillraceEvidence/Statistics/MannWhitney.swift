import Glibc

/// Do two samples come from one distribution? The Mann–Whitney U test, also Wilcoxon's of rank sums.
///
/// It asks how often a value of the first exceeds one of the second, and nothing of the distribution's shape; a wild round
/// counts as much as any that is on its side.
public struct MannWhitney: Sendable, Equatable {
  /// The pairs in which the first sample's value is the greater; a tie is half.
  public let u: Double
  /// The probability that chance alone puts the samples as far apart as this or farther, to either side: twice that of
  /// this side, 1 at most.
  public let p: Double
  /// `p` is counted and not approximated.
  public let isExact: Bool

  /// Up to so many values in both samples together, `p` is counted, with ties as well. The work grows with the fourth power
  /// of their number, and with 15 each the normal approximation is right to the third decimal.
  static let exactLimit = 30

  /// Compares the samples; nil where one is empty, or a value is no finite number.
  public init?(_ first: [Double], _ second: [Double]) {
    let all = first + second
    guard !first.isEmpty, !second.isEmpty, all.allSatisfy(\.isFinite) else { return nil }
    let ranking = Ranking(all)
    let sum = ranking.doubledRanks.prefix(first.count).reduce(0, +)
    u = Double(sum - first.count * (first.count + 1)) / 2
    isExact = all.count <= Self.exactLimit
    if isExact {
      let sums = RankSums(doubledRanks: ranking.doubledRanks, choosing: first.count)
      p = min(1, 2 * min(sums.atMost(sum), sums.atLeast(sum)))
    } else {
      p = Self.approximate(u, first.count, second.count, ties: ranking.ties)
    }
  }

  /// By the normal distribution, with the variance corrected for ties (Hollander, Wolfe & Chicken, Nonparametric
  /// Statistical Methods, 4.1) and half a step for continuity.
  static func approximate(_ u: Double, _ first: Int, _ second: Int, ties: [Int]) -> Double {
    let product = Double(first) * Double(second)
    let count = Double(first + second)
    let tied = ties.reduce(0) { $0 + Double($1) * (Double($1) * Double($1) - 1) }
    let variance = product / 12 * (count + 1 - tied / (count * (count - 1)))
    // All values are the same.
    guard variance > 0 else { return 1 }
    let distance = max(0, (u - product / 2).magnitude - 0.5)
    return erfc(distance / variance.squareRoot() / 2.0.squareRoot())
  }
}

/// The places of values in their order, from 1; equal ones share the mean of theirs.
struct Ranking {
  /// Twice the rank of each value, in the order that they were given.
  let doubledRanks: [Int]
  /// How many share each rank that is shared.
  let ties: [Int]

  init(_ values: [Double]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Int](repeating: 0, count: values.count)
    var ties: [Int] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start + 1 to end; twice their mean.
      for place in start..<end { ranks[order[place]] = start + 1 + end }
      if end - start > 1 { ties.append(end - start) }
      start = end
    }
    doubledRanks = ranks
    self.ties = ties
  }
}
