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
      case .tooSlow: return CopyFailure(.copy, .tooSlow)
      case .closed: break
      }
    }
    if source?.descriptor.isClosing == true { return CopyFailure(.source, .closed) }
    if sink?.descriptor.isClosing == true { return CopyFailure(.sink, .closed) }
    return parker.interrupt == .closed ? closedTee() : nil
  }

  func armTimer() {
    let paced = min(
      peers?.sourcePace?.nextLook(at: started) ?? .max, peers?.sinkPace?.nextLook(at: started) ?? .max)
    let due = min(deadline, idleDue(after: max(started, lastProgress)), paced)
    if due != .max { reactor.setTimer(timer, to: due) }
  }

  private func idleDue(after progress: Int64) -> Int64 {
    let (due, isTooFar) = progress.addingReportingOverflow(idleLimit)
    return isTooFar ? .max : due
  }

  func noteDelivered(_ moved: Int) {
    lastProgress = reactor.now
    if let peers {
      peers.sourcePace?.note(moved)
      peers.sinkPace?.note(moved)
    }
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
    let queued = waiting == .sink ? queuedInSink : nil
    noteTaken(queued, at: now)
    // Of an exchange, bytes either way are progress.
    var due = idleDue(after: max(lastProgress, otherDirection?.lastProgress ?? 0))
    // Two looks tell whether the peer takes any of what is queued: before that there is no verdict.
    if let look = peers?.look, queued != nil {
      due = due > now ? min(due, now + quarter) : max(due, look.first + quarter)
    }
    if due <= now {
      parker.interrupt(by: .idle)
      return nil
    }
    guard let paced = nextLook(at: now) else {
      parker.interrupt(by: .tooSlow)
      return nil
    }
    due = min(due, deadline, paced)
    return due == .max ? nil : due
  }

  /// When the paces are to be judged again; nil where one is not kept.
  private func nextLook(at now: Int64) -> Int64? {
    guard let peers, peers.sourcePace != nil || peers.sinkPace != nil else { return .max }
    // A thread of the pool has the ends.
    if isOffloaded { return now + Self.laterLook }
    var next = Int64.max
    if let sourcePace = peers.sourcePace {
      guard case .enough(let until) = sourcePace.judge(at: now) else { return nil }
      next = until
    }
    if let sinkPace = peers.sinkPace {
      guard case .enough(let until) = sinkPace.judge(at: now, queued: queuedInSink ?? 0) else { return nil }
      next = min(next, until)
    }
    return next
  }

  private var quarter: Int64 { max(1, idleLimit / 4) }

  /// Nanoseconds.
  private static let laterLook: Int64 = 1_000_000_000

  /// A socket has room again only when a third of its queue is gone, which of a large queue and a slow peer takes longer than any
  /// idle time: what the peer has taken of it is progress, too.
  private var queuedInSink: Int? {
    guard let sink, sink.kind.isStreamSocket else { return nil }
    return try? Linux.queuedBytes(in: sink.number)
  }

  private func noteTaken(_ queued: Int?, at now: Int64) {
    guard let queued, idleLimit != .max else {
      peers?.look = nil
      return
    }
    let watch = peers ?? PeerWatch(nil, nil)
    peers = watch
    guard var look = watch.look, look.at >= lastProgress else {
      watch.look = PeerWatch.Look(queued: queued, at: now, first: now)
      return
    }
    guard now - look.at >= quarter else { return }
    if queued < look.queued { lastProgress = now }
    (look.queued, look.at) = (queued, now)
    watch.look = look
  }
}
