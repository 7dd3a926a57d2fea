import LinuxCalls
import Reactors
import SystemPackage

extension Transfer {
  /// Bytes one copy may move before others on its reactor have a turn, and the most one call is asked for. Measured:
  /// 1 MiB takes 80 µs by sendfile and 200 µs by splice, which a small request beside it can bear; with 256 KiB the
  /// same bytes cost a third more CPU, because each call wakes the peer anew, and with 4 MiB no less.
  static let turnBytes = 1 << 20
  /// Bytes a bite in the blocking pool may move.
  static let offloadedBytes = 1 << 20
  /// copy_file_range in one call. On a slow disk that is a fraction of a second, in which no cancellation is seen.
  static let fileRangeBytes = 16 << 20

  /// How a method ended.
  enum Verdict {
    case done
    case refused(Refusal)
  }

  /// Runs the copy to its end; on the reactor.
  func run() async throws(CopyFailure) {
    turn.begin(on: reactor, measuresCPU: options.measuresCPU)
    defer { turn.end(on: reactor, into: &ledger, measuresCPU: options.measuresCPU) }
    if Task.isCancelled { throw CopyFailure(.copy, .cancelled) }
    if let deadline, started >= deadline { throw CopyFailure(.copy, .deadline) }
    try open()
    armTimer()
    defer { reactor.cancelTimer(timer) }
    try openTees()
    let methods = try plan()
    for (index, method) in methods.enumerated() {
      switch try await drive(method) {
      case .done:
        try await finish()
        return
      case .refused(let refusal): try note(refusal, of: method, isLast: index == methods.count - 1)
      }
    }
    try await finish()
  }

  private func note(_ refusal: Refusal, of method: Method, isLast: Bool) throws(CopyFailure) {
    let route = method.route ?? .buffered
    if refusal.isLasting { reactor.refusals[refusalKey(route)] = refusal.reason }
    if isLast || isOnly(route) {
      throw CopyFailure(.copy, .routeUnavailable(route, reason: refusal.reason))
    }
    ledger.decline(route, refusal.reason)
  }

  private func isOnly(_ route: Route) -> Bool { options.routes == .only(route) }

  // MARK: - Turns

  func drive(_ method: Method) async throws(CopyFailure) -> Verdict {
    var turnLeft = Self.turnBytes
    var fruitless = 0
    prime(for: method)
    while true {
      if let cause = interruption() { throw cause }
      if pending.isEmpty, method == .deliver {
        guard let reader, !sourceEnded, remaining > 0 else { return .done }
        try await refill(from: reader)
        turnLeft -= min(pending.count, turnLeft)
        if turnLeft == 0 {
          await yieldTurn()
          turnLeft = Self.turnBytes
        }
        continue
      }
      // What is in memory goes before anything the source still has.
      let active = pending.isEmpty ? method : .deliver
      let isOffloaded = belongsInPool(active)
      let most = isOffloaded ? (active == .copyFileRange ? Self.fileRangeBytes : Self.offloadedBytes) : turnLeft
      let wanted = min(most, pending.isEmpty ? max(1, remaining) : pending.count)
      var allowance = wanted
      if !buckets.isEmpty, active != .flush {
        // What is held was let through when it was taken; nothing is added to it.
        let holds = pump.held > 0 || heldInBuffer > 0
        allowance = holds ? 0 : throttleAllowance(wanted)
        if allowance == 0, !holds {
          try await waitForThrottle(wanted)
          continue
        }
      }
      if active == .deliver, let writer {
        try await write(to: writer, upTo: allowance)
        if method != .deliver, pending.isEmpty { await yieldTurn() }
        continue
      }
      let before = ledger.delivered
      let step = isOffloaded ? try await offload(active, allowance) : takeBite(active, allowance)
      let moved = ledger.delivered - before
      if moved > 0 {
        noteDelivered(moved)
        if !isOffloaded { turnLeft -= min(moved, turnLeft) }
      }
      switch step {
      case .progressed:
        // Nothing moved and nobody is to be waited for: the ends changed between two questions. Not for ever.
        fruitless = moved > 0 || isOffloaded ? 0 : fruitless + 1
        if fruitless >= 8 { turnLeft = 0 }
      case .awaitSource:
        try await waitForSource(wasOffloaded: isOffloaded)
        turnLeft = Self.turnBytes
      case .awaitSink:
        try await waitForSink(wasOffloaded: isOffloaded)
        turnLeft = Self.turnBytes
      case .awaitTee(let index):
        try await waitForTee(index)
        turnLeft = Self.turnBytes
      case .ended:
        if isDrained { return .done }
      case .refused(let refusal):
        salvagePipe()
        return .refused(refusal)
      case .failed(let side, let call, let errno):
        throw CopyFailure(side, .call(call.name, errno))
      case .teeFailed(let call, let errno):
        throw CopyFailure(.sink, .secondSink(call.name, errno))
      }
      if turnLeft == 0 {
        await yieldTurn()
        turnLeft = Self.turnBytes
      }
    }
  }

  private func takeBite(_ method: Method, _ allowance: Int) -> Step {
    lease(for: method)
    return bite(method, allowance)
  }

  /// One bite, without waiting.
  func bite(_ method: Method, _ allowance: Int) -> Step {
    let step = biteByRoute(method, allowance)
    return tees.isEmpty ? step : flushTees() ?? step
  }

  /// The only place where the routes begin.
  private func biteByRoute(_ method: Method, _ allowance: Int) -> Step {
    switch method {
    case .sendfile: biteSendfile(allowance)
    case .copyFileRange: biteCopyFileRange(allowance)
    case .splice: biteSplice(allowance)
    case .pipedSplice: bitePipedSplice(allowance)
    case .adaptive: pipe != nil ? biteAdaptiveSplice(allowance) : biteBuffered(allowance)
    case .buffered: biteBuffered(allowance)
    case .deliver: biteDeliver(allowance)
    case .refill: biteRefill(allowance)
    case .flush: biteFlush()
    }
  }

  // MARK: - The blocking pool

  /// Whether the next bite may wait for a disk or a terminal.
  private func belongsInPool(_ method: Method) -> Bool {
    if tees.contains(where: \.belongsInPool) { return true }
    if let sink, method != .flush, sink.kind == .regular || sink.mayBlock { return true }
    guard let source, method != .deliver, method != .flush else { return false }
    if source.mayBlock { return true }
    guard source.kind == .regular, let offset = source.offset else { return false }
    let ahead = min(Self.turnBytes, remaining)
    return !residency.holds(source.number, at: offset, length: ahead, fileSize: source.facts.size)
  }

  private func offload(_ method: Method, _ allowance: Int) async throws(CopyFailure) -> Step {
    if let source, source.mayBlock, method != .deliver { try await waitBeforeBlockingRead() }
    lease(for: method)
    // Cleared before, not after: an edge that comes while the pool is at it must not be forgotten.
    source?.readiness?.mayRead = false
    sink?.readiness?.mayWrite = false
    work = (method, allowance)
    isOffloaded = true
    ledger.waits.blockingPool += 1
    turn.end(on: reactor, into: &ledger, measuresCPU: options.measuresCPU)
    reactor.beginBlockingCall()
    reactor.blockingPool.submit(self)
    await parker.parkShielded()
    reactor.endBlockingCall()
    reactor.countBlockingCalls(workCalls)
    turn.begin(on: reactor, measuresCPU: options.measuresCPU)
    isOffloaded = false
    if workStep != .awaitSource { source?.readiness?.mayRead = true }
    if workStep != .awaitSink { sink?.readiness?.mayWrite = true }
    return workStep
  }

  // MARK: - Waiting

  private func waitForSource(wasOffloaded: Bool) async throws(CopyFailure) {
    gauge.paused()
    giveBackLeases()
    guard let source, let readiness = source.readiness else { return }
    if !wasOffloaded { readiness.noteWouldBlock(.reading) }
    ledger.waits.source += 1
    try await wait(readiness, .reading, .source)
    pump.becameReadable()
  }

  private func waitForSink(wasOffloaded: Bool) async throws(CopyFailure) {
    guard let sink, let readiness = sink.readiness else { return }
    if !wasOffloaded { readiness.noteWouldBlock(.writing) }
    ledger.waits.sink += 1
    try await wait(readiness, .writing, .sink)
    pump.becameWritable()
  }

  func wait(
    _ readiness: Readiness, _ direction: Readiness.Direction, _ side: CopyError.Side
  ) async throws(CopyFailure) {
    turn.end(on: reactor, into: &ledger, measuresCPU: options.measuresCPU)
    defer { turn.begin(on: reactor, measuresCPU: options.measuresCPU) }
    for branch in tees where branch.isWaiting { branch.end?.readiness?.alsoWakeWhenWritable(parker) }
    defer { for branch in tees { branch.end?.readiness?.dismiss(parker) } }
    let wake: Wake
    do throws(Errno) { wake = try await readiness.wait(for: direction, with: parker) } catch {
      throw CopyFailure(side, .call("epoll_ctl", error))
    }
    if case .interrupted = wake, let cause = interruption() { throw cause }
  }

  /// A terminal is waited for before it is read, so that the wait can be interrupted; one thread of the pool is then
  /// kept for the length of a read alone.
  private func waitBeforeBlockingRead() async throws(CopyFailure) {
    guard let readiness = source?.readiness, let number = source?.number, source?.cannotWait == false else { return }
    readiness.noteWouldBlock(.reading)
    // Edges tell of new bytes alone: some may be there already.
    if (try? Linux.wait(for: number, .readable, milliseconds: 0)) == true { return }
    ledger.waits.source += 1
    turn.end(on: reactor, into: &ledger, measuresCPU: options.measuresCPU)
    defer { turn.begin(on: reactor, measuresCPU: options.measuresCPU) }
    do throws(Errno) {
      _ = try await readiness.wait(for: .reading, with: parker)
    } catch {
      source?.cannotWait = true
    }
    if let cause = interruption() { throw cause }
  }

  private func waitForThrottle(_ wanted: Int) async throws(CopyFailure) {
    ledger.waits.throttle += 1
    giveBackLeases()
    let entry = TimerEntry(parker)
    let until = throttledUntil(wanted)
    // A rate slower than the idle timeout is not idleness.
    lastProgress = until
    reactor.setTimer(entry, to: until)
    turn.end(on: reactor, into: &ledger, measuresCPU: options.measuresCPU)
    _ = await parker.park()
    turn.begin(on: reactor, measuresCPU: options.measuresCPU)
    reactor.cancelTimer(entry)
  }

  private func yieldTurn() async {
    ledger.waits.turn += 1
    turn.end(on: reactor, into: &ledger, measuresCPU: options.measuresCPU)
    await reactor.yield()
    turn.begin(on: reactor, measuresCPU: options.measuresCPU)
  }

  // MARK: - Time and interruption

  func interruption() -> CopyFailure? {
    if let interrupt = parker.interrupt {
      switch interrupt {
      case .cancelled: return CopyFailure(.copy, .cancelled)
      case .deadline: return CopyFailure(.copy, .deadline)
      case .idle: return CopyFailure(.copy, .idle)
      case .closed: break
      }
    }
    if source?.descriptor.isClosing == true { return CopyFailure(.source, .closed) }
    if sink?.descriptor.isClosing == true { return CopyFailure(.sink, .closed) }
    return parker.interrupt == .closed ? closedTee() : nil
  }

  private func armTimer() {
    if let due = nextDue(after: started) { reactor.setTimer(timer, to: due) }
  }

  private func nextDue(after progress: Int64) -> Int64? {
    let idle = options.idleTimeout.map { progress + $0.nanoseconds }
    guard let deadline else { return idle }
    return min(deadline, idle ?? deadline)
  }

  func noteDelivered(_ moved: Int) {
    lastProgress = reactor.now
    spend(moved)
    guard !modifiers.observers.isEmpty else { return }
    let elapsed = Duration.nanoseconds(Linux.now - started)
    for observer in modifiers.observers where ledger.delivered > observer.skip {
      observer.call(
        CopyProgress(delivered: ledger.delivered - observer.skip, route: ledger.lastRoute, elapsed: elapsed))
    }
  }
}

extension Transfer: TimerTarget {
  /// Timers are set once and look at what happened since, so that no byte costs a change of the timer.
  func timerFired(at now: Int64) -> Int64? {
    if let deadline, now >= deadline {
      parker.interrupt(by: .deadline)
      return nil
    }
    guard let due = nextDue(after: lastProgress) else { return nil }
    if due > now { return due }
    parker.interrupt(by: .idle)
    return nil
  }
}

extension Transfer: BlockingWork {
  func performBlocking() {
    var meter = TurnMeter()
    let before = SystemCallCounts.ofThisThread
    let usage = ThreadUsage.ofThisThread
    meter.begin(measuresCPU: options.measuresCPU)
    workStep = bite(work.method, work.allowance)
    meter.end(into: &ledger, measuresCPU: options.measuresCPU)
    ledger.proportion.add(from: usage, to: .ofThisThread)
    workCalls = SystemCallCounts()
    workCalls.add(from: before, to: .ofThisThread)
    parker.ticket.finished()
  }
}
