/// The least that a peer must move while it is waited for: one that gives or takes a byte now and then must not hold a place.
///
/// Only time that a copy waits for that peer counts, over all the copies of one message: not what a handler takes between them,
/// not what a rate makes it wait, not the other end. In each window of such time so many bytes have to go; what went before
/// counts for nothing, so that nobody lives for days on a fast beginning. Confined to the reactor of those copies.
package final class MinimumPace: @unchecked Sendable {
  package enum Verdict: Equatable {
    /// To be looked at again then, in the nanoseconds of `Linux.now`.
    case enough(until: Int64)
    case tooSlow
  }

  private let bytes: Int64
  private let window: Int64
  /// All that went so far.
  private var moved: Int64 = 0
  /// What had arrived when the window began; nil where that is not known, and the first window only tells it.
  private var base: Int64?
  /// In this window, before the wait that goes on.
  private var waited: Int64 = 0
  private var waitsSince: Int64?

  /// - Parameters:
  ///   - window: in nanoseconds.
  ///   - isTaking: the peer takes bytes, which may wait in the kernel for a while; else it gives them.
  package init(bytesPerSecond: Int, window: Int64, isTaking: Bool) {
    precondition(bytesPerSecond > 0 && window > 0, "a pace is 1 byte a second or more, in a window that is not empty")
    // Centuries are as good as for ever, and can be added to.
    self.window = min(window, .max / 4)
    bytes = Int64(min(1e18, max(1, Double(bytesPerSecond) * Double(self.window) / 1e9)))
    base = isTaking ? nil : 0
  }

  package func beginWait(at now: Int64) { waitsSince = now }

  package func endWait(at now: Int64) {
    guard let since = waitsSince else { return }
    waited += now - since
    waitsSince = nil
  }

  package func note(_ count: Int) { moved += Int64(count) }

  /// When to judge, at the earliest.
  package func nextLook(at now: Int64) -> Int64 { now + max(0, window - total(at: now)) }

  private func total(at now: Int64) -> Int64 { waited + (waitsSince.map { now - $0 } ?? 0) }

  /// - Parameter queued: bytes that went and have not arrived; asked for at the end of a window alone.
  package func judge(at now: Int64, queued: @autoclosure () -> Int = 0) -> Verdict {
    guard total(at: now) >= window else { return .enough(until: nextLook(at: now)) }
    let arrived = moved - Int64(queued())
    let before = base
    base = arrived
    waited = 0
    if waitsSince != nil { waitsSince = now }
    if let before, arrived - before < bytes { return .tooSlow }
    return .enough(until: now + window)
  }
}
