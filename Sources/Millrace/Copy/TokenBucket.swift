/// A rate, as bytes that may go now.
struct TokenBucket {
  private let rate: Double
  private var tokens: Double
  private var last: Int64

  /// Starts with one quantum, so that the first bytes go at once.
  init(bytesPerSecond: Int, at now: Int64) {
    rate = Double(bytesPerSecond)
    last = now
    tokens = 0
    tokens = quantum
  }

  /// What is let through at once: a fiftieth of a second, for a rate that looks even.
  private var quantum: Double { max(1, rate / 50) }

  /// Bytes that may go now; zero until a quantum has gathered, so that few bytes do not mean many wake-ups.
  mutating func allowance(at now: Int64, wanted: Int) -> Int {
    // What gathered during a stall is bounded: a stall is not made up for by a burst.
    tokens = min(tokens + rate * Double(now - last) / 1e9, 2 * quantum)
    last = now
    return tokens >= min(quantum, Double(wanted)) ? Int(tokens) : 0
  }

  mutating func spend(_ count: Int) { tokens -= Double(count) }

  /// When a quantum will have gathered.
  func nextTime(wanted: Int) -> Int64 {
    let missing = min(quantum, Double(wanted)) - tokens
    return last + Int64((max(0, missing) / rate * 1e9).rounded(.up))
  }
}
