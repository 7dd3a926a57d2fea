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
  /// Lets everything else that is ready run first; on this reactor's thread.
  package func yield() async {
    await withUnsafeContinuation { $0.resume() }
  }

  /// Suspends for `duration` without leaving the reactor, which `Task.sleep` would. Throws at once when the task is
  /// cancelled.
  public func sleep(for duration: Duration) async throws(CancellationError) {
    guard isCurrent else {
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
  /// Whole nanoseconds; what does not fit is as good as for ever.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? Int64.max / 4 : product + attoseconds / 1_000_000_000
  }
}
