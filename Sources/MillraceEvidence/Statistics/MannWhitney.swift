import Glibc

/// Whether two samples come from the same distribution, whatever that is: the rank sum test of Mann and Whitney, 1947.
public struct MannWhitney: Sendable, Equatable {
  /// Pairs in which the value of the second sample is the greater, ties counting half.
  public let u: Double
  /// The probability of a U at least as far from its mean, either way, if both were the same. Exact without ties and with
  /// at most 20 values in each; else by the normal approximation, corrected for ties and continuity.
  public let p: Double
  /// The median of all differences between a value of the second and one of the first (Hodges and Lehmann, 1963).
  public let shift: Double
  /// Where the true shift is, with the probability `coverage`.
  public let interval: ClosedRange<Double>
  /// Of the interval: at least what was wanted, or the most that so few values have.
  public let coverage: Double

  /// Nil where one of the samples is empty.
  public init?(_ first: [Double], _ second: [Double], coverage wanted: Double = 0.95) {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let (m, n) = (first.count, second.count)
    let differences = second.flatMap { b in first.map { b - $0 } }.sorted()
    u = differences.reduce(0) { $0 + ($1 > 0 ? 1 : $1 == 0 ? 0.5 : 0) }
    shift = Summary(differences)?.median ?? 0
    let all = first + second
    let hasTies = Set(all).count < all.count
    let counts = m <= 20 && n <= 20 ? Self.distribution(m, n) : nil
    if let counts, !hasTies {
      p = Self.exact(Int(u), counts)
    } else {
      p = Self.approximate(u, m, n, all)
    }
    (interval, coverage) = Self.interval(differences, m, n, counts, wanted)
  }

  /// How many of the orders of m and n values have each U, from 0 to mn; by the recurrence on which sample has the greatest
  /// value.
  static func distribution(_ m: Int, _ n: Int) -> [Double] {
    // Those with i values of the first sample and all j of the second so far.
    var rows = [[Double]](repeating: [1], count: m + 1)
    for j in 1...n {
      var next: [[Double]] = [[1]]
      for i in 1...m {
        // The greatest is of the second sample and above i of the first, or of the first.
        var counts = [Double](repeating: 0, count: i * j + 1)
        for (u, count) in rows[i].enumerated() { counts[u + i] += count }
        for (u, count) in next[i - 1].enumerated() { counts[u] += count }
        next.append(counts)
      }
      rows = next
    }
    return rows[m]
  }

  private static func exact(_ u: Int, _ counts: [Double]) -> Double {
    let least = min(u, counts.count - 1 - u)
    let tail = counts[...least].reduce(0, +) / counts.reduce(0, +)
    return min(1, 2 * tail)
  }

  private static func approximate(_ u: Double, _ m: Int, _ n: Int, _ all: [Double]) -> Double {
    let (m, n, count) = (Double(m), Double(n), Double(m + n))
    var ties = 0.0
    for group in Dictionary(grouping: all, by: { $0 }).values {
      let size = Double(group.count)
      ties += size * size * size - size
    }
    let variance = m * n / 12 * (count + 1 - (count > 1 ? ties / (count * (count - 1)) : 0))
    guard variance > 0 else { return 1 }
    let distance = max(0, abs(u - m * n / 2) - 0.5)
    return min(1, erfc(distance / variance.squareRoot() / 2.0.squareRoot()))
  }

  /// From order statistics of the differences: leaving out k at either end covers 1 − 2 P(U < k + …), the same distribution.
  private static func interval(
    _ differences: [Double], _ m: Int, _ n: Int, _ counts: [Double]?, _ wanted: Double
  ) -> (ClosedRange<Double>, Double) {
    let last = differences.count - 1
    guard let counts else {
      let spread = (Double(m * n * (m + n + 1)) / 12).squareRoot()
      // The quantile of 95 %, which is what is asked for as a rule.
      let place = max(0, min(last / 2, Int(Double(m * n) / 2 - 1.96 * spread)))
      return (differences[place]...differences[last - place], wanted)
    }
    let total = counts.reduce(0, +)
    var (place, tail) = (0, counts[0])
    while place < last / 2, 1 - 2 * (tail + counts[place + 1]) / total >= wanted {
      place += 1
      tail += counts[place]
    }
    return (differences[place]...differences[last - place], max(0, 1 - 2 * tail / total))
  }
}
