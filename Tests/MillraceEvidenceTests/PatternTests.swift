@testable import MillraceEvidence
import Testing

@Suite("The bytes that the harness knows again")
struct PatternTests {
  @Test("are right where they belong, and nowhere else, over the end of a period as well")
  func places() {
    let all = Pattern.prefix(Pattern.period + 5000)
    #expect(Pattern.isRight(all, at: 0))
    #expect(Pattern.isRight(Array(all[(Pattern.period - 100)...]), at: Pattern.period - 100))
    #expect(!Pattern.isRight(Array(all[1..<200]), at: 0))
    var wrong = all
    wrong[Pattern.period + 4999] ^= 1
    #expect(!Pattern.isRight(wrong, at: 0))
    #expect(Pattern.isRight([], at: 7))
  }
}
