import LinuxCalls
import Reactors

// Bites that may wait for a disk or a terminal are done by a thread of the blocking pool, while the task is parked.
extension Transfer {
  /// Where the next bite is taken.
  enum Place: Equatable {
    /// On the reactor, and no more than so many bytes: those that wait for nobody.
    case reactor(upTo: Int)
    /// On the reactor as well, when the pool has brought the file's next pages into memory.
    case afterFetching
    /// In the pool, for it may block whatever is done.
    case pool
  }

  func place(of method: Method) -> Place {
    if !tees.isEmpty, tees.contains(where: \.belongsInPool) { return .pool }
    if isBetweenSockets { return .reactor(upTo: .max) }
    if let sink, method != .flush, sink.kind == .regular || sink.mayBlock { return .pool }
    guard let source, method != .deliver, method != .flush else { return .reactor(upTo: .max) }
    if source.mayBlock { return .pool }
    // With nothing left to read, only what is held goes on.
    guard source.kind == .regular, let offset = source.offset, remaining > 0, !sourceEnded else {
      return .reactor(upTo: .max)
    }
    return place(ofReading: source, at: offset)
  }

  /// Of a file no more than is known to be in memory.
  private func place(ofReading file: KernelEnd, at offset: Int64) -> Place {
    var size = file.facts.size
    // A size of 0 is that of an empty file, or none at all, as in /proc.
    if offset >= size, size > 0 {
      source?.askSizeAgain()
      size = source?.facts.size ?? 0
    }
    switch residency(of: file, at: offset, upTo: min(turnLeft, remaining), fileSize: size) {
    case .bytes(let known): return .reactor(upTo: known)
    // What was taken goes on first: who waits for it is not to wait for the disk.
    case .cold where heldInBuffer > 0 || pump.held > 0: return .reactor(upTo: 0)
    case .cold where offloaded?.fetches != false: return .afterFetching
    case .cold, .unknown: return .pool
    }
  }

  private func residency(
    of file: KernelEnd, at offset: Int64, upTo length: Int, fileSize: Int64
  ) -> ResidentRanges.Residency {
    reactor.resident.residency(
      file.number, ResidentRanges.File(device: file.facts.device, inode: file.facts.inode), at: offset, upTo: length,
      fileSize: fileSize, now: reactor.now)
  }

  /// Has the pool bring the next pages of the source into memory.
  func fetch() -> Suspension {
    guard let source, let offset = source.offset else { return endTurn() }
    let work = offloadedWork()
    let left = min(remaining, Int(clamping: source.facts.size - offset))
    work.beginFetching(from: source.number, at: offset, most: left)
    work.awaited = .disk
    return leaveToPool()
  }

  private func offloadedWork() -> OffloadedBite {
    let work = offloaded ?? OffloadedBite(self)
    offloaded = work
    return work
  }

  private func leaveToPool() -> Suspension {
    isOffloaded = true
    waiting = .pool
    ledger.waits.blockingPool &+= 1
    reactor.beginBlockingCall()
    return .offloaded
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
    let work = offloadedWork()
    work.beginBite(method, allowance, deliveredBefore: ledger.delivered)
    work.awaited = mayWaitForPeer(method) ? .peer : .disk
    return leaveToPool()
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
    switch work.job {
    case .bite(_, _, let deliveredBefore):
      if work.step != .awaitSource { source?.readiness?.mayRead = true }
      if work.step != .awaitSink { sink?.readiness?.mayWrite = true }
      for branch in tees where !branch.isBlocked { branch.end?.readiness?.mayWrite = true }
      let moved = ledger.delivered - deliveredBefore
      if moved > 0 { noteDelivered(moved) }
      return try follow(work.step, moved, wasOffloaded: true)
    case .fetch(_, let offset, _):
      // Pages that are not kept are brought in for nothing: then it is the pool that reads.
      let isThere = source.map { source in
        residency(of: source, at: offset, upTo: max(1, work.gained), fileSize: source.facts.size) != .cold
      }
      work.fetches = work.gained > 0 && isThere == true
      return nil
    }
  }
}

/// What the blocking pool does for a copy, with what it cost there. One for each copy that needs it, used again for every
/// bite.
final class OffloadedBite: BlockingWork, @unchecked Sendable {
  enum Job {
    case bite(Transfer.Method, allowance: Int, deliveredBefore: Int)
    case fetch(Int32, Int64, Int)
  }

  private unowned let transfer: Transfer
  private(set) var job = Job.bite(.buffered, allowance: 0, deliveredBefore: 0)
  var awaited = BlockingPool.Awaited.disk
  private(set) var step = Transfer.Step.progressed
  private(set) var calls = SystemCallCounts()
  private(set) var cpu: Int64 = 0
  private(set) var usage = ThreadUsage(user: 0, system: 0)

  /// Whether it may help that pages are brought in before a reactor reads.
  var fetches = true
  /// Bytes that the last fetch has brought in.
  private(set) var gained = 0
  private var fetchSize = OffloadedBite.firstFetch

  /// Small, for somebody waits for the first byte, and twice as much each time: the disk does nothing while what it gave is
  /// sent.
  private static let firstFetch = 128 << 10
  private static let largestFetch = 1 << 20

  init(_ transfer: Transfer) { self.transfer = transfer }

  func beginBite(_ method: Transfer.Method, _ allowance: Int, deliveredBefore: Int) {
    job = .bite(method, allowance: allowance, deliveredBefore: deliveredBefore)
  }

  func beginFetching(from file: Int32, at offset: Int64, most: Int) {
    job = .fetch(file, offset, min(fetchSize, most))
    fetchSize = min(Self.largestFetch, 2 * fetchSize)
  }

  func performBlocking() {
    let callsBefore = SystemCallCounts.ofThisThread
    let measuresCPU = transfer.measuresCPU
    let cpuBefore = measuresCPU ? Linux.threadCPU : 0
    let usageBefore = measuresCPU ? ThreadUsage.ofThisThread : usage
    switch job {
    case .bite(let method, let allowance, _): step = transfer.bite(method, allowance)
    case .fetch(let file, let offset, let length):
      gained = transfer.reactor.blockingPool.fetch(file, at: offset, length: length)
    }
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
