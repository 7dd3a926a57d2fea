import Testing

@testable import MillraceEvidence

@Suite("Welch's test")
struct WelchTestTests {
  // Student's table: what is beyond ±t on both sides together.
  @Test(
    "has the tails of Student's table",
    arguments: [
      (1, 12.706, 0.05), (2, 4.303, 0.05), (4, 2.776, 0.05), (8, 2.306, 0.05), (8, 3.355, 0.01), (8, 5.041, 0.001),
      (30, 2.042, 0.05), (120, 1.980, 0.05), (4, 8.610, 0.001), (10, 0.700, 0.5), (1, 1.000, 0.5),
    ])
  func table(freedom: Int, t: Double, expected: Double) {
    #expect(close(WelchTest.tails(t * t, freedom: Double(freedom)), expected, within: expected / 500))
  }

  @Test("is worked by hand")
  func byHand() throws {
    // 1 2 3 4 5 and 3 5 7 9 11: means 3 and 7, variances 2.5 and 10; t² = 16 / (0.5 + 2) = 6.4;
    // ν = 2.5² / (0.25/4 + 4/4) = 5.88. Of one with ν = 5.88 and t = 2.530, p is between those of ν 5 (0.0526) and 6 (0.0447).
    let test = try #require(WelchTest(from: [1, 2, 3, 4, 5], to: [3, 5, 7, 9, 11]))
    #expect(test.difference == 4)
    #expect(test.p > 0.0447 && test.p < 0.0526)
    let back = try #require(WelchTest(from: [3, 5, 7, 9, 11], to: [1, 2, 3, 4, 5]))
    #expect(close(back.p, test.p))
  }

  @Test("is surer with more rounds of the same kind")
  func rounds() throws {
    let test = try #require(WelchTest(from: [1, 2, 3, 4, 5], to: [3, 5, 7, 9, 11]))
    #expect(close(test.p(rounds: 5), test.p))
    #expect(test.p(rounds: 10) < test.p / 5)
  }

  @Test("takes samples to be as noisy as is usual, at least")
  func usual() throws {
    let lucky = try #require(WelchTest(from: [1, 1.01], to: [2, 2.01], usual: 4))
    #expect(lucky.variances == (4, 4))
    #expect(lucky.p > 0.5)
    let noisy = try #require(WelchTest(from: [1, 9], to: [2, 12], usual: 4))
    #expect(noisy.variances == (32, 50))
  }

  @Test("is certain of values without noise, and says nothing of one")
  func degenerate() {
    #expect(WelchTest(from: [2, 2], to: [2, 2])?.p == 1)
    #expect(WelchTest(from: [2, 2], to: [3, 3])?.p == 0)
    #expect(WelchTest(from: [2], to: [3, 3]) == nil)
    #expect(WelchTest.tails(0, freedom: 8) == 1)
  }
}
