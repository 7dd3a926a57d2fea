import LinuxCalls
import Reactors

// Deadlines, idle time, progress, and what interrupts a copy from outside.
extension Transfer {
  func interruption() -> CopyFailure? {
    if let interrupt = parker.interrupt {
      switch interrupt {
      case .cancelled: return CopyFailure(.copy, endsWithOther ? .otherDirection : .cancelled)
      case .deadline: return CopyFailure(.copy, .deadline)
      case .idle: return CopyFailure(.copy, .idle)
      case .closed: break
      }
    }
    if source?.descriptor.isClosing == true { return CopyFailure(.source, .closed) }
    if sink?.descriptor.isClosing == true { return CopyFailure(.sink, .closed) }
    return parker.interrupt == .closed ? closedTee() : nil
  }

  func armTimer() {
    if let due = nextDue(after: max(started, lastProgress)) { reactor.setTimer(timer, to: due) }
  }

  private func nextDue(after progress: Int64) -> Int64? {
    let due = min(deadline, idleLimit == .max ? .max : progress + idleLimit)
    return due == .max ? nil : due
  }

  func noteDelivered(_ moved: Int) {
    lastProgress = reactor.now
    spend(moved)
    countDeliveredIfMuch()
    tellMonitor()
    guard !observers.isEmpty else { return }
    let elapsed = Duration.nanoseconds(Linux.now - started)
    for observer in observers where ledger.delivered > observer.skip {
      observer.call(
        CopyProgress(delivered: ledger.delivered - observer.skip, route: ledger.lastRoute, elapsed: elapsed))
    }
  }
}

extension Transfer: TimerTarget {
  /// Timers are set once and look at what happened since, so that no byte costs a change of the timer.
  func timerFired(at now: Int64) -> Int64? {
    if now >= deadline {
      parker.interrupt(by: .deadline)
      return nil
    }
    // Of an exchange, bytes either way are progress.
    guard let due = nextDue(after: max(lastProgress, otherDirection?.lastProgress ?? 0)) else { return nil }
    if due > now { return due }
    parker.interrupt(by: .idle)
    return nil
  }
}
