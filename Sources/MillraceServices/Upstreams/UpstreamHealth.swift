/// Whether an upstream gets connections: a pure state machine, told what happened and when.
///
/// Clients' connections count passively: after some failures in a row it is left out for a while, twice as long each time
/// it fails again at once, up to a bound. When the time is over it is tried with the next connection; one that succeeds
/// makes everything good.
///
/// Checks count actively, and by themselves: after some that failed in a row it is down until some in a row succeed, which
/// makes good what clients found, too.
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

  /// How many checks in a row change what is thought of it.
  struct CheckPolicy: Equatable, Sendable {
    /// That succeed, for one that is down.
    var rise: Int
    /// That fail, for one that is up.
    var fall: Int
  }

  /// What a check changed.
  enum CheckChange: Equatable, Sendable { case wentDown, cameUp }

  private enum Checked: Equatable, Sendable {
    case up(failures: Int)
    case down(successes: Int)
  }

  private(set) var failuresInARow = 0
  private var timesLeftOut = 0
  private var leftOutUntil: Int64 = .min
  private var checked = Checked.up(failures: 0)

  func isUp(at now: Int64) -> Bool {
    guard case .up = checked else { return false }
    return now >= leftOutUntil
  }

  // MARK: - What clients find

  /// Answers for how many nanoseconds it is left out from now on; nil when it is not, or was already.
  mutating func failed(at now: Int64, _ policy: Policy) -> Int64? {
    failuresInARow += 1
    // Once it has been left out, the trial that fails is enough.
    let bar = timesLeftOut > 0 ? 1 : policy.after
    guard policy.after > 0, failuresInARow >= bar, now >= leftOutUntil else { return nil }
    let doublings = min(timesLeftOut, 30)
    let (doubled, overflow) = policy.first.multipliedReportingOverflow(by: 1 << doublings)
    let time = overflow ? policy.most : min(policy.most, doubled)
    timesLeftOut += 1
    leftOutUntil = now + time
    return time
  }

  /// Answers whether it had been left out.
  mutating func succeeded() -> Bool {
    let wasLeftOut = timesLeftOut > 0
    forgive()
    return wasLeftOut
  }

  private mutating func forgive() {
    failuresInARow = 0
    timesLeftOut = 0
    leftOutUntil = .min
  }

  // MARK: - What checks find

  mutating func checked(_ succeeded: Bool, _ policy: CheckPolicy) -> CheckChange? {
    switch (checked, succeeded) {
    case (.up, true): checked = .up(failures: 0)
    case (.down, false): checked = .down(successes: 0)
    case (.up(let failures), false):
      guard failures + 1 >= policy.fall else {
        checked = .up(failures: failures + 1)
        return nil
      }
      checked = .down(successes: 0)
      return .wentDown
    case (.down(let successes), true):
      guard successes + 1 >= policy.rise else {
        checked = .down(successes: successes + 1)
        return nil
      }
      checked = .up(failures: 0)
      forgive()
      return .cameUp
    }
    return nil
  }
}
