import Testing

@testable import MillraceEvidence

@Suite("A summary of rounds")
struct SummaryTests {
  @Test("has the median and the range over it")
  func plain() throws {
    let summary = try #require(Summary([104, 100, 98, 96, 120]))
    #expect(summary.count == 5)
    #expect(summary.median == 100)
    #expect(summary.minimum == 96)
    #expect(summary.maximum == 120)
    #expect(summary.spread == 0.24)
    #expect(!summary.isWorthless)
    #expect(Summary([1, 2, 3, 10])?.median == 2.5)
  }

  @Test("calls rounds worthless that differ by more than a quarter, and only those")
  func worthless() {
    #expect(Summary([100, 100, 125])?.isWorthless == false)
    #expect(Summary([100, 100, 126])?.isWorthless == true)
  }

  @Test("has no spread where the median is zero and not all rounds are, and none of nothing at all")
  func degenerate() {
    #expect(Summary([]) == nil)
    #expect(Summary([1, .nan]) == nil)
    #expect(Summary([1, .infinity]) == nil)
    #expect(Summary([7])?.spread == 0)
    #expect(Summary([0, 0, 0])?.spread == 0)
    #expect(Summary([0, 0, 0])?.isWorthless == false)
    #expect(Summary([0, 0, 1])?.spread == nil)
    #expect(Summary([0, 0, 1])?.isWorthless == true)
  }

  @Test("has a spread that does not depend on the unit", arguments: [0.001, 3, 1e9])
  func scale(_ factor: Double) throws {
    let values = [3.0, 5, 4, 4.5, 3.5]
    let plain = try #require(Summary(values)?.spread)
    let scaled = try #require(Summary(values.map { $0 * factor })?.spread)
    #expect((plain - scaled).magnitude < 1e-12)
  }
}

@Suite("The interval of a median")
struct MedianIntervalTests {
  // 1 − 2 · P(X < k), X from n tosses of a coin:
  //   n = 2: 1 − 2/4; n = 5: 1 − 2/32; n = 6: 1 − 2/64; n = 8, k = 1: 1 − 2/256, k = 2: 1 − 18/256 is less than 95 %;
  //   n = 9, k = 2: 1 − 2(1 + 9)/512; n = 10, k = 2: 1 − 2(1 + 10)/1024; k = 3 would have 1 − 112/1024 = 89 %.
  @Test(
    "takes the inner values that still have 95 %, and says what it has where none have",
    arguments: [
      (2, 1, 0.5), (3, 1, 0.75), (5, 1, 0.9375), (6, 1, 0.96875), (8, 1, 0.9921875), (9, 2, 0.9609375),
      (10, 2, 0.978515625), (15, 4, 0.96484375),
    ])
  func ranks(count: Int, rank: Int, coverage: Double) throws {
    let interval = try #require(ConfidenceInterval.ofMedian((1...count).map(Double.init).shuffled()))
    #expect(interval.lower == Double(rank))
    #expect(interval.upper == Double(count + 1 - rank))
    #expect((interval.coverage - coverage).magnitude < 1e-12)
  }

  @Test("is none of one value")
  func one() {
    #expect(ConfidenceInterval.ofMedian([1]) == nil)
    #expect(ConfidenceInterval.ofMedian([]) == nil)
  }

  @Test("holds the true median as often as it says")
  func coverage() throws {
    var generator = SeededGenerator(seed: 41)
    let runs = 4000
    var held = 0
    for _ in 0..<runs {
      let interval = try #require(ConfidenceInterval.ofMedian((0..<5).map { _ in generator.normal() }))
      if interval.lower <= 0, interval.upper >= 0 { held += 1 }
    }
    // Three standard errors of 4000 draws at 93.75 % are 1.1 %.
    #expect((Double(held) / Double(runs) - 0.9375).magnitude < 0.012)
  }
}

@Suite("A paired ratio")
struct PairedRatioTests {
  @Test("is taken round by round, and so is free of what drifts between rounds")
  func drift() throws {
    // Given a machine that becomes twice as slow, and a subject that is always 1.5 times the reference.
    let reference: [Double?] = [100, 80, 70, 60, 50]
    let subject = reference.map { $0.map { $0 * 1.5 } }
    let ratio = try #require(PairedRatio(subject, over: reference))
    #expect(ratio.pairs == 5)
    #expect(ratio.median == 1.5)
    #expect(ratio.interval == ConfidenceInterval(lower: 1.5, upper: 1.5, coverage: 0.9375))
  }

  @Test("leaves out rounds that one side does not have, and divides by no zero")
  func gaps() throws {
    let ratio = try #require(PairedRatio([2, nil, 6, 8, 9], over: [1, 1, nil, 0]))
    #expect(ratio.pairs == 1)
    #expect(ratio.median == 2)
    #expect(ratio.interval == nil)
    #expect(PairedRatio([1, 2], over: [0, nil]) == nil)
    #expect(PairedRatio([], over: [1]) == nil)
  }

  @Test("is the inverse with the sides changed, of an odd number of rounds")
  func inverse() throws {
    let one: [Double?] = [3, 5, 4, 6, 8]
    let other: [Double?] = [4, 4, 4, 5, 7]
    let ratio = try #require(PairedRatio(one, over: other))
    let back = try #require(PairedRatio(other, over: one))
    #expect((ratio.median * back.median - 1).magnitude < 1e-12)
  }
}
