import Testing

@testable import MillraceEvidence

@Suite("The Mann–Whitney test")
struct MannWhitneyTests {
  @Test("counts U and p of a race of tortoises and hares")
  func race() throws {
    // The well known example: they arrive T H H H H H T T T T T H, and the earlier one is the greater. Tortoises beat
    // 6, 1, 1, 1, 1, 1 hares: U = 11. Of the 924 ways to place six of twelve, 143 have a U of at most 11: p = 286/924.
    let tortoises = [12.0, 6, 5, 4, 3, 2]
    let hares = [11.0, 10, 9, 8, 7, 1]
    let test = try #require(MannWhitney(tortoises, hares))
    #expect(test.u == 11)
    #expect(test.isExact)
    #expect((test.p - 286.0 / 924).magnitude < 1e-12)
  }

  @Test("finds what Hollander and Wolfe found of permeability")
  func permeability() throws {
    // Nonparametric Statistical Methods, table 4.1: U = 35 of 50 pairs; P(U ≥ 35) = 0.1272.
    let atTerm = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    let early = [1.15, 0.88, 0.90, 0.74, 1.21]
    let test = try #require(MannWhitney(atTerm, early))
    #expect(test.u == 35)
    #expect((test.p - 2 * 0.1272).magnitude < 0.0001)
  }

  // The table for 5 % on both sides together: the greatest U that is still significant.
  @Test(
    "has the critical values of the tables",
    arguments: [
      (4, 4, 0), (3, 5, 0), (4, 5, 1), (5, 5, 2), (5, 6, 3), (6, 6, 5), (7, 7, 8), (8, 8, 13), (5, 10, 8), (10, 10, 23),
    ])
  func tables(first: Int, second: Int, critical: Int) {
    let sums = RankSums(first, second)
    let least = first * (first + 1)
    #expect(2 * sums.atMost(least + 2 * critical) <= 0.05)
    #expect(2 * sums.atMost(least + 2 * (critical + 1)) > 0.05)
  }

  @Test("cannot be significant with three rounds each, and can with four")
  func few() {
    // One of C(6, 3) = 20 ways, and one of C(8, 4) = 70, at each end.
    #expect(close(MannWhitney([1, 2, 3], [4, 5, 6])?.p, 2.0 / 20))
    #expect(close(MannWhitney([1, 2, 3, 4], [5, 6, 7, 8])?.p, 2.0 / 70))
    #expect(MannWhitney([1], [2])?.p == 1)
  }

  @Test("counts with ties what listing all ways gives")
  func ties() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<40 {
      let first = (0..<4).map { _ in Double(Int.random(in: 0..<4, using: &generator)) }
      let second = (0..<5).map { _ in Double(Int.random(in: 0..<4, using: &generator)) }
      let test = try #require(MannWhitney(first, second))
      #expect((test.p - listed(first, second)).magnitude < 1e-12, "\(first) \(second)")
    }
  }

  @Test("has no opinion on samples that are all the same")
  func equal() {
    let few = [Double](repeating: 3, count: 5)
    let many = [Double](repeating: 3, count: 40)
    #expect(MannWhitney(few, few)?.p == 1)
    #expect(MannWhitney(few, few)?.u == 12.5)
    #expect(MannWhitney(many, many)?.p == 1)
    #expect(MannWhitney([0, 0], [0, 0])?.p == 1)
    #expect(MannWhitney([], [1]) == nil)
    #expect(MannWhitney([.nan], [1]) == nil)
  }

  @Test("says the same with the samples changed, and in another unit")
  func symmetry() throws {
    let first = [3.1, 2.7, 3.3, 2.9, 3.0]
    let second = [3.2, 3.5, 3.4, 3.0, 3.6]
    let test = try #require(MannWhitney(first, second))
    let back = try #require(MannWhitney(second, first))
    #expect(test.u + back.u == 25)
    #expect((test.p - back.p).magnitude < 1e-12)
    #expect(test == MannWhitney(first.map { $0 * 1024 }, second.map { $0 * 1024 }))
  }

  @Test("approximates large samples as the count would say, with ties and without")
  func approximation() throws {
    // Where both can be had, they agree to the second decimal.
    let first = (0..<12).map { Double($0 * 3) }
    let second = (0..<12).map { Double($0 * 3 + 7) }
    let exact = try #require(MannWhitney(first, second))
    #expect((MannWhitney.approximate(exact.u, 12, 12, ties: []) - exact.p).magnitude < 0.005)

    // By hand: 40 and 40 values, all of one below the other. U = 0; the variance is 1600 · 81 / 12 = 10800, z = 799.5 /
    // 103.92 = 7.693, and p = 1.4e-14.
    let apart = try #require(MannWhitney((0..<40).map(Double.init), (40..<80).map(Double.init)))
    #expect(!apart.isExact)
    #expect(apart.p > 1e-14 && apart.p < 2e-14)

    // Two groups of 20 and 20 tied in halves: u is 200, the middle, and p is 1.
    let half = (0..<20).map { Double($0 % 2) }
    #expect(MannWhitney(half, half)?.p == 1)
  }

  /// p by taking the first sample's values in all ways.
  private func listed(_ first: [Double], _ second: [Double]) -> Double {
    let all = first + second
    func u(_ chosen: [Int]) -> Double {
      let rest = all.indices.filter { !chosen.contains($0) }
      return chosen.reduce(0) { sum, one in
        rest.reduce(sum) { $0 + (all[one] > all[$1] ? 1 : all[one] == all[$1] ? 0.5 : 0) }
      }
    }
    let ways = (0..<(1 << all.count)).filter { $0.nonzeroBitCount == first.count }
      .map { bits in u(all.indices.filter { bits >> $0 & 1 == 1 }) }
    let found = u(Array(first.indices))
    let share = { (count: Int) in Double(count) / Double(ways.count) }
    return min(1, 2 * min(share(ways.count { $0 <= found }), share(ways.count { $0 >= found })))
  }
}

func close(_ value: Double?, _ expected: Double, within: Double = 1e-9) -> Bool {
  value.map { ($0 - expected).magnitude <= within } ?? false
}

@Suite("The Hodges–Lehmann shift")
struct HodgesLehmannTests {
  @Test("is the median of all differences")
  func byHand() throws {
    // From 1, 4, 9 to 6, 8, 15: 6−1 6−4 6−9 8−1 8−4 8−9 15−1 15−4 15−9 = 5 2 −3 7 4 −1 14 11 6, sorted
    // −3 −1 2 4 5 6 7 11 14: 5. Three and three have 1 − 2/20 from end to end.
    let shift = try #require(HodgesLehmann(from: [1, 4, 9], to: [6, 8, 15]))
    #expect(shift.shift == 5)
    #expect(shift.interval.lower == -3)
    #expect(shift.interval.upper == 14)
    #expect(close(shift.interval.coverage, 0.9))
  }

  @Test("is of permeability what Hollander and Wolfe found")
  func permeability() throws {
    let atTerm = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    let early = [1.15, 0.88, 0.90, 0.74, 1.21]
    let shift = try #require(HodgesLehmann(from: early, to: atTerm))
    #expect(close(shift.shift, 0.305))
    // The ninth difference from each end: P(U ≤ 8) is 1.99 %, P(U ≤ 9) is 2.76 %.
    #expect(close(shift.interval.lower, -0.15))
    #expect(close(shift.interval.upper, 0.76))
    #expect(close(shift.interval.coverage, 0.9600, within: 0.0005))
  }

  // Five and five: P(U ≤ 2) = (1 + 1 + 2) / 252, P(U ≤ 3) = 7/252 is more than 2.5 %.
  @Test(
    "has the ranks of the exact distribution",
    arguments: [(5, 5, 3, 1 - 8.0 / 252), (4, 4, 1, 1 - 2.0 / 70), (1, 1, 1, 0)])
  func ranks(first: Int, second: Int, rank: Int, coverage: Double) {
    let found = HodgesLehmann.rank(first, second, coverage: 0.95)
    #expect(found.rank == rank)
    #expect(close(found.coverage, coverage))
  }

  @Test("has about the exact ranks where it approximates")
  func approximateRanks() {
    let exact = HodgesLehmann.rank(15, 15, coverage: 0.95).rank
    let deviation = (225.0 * 31 / 12).squareRoot()
    #expect((Double(exact) - (112.5 - 1.95996 * deviation)).magnitude <= 1.5)
    #expect(close(HodgesLehmann.normalQuantile(0.975), 1.959963985, within: 1e-8))
    #expect(HodgesLehmann.rank(20, 20, coverage: 0.95).coverage == 0.95)
  }

  @Test("changes its sign with the samples, moves with what is added, and grows with the unit")
  func properties() throws {
    let first = [3.1, 2.7, 3.3, 2.9, 3.0]
    let second = [3.2, 3.5, 3.4, 3.0, 3.6]
    let there = try #require(HodgesLehmann(from: first, to: second))
    let back = try #require(HodgesLehmann(from: second, to: first))
    #expect(close(there.shift, -back.shift))
    #expect(close(there.interval.lower, -back.interval.upper))
    let moved = try #require(HodgesLehmann(from: first, to: second.map { $0 + 2 }))
    #expect(close(moved.shift, there.shift + 2))
    let scaled = try #require(HodgesLehmann(from: first.map { $0 * 10 }, to: second.map { $0 * 10 }))
    #expect(close(scaled.shift, there.shift * 10))
  }

  @Test("as a ratio does not depend on the unit, and is the inverse with the samples changed")
  func ratio() throws {
    let first = [3.1, 2.7, 3.3, 2.9, 3.0]
    let second = [3.2, 3.5, 3.4, 3.0, 3.6]
    let there = try #require(HodgesLehmann.ratio(of: second, over: first))
    let scaled = try #require(HodgesLehmann.ratio(of: second.map { $0 * 7 }, over: first.map { $0 * 7 }))
    let back = try #require(HodgesLehmann.ratio(of: first, over: second))
    #expect(close(there.ratio, scaled.ratio))
    #expect(close(there.ratio * back.ratio, 1))
    #expect(close(there.interval.lower * back.interval.upper, 1))
    #expect(HodgesLehmann.ratio(of: [1, 0], over: [1, 2]) == nil)
    #expect(HodgesLehmann.ratio(of: [], over: [1, 2]) == nil)
  }

  @Test("misses zero exactly where the test finds the samples different")
  func duality() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let first = (0..<5).map { _ in generator.normal() }
      let second = (0..<6).map { _ in generator.normal() + 1.5 }
      let p = try #require(MannWhitney(first, second)).p
      let interval = try #require(HodgesLehmann(from: first, to: second)).interval
      #expect((p <= 0.05) == (interval.lower > 0 || interval.upper < 0))
    }
  }
}
