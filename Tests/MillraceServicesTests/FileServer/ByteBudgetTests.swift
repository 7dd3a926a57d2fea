import Testing

@testable import MillraceServices

@Suite("Bytes that may be held at once")
struct ByteBudgetTests {
  @Test("are no more than the bound, and one may always be, however large")
  func bound() {
    let budget = ByteBudget(most: 10)
    #expect(budget.take(6))
    #expect(!budget.take(5))
    #expect(budget.take(4))
    #expect(!budget.take(1))
    budget.giveBack(4)
    // Who was refused holds nothing.
    #expect(budget.take(4))
    budget.giveBack(4)
    budget.giveBack(6)
    #expect(budget.take(1000))
    #expect(!budget.take(1))
    budget.giveBack(1000)
    #expect(budget.take(10))
  }
}
