import Testing

@testable import MillraceEvidence

@Suite("A figure before and after")
struct FigureComparisonTests {
  private let steady = [100.0, 101, 99, 102, 98]

  @Test("is a regression where it is worse in the figure's own sense")
  func direction() {
    let more = steady.map { $0 * 1.5 }
    #expect(verdict(.latencyP50, steady, more) == .regression)
    #expect(verdict(.latencyP50, more, steady) == .improvement)
    #expect(verdict(.throughput, steady, more) == .improvement)
    #expect(verdict(.throughput, more, steady) == .regression)
  }

  @Test("has the ratio's difference, with its interval and the test's p")
  func numbers() throws {
    let comparison = try #require(
      FigureComparison(.latencyP50, old: steady, new: steady.map { $0 * 1.5 }, tolerance: 0.1))
    let difference = try #require(comparison.difference)
    #expect(close(difference.estimate, 0.5))
    // The third smallest and greatest of the 25 ratios: 148.5/102 and 151.5/98…, with 1 − 8/252.
    #expect(close(difference.interval.lower, 148.5 / 102 - 1))
    #expect(close(difference.interval.upper, 153.0 / 99 - 1))
    #expect(close(difference.interval.coverage, 1 - 8.0 / 252))
    #expect(close(comparison.p, 2.0 / 252))
  }

  @Test("is equal where the whole interval is within the tolerance, even if the difference is significant")
  func withinTolerance() throws {
    let more = steady.map { $0 * 1.05 }
    #expect(try #require(MannWhitney(steady, more)).p < 0.05)
    #expect(verdict(.latencyP50, steady, more) == .equal)
    #expect(verdict(.latencyP50, steady, more, tolerance: 0.01) == .regression)
    #expect(verdict(.latencyP50, steady, more, tolerance: 0) == .regression)
  }

  @Test("is unclear where the interval is on both sides of the tolerance, and says how many rounds would do")
  func tooFew() {
    // About 12 % more, ±4 %: 5 · (4/2)² = 20 rounds.
    let more = steady.map { $0 * 1.12 }
    guard case .unclear(.tooFewRounds(let needed)) = verdict(.latencyP50, steady, more) else {
      Issue.record("\(String(describing: verdict(.latencyP50, steady, more)))")
      return
    }
    #expect((6...25).contains(needed))
    #expect(verdict(.latencyP50, steady, steady.map { $0 * 1.1 }) == .unclear(.tooNear))
  }

  @Test("cannot tell from fewer than four rounds, whatever they say", arguments: [1, 2, 3])
  func few(_ count: Int) {
    let old = Array(steady.prefix(count))
    #expect(verdict(.latencyP50, old, old.map { $0 * 10 }) == .unclear(.tooFewRounds(needed: 4)))
    #expect(Judge.fewestRounds == 4)
    let four = Array(steady.prefix(4))
    #expect(verdict(.latencyP50, four, four.map { $0 * 10 }) == .regression)
  }

  @Test("among many has to be surer than alone, and says how many rounds would do")
  func family() throws {
    let wild = [100.0, 120, 110, 130, 105]
    let twice = wild.map { $0 * 1.6 }
    #expect(verdict(.latencyP999, wild, twice) == .regression)
    guard case .unclear(.tooFewRounds(let needed)) = verdict(.latencyP999, wild, twice, count: 1000) else {
      Issue.record("\(String(describing: verdict(.latencyP999, wild, twice, count: 1000)))")
      return
    }
    #expect((6...9).contains(needed))
    // And is sure of a great one even there; of one as great to the other side as well.
    #expect(verdict(.latencyP999, wild, wild.map { $0 * 4 }, count: 1000) == .regression)
    #expect(verdict(.throughput, wild, wild.map { $0 / 4 }, count: 1000) == .regression)
  }

  @Test("is not taken in by rounds that happen to be closer together than is usual")
  func luck() {
    let old = [100.0, 100.1, 99.9, 100, 100.2]
    let new = old.map { $0 * 1.2 }
    let unusual = Family(count: 50, variances: [.latencyP50: 0.01])
    #expect(verdict(.latencyP50, old, new, count: 50) == .regression)
    #expect(
      FigureComparison(.latencyP50, old: old, new: new, tolerance: 0.1, family: unusual)?.verdict != .regression)
  }

  @Test("of no consequence is equal, whatever share it is")
  func negligible() {
    let few = [0.001, 0.0011, 0.0012, 0.0009, 0.001]
    #expect(verdict(.contextSwitchesPerOperation, few, few.map { $0 * 5 }) == .equal)
    #expect(verdict(.contextSwitchesPerOperation, few, few.map { $0 * 500 }) == .regression)
  }

  @Test("can come from zero and go to zero")
  func zeros() {
    let none = [0.0, 0, 0, 0, 0]
    let some = [0.5, 0.6, 0.5, 0.7, 0.5]
    #expect(verdict(.allocationsPerOperation, none, none) == .equal)
    #expect(verdict(.allocationsPerOperation, none, some) == .regression)
    #expect(FigureComparison(.allocationsPerOperation, old: none, new: some, tolerance: 0.1)?.difference == nil)
    #expect(verdict(.allocationsPerOperation, some, none) == .improvement)
    #expect(verdict(.throughput, steady.map { $0 * 1e6 }, none) == .regression)
    #expect(verdict(.allocationsPerOperation, [0], [1]) == .unclear(.tooFewRounds(needed: 4)))
    #expect(FigureComparison(.throughput, old: [], new: steady, tolerance: 0.1) == nil)
  }

  @Test("that is the same in every round is told apart without noise")
  func constant() {
    let five = [Double](repeating: 100, count: 5)
    #expect(verdict(.latencyP50, five, five) == .equal)
    #expect(verdict(.latencyP50, five, five.map { $0 * 1.2 }) == .regression)
  }

  private func verdict(
    _ figure: Figure, _ old: [Double], _ new: [Double], tolerance: Double = 0.1, count: Int = 1
  ) -> FigureComparison.Verdict? {
    FigureComparison(figure, old: old, new: new, tolerance: tolerance, family: Family(count: count, variances: [:]))?
      .verdict
  }
}
