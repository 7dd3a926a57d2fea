import LinuxCalls
import Reactors

// Bites that may wait for a disk or a terminal are done by a thread of the blocking pool, while the task is parked.
extension Transfer {
  /// Whether the next bite may block whatever is done.
  func belongsInPool(_ method: Method) -> Bool {
    if !tees.isEmpty, tees.contains(where: \.belongsInPool) { return true }
    if isBetweenSockets { return false }
    if let sink, method != .flush, sink.kind == .regular || sink.mayBlock { return true }
    guard let source, method != .deliver, method != .flush else { return false }
    if source.mayBlock { return true }
    // With nothing left to read, only what is held goes on.
    guard source.kind == .regular, let offset = source.offset, remaining > 0, !sourceEnded else { return false }
    // A size of 0 is that of an empty file, or none at all, as in /proc.
    if offset >= source.facts.size, source.facts.size > 0 { self.source?.askSizeAgain() }
    let size = self.source?.facts.size ?? 0
    let ahead = min(Self.longTurn, remaining)
    let file = ResidentRanges.File(device: source.facts.device, inode: source.facts.inode)
    return !reactor.resident.holds(
      source.number, file, at: offset, length: ahead, fileSize: size, now: reactor.now)
  }

  /// How much of a file may be read on the reactor: what it is known to have, for the pages of that alone were asked for.
  /// At its end, or behind the size of one that names none, whatever comes.
  var knownAhead: Int {
    if isBetweenSockets { return .max }
    guard let source, source.kind == .regular, let offset = source.offset, source.facts.size > offset else {
      return .max
    }
    return Int(clamping: source.facts.size - offset)
  }

  func offload(_ method: Method, _ allowance: Int) throws(CopyFailure) -> Suspension {
    if let source, source.mayBlock, method != .deliver, method != .flush, heldInBuffer == 0, remaining > 0,
      !sourceEnded,
      let first = waitBeforeBlockingRead()
    {
      return first
    }
    mayReadBlocking = false
    lease(for: method)
    // Cleared before, not after: an edge that comes while the pool is at it must not be forgotten.
    source?.readiness?.mayRead = false
    sink?.readiness?.mayWrite = false
    for branch in tees { branch.end?.readiness?.mayWrite = false }
    let work = offloaded ?? OffloadedBite(self)
    offloaded = work
    work.method = method
    work.allowance = allowance
    work.awaited = mayWaitForPeer(method) ? .peer : .disk
    work.deliveredBefore = ledger.delivered
    isOffloaded = true
    waiting = .pool
    ledger.waits.blockingPool &+= 1
    reactor.beginBlockingCall()
    return .offloaded
  }

  /// Whether a bite may wait for another process, whatever poll(2) said before: someone else may write to the same
  /// terminal. It must not take the threads that disks need.
  private func mayWaitForPeer(_ method: Method) -> Bool {
    if tees.contains(where: { $0.end?.mayWaitForPeer == true }) { return true }
    guard method != .flush else { return false }
    return sink?.mayWaitForPeer == true || (method != .deliver && source?.mayMakeReaderWait == true)
  }

  /// In the pool, before a read: whether there is nothing yet, so that the read would wait, and nothing could end that.
  var readWouldWait: Bool {
    guard isOffloaded, let source, source.mayMakeReaderWait else { return false }
    return !source.hasBytes
  }

  /// The same before a bite that begins with a read. Streams were asked on the reactor.
  func biteWouldWait(_ method: Method) -> Bool {
    guard source?.kind == .regular, method != .deliver, method != .flush, remaining > 0, !sourceEnded,
      heldInBuffer == 0, pump.held == 0
    else { return false }
    return readWouldWait
  }

  func takeBackFromPool() throws(CopyFailure) -> Suspension? {
    guard let work = offloaded else { return nil }
    reactor.endBlockingCall()
    reactor.countBlockingCalls(work.calls)
    isOffloaded = false
    ledger.calls += work.calls
    ledger.cpu += work.cpu
    ledger.proportion.add(work.usage)
    if work.step != .awaitSource { source?.readiness?.mayRead = true }
    if work.step != .awaitSink { sink?.readiness?.mayWrite = true }
    for branch in tees where !branch.isBlocked { branch.end?.readiness?.mayWrite = true }
    let moved = ledger.delivered - work.deliveredBefore
    if moved > 0 { noteDelivered(moved) }
    return try follow(work.step, moved, wasOffloaded: true)
  }
}

/// A bite in the blocking pool, with what it cost there. One for each copy that needs it, used again for every bite.
final class OffloadedBite: BlockingWork, @unchecked Sendable {
  private unowned let transfer: Transfer
  var method = Transfer.Method.buffered
  var allowance = 0
  var awaited = BlockingPool.Awaited.disk
  var deliveredBefore = 0
  private(set) var step = Transfer.Step.progressed
  private(set) var calls = SystemCallCounts()
  private(set) var cpu: Int64 = 0
  private(set) var usage = ThreadUsage(user: 0, system: 0)

  init(_ transfer: Transfer) { self.transfer = transfer }

  func performBlocking() {
    let callsBefore = SystemCallCounts.ofThisThread
    let measuresCPU = transfer.measuresCPU
    let cpuBefore = measuresCPU ? Linux.threadCPU : 0
    let usageBefore = measuresCPU ? ThreadUsage.ofThisThread : usage
    let outcome = transfer.bite(method, allowance)
    step = outcome
    calls = SystemCallCounts()
    calls.add(from: callsBefore, to: .ofThisThread)
    if measuresCPU {
      cpu = Linux.threadCPU - cpuBefore
      usage = ThreadUsage(user: 0, system: 0)
      usage.add(from: usageBefore, to: .ofThisThread)
    }
    // The last touch: from here on the reactor's thread may go on.
    transfer.parker.ticket.finished()
  }
}
