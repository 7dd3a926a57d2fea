import LinuxCalls
import Testing

@testable import Millrace
@testable import MillraceServices

@Suite("The rates of clients")
struct HTTPRatesTests {
  @Test("are a client's, however many connections he has, and whether he comes again")
  func comesAgain() throws {
    let rates = try #require(HTTPRates(perConnection: nil, perClient: 1, all: nil))
    let first = try #require(rates.enter(7).first)
    #expect(rates.enter(7).first === first)
    #expect(rates.enter(8).first !== first)
    // A second's worth is given out, and has not been paid for.
    _ = first.reserve(1, at: Linux.now)
    rates.leave(7)
    rates.leave(7)
    #expect(rates.enter(7).first === first, "he owes something")
    first.giveBack(1)
    rates.leave(7)
    #expect(rates.enter(7).first !== first, "nobody remembers who owes nothing")
  }
}
