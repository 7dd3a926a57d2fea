/// Whether an upstream gets connections: a pure state machine, told what happened and when.
///
/// After some failures in a row it is left out for a while, twice as long each time it fails again at once, up to a bound.
/// When the time is over it is tried with the next connection; one that succeeds makes everything good.
struct UpstreamHealth: Equatable, Sendable {
  /// When it is left out, and for how long.
  struct Policy: Equatable, Sendable {
    /// Failures in a row; 0 is never.
    var after: Int
    /// Nanoseconds of the first time.
    var first: Int64
    /// Nanoseconds at most.
    var most: Int64
  }

  private(set) var failuresInARow = 0
  private var timesLeftOut = 0
  private var leftOutUntil: Int64 = .min

  func isUp(at now: Int64) -> Bool { now >= leftOutUntil }

  /// Answers for how many nanoseconds it is left out from now on; nil when it is not, or was already.
  mutating func failed(at now: Int64, _ policy: Policy) -> Int64? {
    failuresInARow += 1
    // Once it has been left out, the trial that fails is enough.
    let bar = timesLeftOut > 0 ? 1 : policy.after
    guard policy.after > 0, failuresInARow >= bar, isUp(at: now) else { return nil }
    let doublings = min(timesLeftOut, 30)
    let (doubled, overflow) = policy.first.multipliedReportingOverflow(by: 1 << doublings)
    let time = overflow ? policy.most : min(policy.most, doubled)
    timesLeftOut += 1
    leftOutUntil = now + time
    return time
  }

  /// Answers whether it had been left out.
  mutating func succeeded() -> Bool {
    defer { self = UpstreamHealth() }
    return timesLeftOut > 0
  }
}
