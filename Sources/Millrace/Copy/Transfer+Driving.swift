import LinuxCalls
import Reactors
import SystemPackage

/// Why a copy suspends.
enum Suspension {
  /// Not at all: it has come to its end.
  case done
  /// Until the parker is woken.
  case parked
  /// Until the blocking pool has done the bite.
  case offloaded
  /// Until everything else that is ready has run.
  case turn
  /// For bytes from someone else's reader.
  case reader
  /// For someone else's writer to take bytes.
  case writer
  /// For someone else's writer to hear of the end.
  case writerEnd
}

// The loop of a copy, and the synchronous work between two suspensions. All state is in the transfer and all work in
// functions that do not suspend, so that the frame of a copy that waits is a few words.
extension Transfer {
  /// Bytes one copy may move before others on its reactor have a turn. Measured: 1 MiB takes 80 µs by sendfile and 200 µs
  /// by splice. With 256 KiB the same bytes cost a third more CPU, because each call wakes the peer anew. With 1 MiB and
  /// sixteen connections the relay is sometimes twice as dear as with 2 MiB: a peer that finds its queue empty between
  /// two turns sleeps, and waking it costs more than the bytes. 4 and 16 MiB bring nothing more.
  static let longTurn = 2 << 20
  /// The turn of a bulk copy beside small messages, which have to wait for it: no longer than that of a buffer. Measured
  /// with a 1 KiB echo beside two spliced flows: its p99 is 2.7 times that without them, 5 times with 128 KiB and 9 times
  /// with 256 KiB, while the flows get 1.0, 1.3 and 1.5 GiB/s.
  static let shortTurn = 64 * 1024

  private var offloadedBytesNow: Int {
    reactor.hasSmallWork && source?.kind == .regular ? Self.shortOffloadedBytes : Self.offloadedBytes
  }

  var turnBytes: Int { reactor.hasSmallWork ? Self.shortTurn : Self.longTurn }

  /// Bytes a bite in the blocking pool may move; beside small messages fewer, for the thread that takes it wants a CPU, too.
  static let offloadedBytes = 1 << 20
  static let shortOffloadedBytes = 128 * 1024
  /// copy_file_range in one call. On a slow disk that is a fraction of a second, in which no cancellation is seen.
  static let fileRangeBytes = 16 << 20

  /// Runs the copy to its end; on the reactor.
  func drive() async {
    while true {
      switch advance() {
      case .done: return
      #if DEBUG
        case .parked: await parker.park()
        case .offloaded: await parker.parkShielded()
      #else
        // What those two do, without their frames: this is where idle connections are.
        case .parked:
          if parker.interrupt == nil {
            _ = unsafe await withUnsafeContinuation { unsafe parker.hold($0, isShielded: false) }
          }
        case .offloaded: _ = unsafe await withUnsafeContinuation { unsafe parker.hold($0, isShielded: true) }
      #endif
      case .turn: await reactor.yield()
      case .reader:
        reactor.beginForeignCall()
        await askReader()
        reactor.endForeignCall()
      case .writer:
        reactor.beginForeignCall()
        await askWriter()
        reactor.endForeignCall()
      case .writerEnd:
        reactor.beginForeignCall()
        await tellWriter()
        reactor.endForeignCall()
      }
    }
  }

  /// Works until something has to be waited for, and keeps account of the stretch.
  @inline(never)
  func advance() -> Suspension {
    assert(reactor.isCurrent, "a copy goes on on its reactor's thread")
    let calls = SystemCallCounts.ofThisThread
    let start = measuresCPU ? Linux.now : 0
    let suspension = workOrFail()
    ledger.calls.add(from: calls, to: .ofThisThread)
    if measuresCPU { ledger.busy += Linux.now - start }
    // The last touch: from here on a thread of the pool has it.
    if case .offloaded = suspension, let offloaded {
      reactor.blockingPool.submit(
        offloaded, waitingFor: offloaded.awaited, mayQueue: offloaded.awaited == .disk)
    }
    return suspension
  }

  private func workOrFail() -> Suspension {
    do throws(CopyFailure) {
      return try work()
    } catch {
      failure = error
      reactor.cancelTimer(timer)
      stopWaiting()
      return .done
    }
  }

  private func work() throws(CopyFailure) -> Suspension {
    if let suspension = try resume() { return suspension }
    while true {
      if let failure { throw failure }
      // Before any interruption: passing the end on may have closed the sink itself.
      if stage == .ended {
        reactor.cancelTimer(timer)
        return .done
      }
      if let cause = interruption() {
        guard hasOnlyTailLeft else { throw cause }
        letTailGo()
        continue
      }
      let suspension: Suspension?
      switch stage {
      case .beginning: suspension = reactor.hasHadItsShare() ? endTurn() : try begin()
      case .moving(let index): suspension = try move(by: methods[index], index)
      case .flushing: suspension = try move(by: .flush, nil)
      case .passingEnd: suspension = try passEnd()
      case .ended: suspension = .done
      }
      if let suspension { return suspension }
    }
  }

  private func begin() throws(CopyFailure) -> Suspension? {
    if Task.isCancelled { throw CopyFailure(.copy, .cancelled) }
    if started >= deadline { throw CopyFailure(.copy, .deadline) }
    try open()
    armTimer()
    methods = try plan()
    stage = .moving(0)
    prime(for: methods[0])
    return nil
  }

  // MARK: - Turns

  /// One bite of `method`, or of what goes before it; where it leads.
  private func move(by method: Method, _ index: Int?) throws(CopyFailure) -> Suspension? {
    // With nothing left of its turn a bite would ask for nothing, and take the answer for the end.
    if turnLeft == 0 { return endTurn() }
    if let suspension = try keepTeesInBounds(method) { return suspension }
    if pending.isEmpty, method == .deliver {
      guard reader != nil, !sourceEnded, remaining > 0 else { return try methodEnded() }
      return .reader
    }
    // What is in memory goes before anything the source still has.
    let active = pending.isEmpty ? method : .deliver
    let place = place(of: active)
    var wanted: Int
    switch place {
    case .afterFetching: return fetch()
    case .pool: wanted = active == .copyFileRange ? Self.fileRangeBytes : offloadedBytesNow
    case .reactor(let known): wanted = pending.isEmpty ? min(turnLeft, known) : turnLeft
    }
    wanted = min(wanted, pending.isEmpty ? max(1, remaining) : pending.count)
    var allowance = wanted
    if !throttles.isEmpty, active != .flush {
      // What is held was let through when it was taken; nothing is added to it.
      let holds = pump.held > 0 || heldInBuffer > 0
      allowance = holds ? 0 : throttleAllowance(wanted)
      if allowance == 0, !holds { return waitForThrottle(wanted) }
    }
    if active == .deliver, writer != nil {
      writerAllowance = allowance
      return .writer
    }
    if place == .pool { return try offload(active, allowance) }
    lease(for: active)
    let before = ledger.delivered
    let step = bite(active, allowance)
    let moved = ledger.delivered - before
    if moved > 0 {
      noteDelivered(moved)
      turnLeft -= min(moved, turnLeft)
    }
    return try follow(step, moved, wasOffloaded: false)
  }

  /// What a bite's outcome means.
  func follow(_ step: Step, _ moved: Int, wasOffloaded: Bool) throws(CopyFailure) -> Suspension? {
    switch step {
    case .progressed:
      // Nothing moved and nobody is to be waited for: the ends changed between two questions. Not for ever.
      fruitless = moved > 0 ? 0 : fruitless + 1
      return turnLeft == 0 || fruitless > 9 ? endTurn() : nil
    case .awaitSource: return try waitForSource(wasOffloaded)
    case .awaitSink: return try waitForSink(wasOffloaded)
    case .awaitTee(let index): return try waitForTee(index)
    case .ended: return isDrained ? try methodEnded() : nil
    case .refused(let refusal):
      salvagePipe()
      try giveUpMethod(refusal)
      return nil
    case .failed(let side, let call, let errno): throw CopyFailure(side, .call(call.name, errno))
    case .teeFailed(let call, let errno): throw CopyFailure(.sink, .secondSink(call.name, errno))
    }
  }

  func endTurn() -> Suspension {
    ledger.waits.turn &+= 1
    turnLeft = turnBytes
    fruitless = 0
    return .turn
  }

  /// One bite, without waiting.
  func bite(_ method: Method, _ allowance: Int) -> Step {
    let step = biteWouldWait(method) ? .awaitSource : biteByRoute(method, allowance)
    guard !tees.isEmpty else { return step }
    if let failed = flushTees() { return failed }
    // What it was to wait for has come with the flush.
    if case .awaitTee(let index) = step, !tees[index].isBlocked { return .progressed }
    return step
  }

  /// The only place where the routes begin.
  private func biteByRoute(_ method: Method, _ allowance: Int) -> Step {
    switch method {
    case .sendfile: biteSendfile(allowance)
    case .copyFileRange: biteCopyFileRange(allowance)
    case .splice: biteSplice(allowance)
    case .pipedSplice: bitePipedSplice(allowance)
    case .adaptive: hasPipe ? biteAdaptiveSplice(allowance) : biteBuffered(allowance)
    case .buffered: biteBuffered(allowance)
    case .deliver: biteDeliver(allowance)
    case .refill: biteRefill(allowance)
    case .flush: biteFlush()
    }
  }

  // MARK: - From one method to the next

  private func methodEnded() throws(CopyFailure) -> Suspension? {
    switch stage {
    case .moving:
      if let sourceIsBroken, sourceEnded, !hitLimit {
        throw CopyFailure(.source, .call(SystemCall.recv.name, sourceIsBroken))
      }
      if owed > 0 { throw CopyFailure(.source, .truncated(owed: owed)) }
      if !tees.isEmpty { try passEndBeforeTees() }
      stage = tees.isEmpty ? .passingEnd : .flushing
    case .flushing: stage = .passingEnd
    default: break
    }
    return nil
  }

  private func giveUpMethod(_ refusal: Refusal) throws(CopyFailure) {
    guard case .moving(let index) = stage else { return }
    let route = methods[index].route ?? .buffered
    if refusal.isLasting { reactor.refusals[refusalKey(route)] = refusal.reason }
    if index == methods.count - 1 || routes == .only(route) {
      throw CopyFailure(.copy, .routeUnavailable(route, reason: refusal.reason))
    }
    ledger.decline(route, refusal.reason)
    stage = .moving(index + 1)
    prime(for: methods[index + 1])
  }
}
