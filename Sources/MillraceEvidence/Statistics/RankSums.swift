/// How the rank sum of the first of two samples is distributed where nothing but chance says which values are its own.
///
/// All ways to take the first sample's places are equally likely. They are counted, by the number of values taken and the
/// sum of their ranks: no approximation, and right with ties, which have the mean of the ranks that they share. Ranks are
/// doubled, so that those means are whole numbers.
struct RankSums {
  /// The probability of each doubled rank sum.
  private let probabilities: [Double]

  /// - Parameters:
  ///   - doubledRanks: of both samples together.
  ///   - count: of the first sample.
  init(doubledRanks: [Int], choosing count: Int) {
    let width = doubledRanks.reduce(0, +) + 1
    // ways[k][s]: k values taken, with sum s. As shares of all ways, which are too many for Int by the thirties, and are
    // exact as Double up to 2⁵³.
    var ways = [[Double]](repeating: [Double](repeating: 0, count: width), count: count + 1)
    ways[0][0] = 1
    var reached = 0
    for (seen, rank) in doubledRanks.enumerated() {
      reached += rank
      // Downwards, so that no value is taken twice.
      for taken in stride(from: min(count, seen + 1), to: 0, by: -1) {
        for sum in rank...reached where ways[taken - 1][sum - rank] > 0 {
          ways[taken][sum] += ways[taken - 1][sum - rank]
        }
      }
    }
    let all = ways[count].reduce(0, +)
    probabilities = ways[count].map { $0 / all }
  }

  /// Of two samples without ties.
  init(_ first: Int, _ second: Int) {
    self.init(doubledRanks: (1...(first + second)).map { 2 * $0 }, choosing: first)
  }

  /// The probability of a doubled sum that is no greater.
  func atMost(_ sum: Int) -> Double {
    sum < 0 ? 0 : min(1, probabilities.prefix(sum + 1).reduce(0, +))
  }

  /// The probability of a doubled sum that is no smaller.
  func atLeast(_ sum: Int) -> Double {
    min(1, probabilities.dropFirst(max(0, sum)).reduce(0, +))
  }
}
