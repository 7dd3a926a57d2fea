import Testing

@testable import MillraceEvidence

@Suite("Exact figures before and after")
struct ExactComparisonTests {
  private let figures = ExactFigures(
    operations: 100, systemCalls: ["read": 200, "write": 100], allocations: Allocations(count: 3, bytes: 300),
    routes: ["buffered": 1000, "splice": 5000], unstable: [])

  @Test("are equal where nothing differs")
  func equal() {
    let comparison = ExactComparison(old: figures, new: figures)
    #expect(comparison.differences.isEmpty)
    // Two system calls, two of allocations, two routes.
    #expect(comparison.compared == 6)
  }

  @Test("are worse by one call more, better by one fewer")
  func oneCall() {
    var more = figures
    more.systemCalls["read"] = 201
    #expect(verdicts(figures, more) == [.regression])
    #expect(verdicts(more, figures) == [.improvement])
    var another = figures
    another.systemCalls["futex"] = 1
    #expect(ExactComparison(old: figures, new: another).differences.first?.subject == .systemCall("futex"))
    #expect(verdicts(figures, another) == [.regression])
    #expect(verdicts(another, figures) == [.improvement])
  }

  /// given 3 allocations of an operation; then a fourth is worse, and one or two in a hundred operations are of the process.
  @Test("are worse by one allocation of an operation more; the bytes alone are a change")
  func allocations() {
    var figures = figures
    figures.allocations = Allocations(count: 300, bytes: 30_000)
    var more = figures
    more.allocations = Allocations(count: 400, bytes: 30_000)
    #expect(verdicts(figures, more) == [.regression])
    #expect(verdicts(more, figures) == [.improvement])
    more.allocations = Allocations(count: 300, bytes: 30_100)
    #expect(verdicts(figures, more) == [.change])
    more.allocations = Allocations(count: 302, bytes: 30_020)
    #expect(verdicts(figures, more).isEmpty)
  }

  @Test("are worse where bytes went from a kernel route to a buffer, better where they came back")
  func routes() {
    var copied = figures
    copied.routes = ["buffered": 1001, "splice": 4999]
    #expect(verdicts(figures, copied) == [.regression, .regression])
    #expect(verdicts(copied, figures) == [.improvement, .improvement])
    copied.routes = ["buffered": 6000]
    #expect(verdicts(figures, copied) == [.regression, .regression])
  }

  @Test("only change where bytes took another kernel route, or there are more of them")
  func otherRoutes() {
    var other = figures
    other.routes = ["buffered": 1000, "splice-through-pipe": 5000]
    #expect(verdicts(figures, other) == [.change, .change])
    other.routes = ["buffered": 2000, "splice": 10_000]
    #expect(verdicts(figures, other) == [.change, .change])
  }

  @Test("are not compared where one of the sides was not the same each time")
  func unstable() {
    var shaky = figures
    shaky.systemCalls["read"] = 900
    shaky.allocations = Allocations(count: 9, bytes: 900)
    shaky.unstable = ["read", "allocations"]
    #expect(verdicts(figures, shaky).isEmpty)
    #expect(verdicts(shaky, figures).isEmpty)
    #expect(ExactComparison(old: figures, new: shaky).unstable == ["allocations", "read"])
  }

  @Test("of different numbers of operations are compared for one operation, without rounding")
  func perOperation() {
    var triple = figures
    triple.operations = 300
    triple.systemCalls = ["read": 600, "write": 300]
    triple.allocations = Allocations(count: 9, bytes: 900)
    triple.routes = ["buffered": 3000, "splice": 15_000]
    #expect(verdicts(figures, triple).isEmpty)
    triple.systemCalls["read"] = 601
    #expect(verdicts(figures, triple) == [.regression])
    // A third cannot be written as a Double.
    let thirds = [(1, 3), (1_000_000_000_000_001, 3_000_000_000_000_003)].map { calls, operations in
      ExactFigures(
        operations: operations, systemCalls: ["read": calls], allocations: nil, routes: [:], unstable: [])
    }
    #expect(verdicts(thirds[0], thirds[1]).isEmpty)
  }

  @Test("that are no longer counted are no improvement, and said to be gone")
  func lost() {
    let blind = ExactFigures(operations: 100, systemCalls: [:], allocations: nil, routes: [:], unstable: [])
    let comparison = ExactComparison(old: figures, new: blind)
    #expect(comparison.differences.isEmpty)
    #expect(comparison.lost.count == 3)
    #expect(ExactComparison(old: blind, new: figures).differences.isEmpty)
    #expect(ExactComparison(old: blind, new: figures).lost.isEmpty)
    var none = figures
    none.operations = 0
    #expect(ExactComparison(old: figures, new: none).differences.isEmpty)
    #expect(ExactComparison(old: figures, new: none).lost.count == 1)
  }

  private func verdicts(_ old: ExactFigures, _ new: ExactFigures) -> [ExactDifference.Verdict] {
    ExactComparison(old: old, new: new).differences.map(\.verdict)
  }
}
