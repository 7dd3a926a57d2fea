import Testing

@testable import Millrace

@Suite("The throttle's token bucket")
struct TokenBucketTests {
  private static let second: Int64 = 1_000_000_000

  /// given random rates, pauses and wishes; when all that is let through is spent; then over any stretch of time no
  /// more than the rate went, and a burst of two fiftieths of a second.
  @Test("never exceeds the rate beyond its burst, over any window", arguments: [1, 49, 1000, 1_000_000, 1 << 33])
  func neverExceeds(rate: Int) {
    let seed = Seed.choose(for: "the token bucket at \(rate) B/s")
    var generator = SeededGenerator(seed: seed)
    var bucket = TokenBucket(bytesPerSecond: rate, at: 0)
    var now: Int64 = 0
    var spent: [(time: Int64, total: Int)] = [(0, 0)]
    for _ in 0..<600 {
      now += Int64.random(in: 0...(Self.second >> Int64.random(in: 0...20, using: &generator)), using: &generator)
      let wanted = Int.random(in: 1...max(1, rate), using: &generator)
      let allowed = min(wanted, bucket.allowance(at: now, wanted: wanted))
      bucket.spend(allowed)
      spent.append((now, spent[spent.count - 1].total + allowed))
    }
    let burst = 2 * max(1, Double(rate) / 50)
    var worst = 0.0
    for (index, start) in spent.enumerated() {
      for end in spent[index...] {
        let most = Double(rate) * Double(end.time - start.time) / 1e9 + burst
        worst = max(worst, Double(end.total - start.total) - most)
      }
    }
    // A byte for the rounding of time.
    #expect(worst <= 1, "\(worst) bytes too many, with seed \(seed)")
  }

  /// given a bucket that lets nothing through; when the time has come that it names; then it gives, so that no copy
  /// waits for ever, and never more often than a fiftieth of a second asks for.
  @Test("gives when the time it names has come", arguments: [1, 49, 50, 333, 1000, 1_000_000, 1 << 33])
  func eventuallyGives(rate: Int) {
    var bucket = TokenBucket(bytesPerSecond: rate, at: 0)
    var now: Int64 = 0
    var total = 0
    let rounds = 200
    for _ in 0..<rounds {
      let wanted = 1 << 20
      var asked = 0
      var allowed = 0
      while allowed == 0, asked < 4 {
        allowed = min(wanted, bucket.allowance(at: now, wanted: wanted))
        if allowed == 0 { now = max(now + 1, bucket.nextTime(wanted: wanted)) }
        asked += 1
      }
      #expect(allowed > 0, "nothing after \(asked) waits at \(rate) B/s")
      bucket.spend(allowed)
      total += allowed
    }
    // It does use the rate: what came is not far below what the time allowed.
    if rate <= 1_000_000 {
      #expect(Double(total) >= Double(rate) * Double(now) / 1e9 * 0.99 - 1)
    }
  }

  /// given a debt, from bytes that were held when the sink stalled; when time passes; then it is paid before more goes.
  @Test("lets a debt be paid first")
  func debt() {
    var bucket = TokenBucket(bytesPerSecond: 1000, at: 0)
    bucket.spend(1020)
    #expect(bucket.allowance(at: Self.second / 2, wanted: 100) == 0)
    #expect(bucket.nextTime(wanted: 100) >= Self.second)
    #expect(bucket.allowance(at: Self.second + Self.second / 25, wanted: 100) > 0)
  }
}
