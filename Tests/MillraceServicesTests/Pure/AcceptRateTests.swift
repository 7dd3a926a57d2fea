@testable import MillraceServices
import Testing

@Suite("The rate of connections")
struct AcceptRateTests {
  /// Comes as often as it may from `start` on, and answers when each came.
  private func comeAtOnce(_ rate: inout AcceptRate, from start: Int64, count: Int) -> [Int64] {
    var now = start
    return (0..<count).map { _ in
      while let next = rate.admit(at: now) {
        #expect(next > now)
        now = next
      }
      return now
    }
  }

  @Test("lets a tenth of a second's worth in at once after a pause, and then goes at an even pace")
  func pace() {
    var rate = AcceptRate(perSecond: 100)
    for start in [Int64(0), 50_000_000_000] {
      let times = comeAtOnce(&rate, from: start, count: 30).map { $0 - start }
      #expect(times == Array(repeating: 0, count: 10) + (1...20).map { Int64($0) * 10_000_000 })
    }
  }

  @Test("is never passed in any second by more than a tenth", arguments: [1, 7, 10, 1000, 999_999])
  func bound(perSecond: Int) {
    var rate = AcceptRate(perSecond: perSecond)
    let count = min(3 * perSecond + 10, 20_000)
    let times = comeAtOnce(&rate, from: 1, count: count)
    let most = perSecond + max(1, perSecond / 10)
    for (number, time) in times.enumerated() where number + most < times.count {
      #expect(times[number + most] - time >= 999_000_000)
    }
  }
}
