@testable import MillraceEvidence
import Testing

@Suite("The statistics of a run")
struct StatisticsTests {
  @Test("the median and the spread, and what is worth nothing")
  func summary() throws {
    let odd = try #require(Summary([3, 1, 2]))
    #expect(odd.median == 2 && odd.range == 1...3 && odd.spread == 1 && odd.isWorthless)
    let even = try #require(Summary([10, 10.4, 10.2, 10]))
    #expect(even.median == 10.1)
    #expect(!even.isWorthless)
    #expect(Summary([]) == nil)
    #expect(Summary([.nan, .infinity]) == nil)
    #expect(try #require(Summary([7])).spread == 0)
  }

  /// By hand: with n pairs the range has 1 − 2/2ⁿ; with ten, the second to the ninth has 1 − 2·(1+10)/1024.
  @Test("a ratio's interval covers what it says, and no more than there are pairs for")
  func ratios() throws {
    let three = try #require(PairedRatio([2, 4, 9], over: [1, 2, 3]))
    #expect(three.median == 2 && three.interval == 2...3 && three.coverage == 0.75)
    let ten = try #require(PairedRatio((1...10).map(Double.init), over: Array(repeating: 1, count: 10)))
    #expect(ten.median == 5.5)
    #expect(ten.interval == 2...9)
    #expect(abs(ten.coverage - (1 - 22.0 / 1024)) < 1e-12)
    #expect(PairedRatio([], over: []) == nil)
    #expect(try #require(PairedRatio([5], over: [2])).coverage == 0)
  }

  /// The numbers of orders of 2 and 2 values with U = 0 … 4 are 1, 1, 2, 1, 1; of 3 and 2 with U = 0 … 6 they are
  /// 1, 1, 2, 2, 2, 1, 1: written out by hand.
  @Test("the distribution of U, for samples that can be written out")
  func distribution() {
    #expect(MannWhitney.distribution(2, 2) == [1, 1, 2, 1, 1])
    #expect(MannWhitney.distribution(3, 2) == [1, 1, 2, 2, 2, 1, 1])
    #expect(MannWhitney.distribution(2, 3) == [1, 1, 2, 2, 2, 1, 1])
    #expect(MannWhitney.distribution(5, 5).reduce(0, +) == 252)
    #expect(MannWhitney.distribution(12, 9).reduce(0, +) == 293_930)
  }

  /// Two samples of five that do not overlap: U = 25, and 2 of the 252 orders are as far out. One that overlaps by one place:
  /// 2·(1+1)/252. Values that alternate: U = 15 of 25, which 2·P(U ≤ 10) = 2·87/252 is as far out as; the table of Mann and
  /// Whitney has 0.345 for one side.
  @Test("the probability of a difference by chance, exactly")
  func exact() throws {
    let apart = try #require(MannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]))
    #expect(apart.u == 25)
    #expect(abs(apart.p - 2.0 / 252) < 1e-12)
    #expect(apart.shift == 5)
    let nearly = try #require(MannWhitney([1, 2, 3, 4, 6], [5, 7, 8, 9, 10]))
    #expect(nearly.u == 24)
    #expect(abs(nearly.p - 4.0 / 252) < 1e-12)
    let mixed = try #require(MannWhitney([1, 3, 5, 7, 9], [2, 4, 6, 8, 10]))
    #expect(mixed.u == 15)
    #expect(abs(mixed.p - 2 * 0.345) < 1e-3)
  }

  @Test("it is the same whichever sample is the first, and whatever the unit is")
  func symmetry() throws {
    let (one, other) = ([3.1, 4.7, 2.2, 9.9, 5.0, 4.4], [4.0, 6.1, 7.7, 8.8])
    let forth = try #require(MannWhitney(one, other))
    let back = try #require(MannWhitney(other, one))
    #expect(abs(forth.p - back.p) < 1e-12)
    #expect(forth.shift == -back.shift)
    #expect(forth.u + back.u == 24)
    let scaled = try #require(MannWhitney(one.map { $0 * 1000 }, other.map { $0 * 1000 }))
    #expect(abs(scaled.p - forth.p) < 1e-12)
    #expect(abs(scaled.shift - forth.shift * 1000) < 1e-9)
  }

  @Test("equal samples, ties and many values: never more certain than they allow")
  func ties() throws {
    let equal = try #require(MannWhitney([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]))
    #expect(equal.p == 1 && equal.shift == 0)
    let many = try #require(
      MannWhitney((0..<40).map { Double($0) }, (0..<40).map { Double($0) + 20.5 }))
    #expect(many.p < 1e-6)
    #expect(many.shift == 20.5)
    #expect(many.interval.contains(20.5))
    let tied = try #require(MannWhitney([1, 2, 2, 3, 4], [2, 3, 3, 4, 5]))
    #expect(tied.p > 0.2 && tied.p < 0.5)
  }

  /// given normal samples of which one is shifted by a known amount, a thousand times; then the interval holds the amount about
  /// as often as it says.
  @Test("the interval of a shift holds it as often as it says")
  func coverage() throws {
    var random = Dice(seed: 7)
    var held = 0
    var said = 0.0
    for _ in 0..<1000 {
      let one = (0..<6).map { _ in random.normal() }
      let other = (0..<6).map { _ in random.normal() + 0.7 }
      let test = try #require(MannWhitney(one, other))
      if test.interval.contains(0.7) { held += 1 }
      said = test.coverage
    }
    #expect(said >= 0.95 && said < 0.97)
    #expect(abs(Double(held) / 1000 - said) < 0.03, "\(held)")
  }
}
