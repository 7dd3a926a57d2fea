import LinuxCalls

/// Ends an operation when its time is up.
package final class InterruptTimer: TimerTarget {
  private let ticket: Parker.Ticket
  private let cause: Interrupt
  private lazy var entry = TimerEntry(self)
  private let reactor: Reactor

  package init(_ parker: Parker, cause: Interrupt, at due: Int64) {
    ticket = parker.ticket
    self.cause = cause
    reactor = parker.reactor
    reactor.setTimer(entry, to: due)
  }

  package func cancel() { reactor.cancelTimer(entry) }

  package func timerFired(at now: Int64) -> Int64? {
    ticket.deliver(cause)
    return nil
  }
}

extension Reactor {
  /// Suspends for `duration` without leaving the reactor, which `Task.sleep` would. Throws at once when the task is
  /// cancelled.
  public func sleep(for duration: Duration) async throws(CancellationError) {
    guard Reactor.confining(#isolation) === self else {
      return try await withTaskExecutorPreference(self) { () async throws(CancellationError) in
        try await sleepHopped(duration)
      }
    }
    let parker = leaseParker()
    let entry = TimerEntry(parker)
    setTimer(entry, to: Linux.now + duration.nanoseconds)
    let ticket = parker.ticket
    let wake = await withTaskCancellationHandler {
      await parker.park()
    } onCancel: {
      ticket.interrupt(by: .cancelled)
    }
    cancelTimer(entry)
    giveBack(parker)
    if wake != .ready { throw CancellationError() }
  }

  @concurrent
  private func sleepHopped(_ duration: Duration) async throws(CancellationError) {
    try await sleep(for: duration)
  }
}

extension Duration {
  /// Whole nanoseconds, at most 73 years either way, so that a time can be added without overflow: more is as good as
  /// for ever, or as long past.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let most = Int64.max / 4
    guard seconds.magnitude < UInt64(most / 1_000_000_000) else { return seconds < 0 ? -most : most }
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
