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

  /// given clients beyond number, of whom each owed something when he left and has paid since; then few are remembered: what is
  /// kept of those who are gone has a bound, and who is here or owes still is none of them.
  @Test("are not kept for all clients that ever came")
  func sweeps() throws {
    let rates = try #require(HTTPRates(perConnection: nil, perClient: 1000, all: nil))
    let here = try #require(rates.enter(1).first)
    let owing = try #require(rates.enter(2).first)
    for _ in 0..<50 { _ = owing.reserve(20, at: 0) }
    rates.leave(2, at: 0)
    var most = 0
    for client in 10..<10_000 {
      // A client every 10 µs, who owes for a millisecond.
      let now = Int64(client) * 10_000
      let limit = try #require(rates.enter(UInt64(client)).first)
      _ = limit.reserve(1, at: now)
      rates.leave(UInt64(client), at: now)
      most = max(most, rates.clientCount)
    }
    #expect(most <= 1024)
    #expect(rates.enter(1).first === here)
    #expect(rates.enter(2).first === owing)
  }
}
