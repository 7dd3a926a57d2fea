/// How many connections a second come in: a pure state machine, told when each one comes.
///
/// It is the generic cell rate algorithm (ITU-T I.371): connections have an even pace, and after a pause a tenth of a
/// second's worth may come at once, so that no second has more than 1.1 times the rate.
struct AcceptRate: Equatable, Sendable {
  /// Nanoseconds between two at the even pace.
  private let interval: Int64
  /// How far ahead of the even pace one may be.
  private let tolerance: Int64
  /// When the next one would come at the even pace.
  private var due: Int64 = .min

  /// - Parameter perSecond: 1 to 1,000,000.
  init(perSecond: Int) {
    interval = 1_000_000_000 / Int64(perSecond)
    tolerance = interval * Int64(max(1, perSecond / 10) - 1)
  }

  /// Lets one in; or answers when one may come, in the nanoseconds of `now`.
  mutating func admit(at now: Int64) -> Int64? {
    let expected = max(due, now)
    guard expected - tolerance <= now else { return expected - tolerance }
    due = expected + interval
    return nil
  }
}
