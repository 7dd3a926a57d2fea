import Testing

@testable import Millrace

@Suite("The pace that a peer has to keep")
struct MinimumPaceTests {
  private static let second: Int64 = 1_000_000_000

  private func pace(isTaking: Bool) -> MinimumPace {
    MinimumPace(bytesPerSecond: 100, window: 10 * Self.second, isTaking: isTaking)
  }

  @Test("is judged at the end of each window of waiting, by what went in that window alone")
  func windows() {
    let pace = pace(isTaking: false)
    pace.beginWait(at: 0)
    // A fast beginning.
    pace.note(1_000_000)
    #expect(pace.judge(at: 9 * Self.second) == .enough(until: 10 * Self.second))
    #expect(pace.judge(at: 10 * Self.second) == .enough(until: 20 * Self.second))
    pace.note(1000)
    #expect(pace.judge(at: 20 * Self.second) == .enough(until: 30 * Self.second))
    pace.note(999)
    #expect(pace.judge(at: 30 * Self.second) == .tooSlow)
  }

  @Test("counts no time in which the peer is not waited for")
  func waits() {
    let pace = pace(isTaking: false)
    for start in stride(from: 0, to: 900, by: 100) as StrideTo<Int64> {
      pace.beginWait(at: start * Self.second)
      pace.endWait(at: (start + 1) * Self.second)
      pace.endWait(at: (start + 50) * Self.second)
    }
    // Nine seconds by now.
    #expect(pace.nextLook(at: 900 * Self.second) == 901 * Self.second)
    #expect(pace.judge(at: 900 * Self.second) == .enough(until: 901 * Self.second))
    pace.beginWait(at: 900 * Self.second)
    #expect(pace.judge(at: 901 * Self.second) == .tooSlow)
  }

  @Test("is what arrives, and not what the kernel keeps for the peer")
  func queued() {
    let pace = pace(isTaking: true)
    // What was queued before it began is not known at first.
    pace.beginWait(at: 0)
    pace.note(500_000)
    #expect(pace.judge(at: 10 * Self.second, queued: 2_000_000) == .enough(until: 20 * Self.second))
    #expect(pace.judge(at: 20 * Self.second, queued: 1_999_000) == .enough(until: 30 * Self.second))
    #expect(pace.judge(at: 30 * Self.second, queued: 1_998_001) == .tooSlow)
  }

  @Test("may be any, over any time")
  func extremes() {
    let now: Int64 = 2_000_000_000_000_000_000
    let pace = MinimumPace(bytesPerSecond: .max, window: .max, isTaking: true)
    pace.beginWait(at: now)
    #expect(pace.nextLook(at: now) > now)
    #expect(pace.judge(at: now + 1) != .tooSlow)
  }

  @Test("is at least one byte in a window")
  func least() {
    let pace = MinimumPace(bytesPerSecond: 1, window: 1, isTaking: false)
    pace.beginWait(at: 0)
    #expect(pace.judge(at: 1) == .tooSlow)
  }
}
