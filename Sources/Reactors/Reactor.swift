import DequeModule
package import LinuxCalls
import Synchronization
import SystemPackage

/// One thread that waits for readiness and runs the tasks of the connections that live on it.
///
/// A reactor is a `TaskExecutor`: `Task(executorPreference: reactor) { … }` runs on its thread, and every endpoint
/// made there stays there. It is not a serial executor: actors keep their own isolation.
public final class Reactor: TaskExecutor, @unchecked Sendable {
  /// The reactor's number in its group, from 0.
  public let index: Int

  let epoll: Int32
  package let blockingPool: BlockingPool
  private let inbox: Inbox
  private let createdTasks = Atomic<Int>(0)

  // What follows belongs to the reactor's thread.
  package let buffers = BufferPool()
  package let pipes: PipePool
  @exclusivity(unchecked) package var refusals = RouteRefusals()
  @exclusivity(unchecked) package var resident = ResidentRanges()
  @exclusivity(unchecked) private var time = Linux.now
  @exclusivity(unchecked) var counters = ReactorCounters()
  @exclusivity(unchecked) private var shortcuts = 0
  @exclusivity(unchecked) private var busyBefore: Int64 = 0
  @exclusivity(unchecked) private var busySince = Linux.now
  @exclusivity(unchecked) private var smallWorkSeen: Int64 = 0
  @exclusivity(unchecked) private var poolCalls = SystemCallTotals()
  @exclusivity(unchecked) private var ready: Deque<UnownedJob> = []
  @exclusivity(unchecked) private var yielding: Deque<UnsafeContinuation<Void, Never>> = []
  @exclusivity(unchecked) private var steps: [any Stepping] = []
  @exclusivity(unchecked) private var yieldedSteps: Deque<any Stepping> = []
  @exclusivity(unchecked) private var resumesStep = false
  @exclusivity(unchecked) private var timers = TimerHeap()
  @exclusivity(unchecked) private var precision = WaitPrecision.nanoseconds
  @exclusivity(unchecked) private var idleParkers: [Parker] = []
  @exclusivity(unchecked) private var isStopping = false

  private struct End: Sendable {
    var hasCome = false
    var awaited: [@Sendable () -> Void] = []
  }

  private let end = Guarded(End())

  /// Starts the thread.
  init(index: Int, pipeBudget: Int, blockingPool: BlockingPool) throws(Errno) {
    self.index = index
    self.blockingPool = blockingPool
    pipes = PipePool(budget: pipeBudget)
    epoll = try Linux.epollCreate()
    do throws(Errno) {
      inbox = Inbox(bell: try Linux.eventDescriptor())
      try Linux.epollAdd(epoll, inbox.bell, [.readable, .edgeTriggered], data: 0)
      // The thread keeps the reactor alive until it is stopped.
      guard startThread(named: "reactor-\(index)", { self.run() }) else { throw .resourceTemporarilyUnavailable }
    } catch {
      try? Linux.close(epoll)
      throw error
    }
  }

  /// The reactor whose thread this is.
  public static var current: Reactor? {
    Linux.threadOwner.map { Unmanaged<Reactor>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The reactor whose thread this is, and stays, across suspensions, for a caller of this isolation (`#isolation`). Nil
  /// for an actor's: its code goes on wherever the actor is run next, whatever executor its task prefers.
  ///
  /// Never inlined: the compiler (6.3) emits a broken module for `#isolation` compared in place.
  @inline(never)
  package static func confining(_ isolation: (any Actor)?) -> Reactor? { isolation == nil ? current : nil }

  /// Whether the caller runs on this reactor's thread.
  package var isCurrent: Bool {
    Linux.threadOwner == Unmanaged.passUnretained(self).toOpaque()
  }

  /// Runs `job` on the reactor's thread; from any thread.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      ready.append(job)
    } else if !inbox.post(job) {
      // The task was away when the reactor ended. It comes to its end all the same, on a thread that may block.
      blockingPool.submit(LateJob(job, on: asUnownedTaskExecutor()))
    }
  }

  /// Starts a task on this reactor, counted in its metrics.
  @discardableResult
  public func task<Success: Sendable>(
    _ operation: sending @escaping @isolated(any) () async throws -> Success
  ) -> Task<Success, any Error> {
    createdTasks.wrappingAdd(1, ordering: .relaxed)
    return Task(executorPreference: self, operation: operation)
  }

  /// What the reactor has done and is doing; read on its own thread.
  public func metrics() async -> ReactorMetrics {
    await withTaskExecutorPreference(self) { await readMetrics() }
  }

  // MARK: - For operations on this thread

  package func leaseParker() -> Parker {
    let parker = idleParkers.popLast() ?? Parker(reactor: self)
    parker.beginLease()
    return parker
  }

  package func giveBack(_ parker: Parker) {
    parker.endLease()
    if idleParkers.count < 64 { idleParkers.append(parker) }
  }

  package func setTimer(_ entry: TimerEntry, to due: Int64) { timers.set(entry, to: due) }

  package func cancelTimer(_ entry: TimerEntry) { timers.remove(entry) }

  package func countDelivered(_ bytes: Int, by route: String) {
    counters.bytesByRoute[route, default: 0] += bytes
  }

  package func countBlockingCalls(_ calls: SystemCallCounts) { poolCalls += calls }

  // Functions, this one and others like it: another module reads a stored property with the checks of exclusive access,
  // whatever its declaration says, which for a small message is a sizeable part of it all.

  /// Nanoseconds of `Linux.now`, read once a turn of the loop.
  package var now: Int64 { time }

  /// Nanoseconds since the start in which this thread had work, whether or not the kernel gave it a CPU. Together with
  /// `Linux.threadCPU` it says what a stretch of work cost, for the price of two clocks that are no system calls.
  package var busyTime: Int64 { busyBefore + (Linux.now - busySince) }

  /// Small messages went through this reactor a moment ago: bulk transfers beside them take shorter turns.
  package var hasSmallWork: Bool { now - smallWorkSeen < 10_000_000 }

  package func noteSmallWork() { smallWorkSeen = now }

  /// An operation of this reactor awaits someone else's code, which may be anywhere: the reactor does not end meanwhile.
  package func beginForeignCall() { counters.inForeignCall += 1 }

  package func endForeignCall() { counters.inForeignCall -= 1 }

  package func beginBlockingCall() { counters.inBlockingCall += 1 }

  package func endBlockingCall() { counters.inBlockingCall -= 1 }

  /// Lets everything else that is ready run first, readiness included; on this reactor's thread. A continuation that is
  /// resumed before its task has suspended would not yield at all, and `Task.yield` takes two jobs and two turns.
  package func yield() async {
    await withUnsafeContinuation { yielding.append($0) }
  }

  /// Lets `stepping` have a step soon.
  package func schedule(_ stepping: any Stepping) { steps.append(stepping) }

  /// The same, once everything else that is ready has run, readiness included.
  package func scheduleAfterOthers(_ stepping: any Stepping) { yieldedSteps.append(stepping) }

  /// A task that asks for one thing after the other, and always gets it at once, would keep the thread for itself: true
  /// when it has had its share without suspending, and should yield.
  package func hasHadItsShare() -> Bool {
    shortcuts += 1
    return shortcuts > Self.mostShortcuts
  }

  /// Bytes that a task moved count against its share as calls do.
  package func countShare(ofBytes count: Int) { shortcuts += count / Self.bytesOfShortcut }

  /// So does what it did besides the call that it asked for.
  package func countShare(ofCalls count: Int) { shortcuts += count }

  /// Calls of one task in a row; each takes some microseconds.
  private static let mostShortcuts = 16
  /// Moved in about as long as a call takes.
  private static let bytesOfShortcut = 128 * 1024

  // MARK: - The loop

  func submit(_ command: Command) {
    // Of what comes too late, only this one keeps something alive; nobody is parked any more.
    if !inbox.post(command), case .retire(let retired) = command { retired.deliver() }
  }

  var hasEnded: Bool { end.withLock { $0.hasCome } }

  /// Ends the thread when nothing is left to run or to wait for.
  func stop(_ done: @escaping @Sendable () -> Void) {
    let hasEnded = end.withLock { end in
      if !end.hasCome { end.awaited.append(done) }
      return end.hasCome
    }
    if hasEnded { done() } else { submit(.stop) }
  }

  private var isDone: Bool {
    isStopping && hasNothingReady && counters.parked == 0 && counters.inBlockingCall == 0 && counters.inForeignCall == 0
  }

  private var hasNothingReady: Bool {
    ready.isEmpty && steps.isEmpty && yielding.isEmpty && yieldedSteps.isEmpty
  }

  private func run() {
    Linux.threadOwner = Unmanaged.passUnretained(self).toOpaque()
    let events = UnsafeMutableBufferPointer<ReadinessEvent>.allocate(capacity: 256)
    defer { events.deallocate() }
    var jobs: [UnownedJob] = []
    var commands: [Command] = []
    var stepping: [any Stepping] = []
    let executor = asUnownedTaskExecutor()
    repeat {
      swap(&steps, &stepping)
      for one in stepping {
        beginRunning()
        one.step()
        counters.running = 0
      }
      stepping.removeAll(keepingCapacity: true)
      // Only the jobs that are ready now: what they enqueue waits for the next turn, after readiness was asked
      // again, so that a bulk copy that yields lets the others in.
      for _ in 0..<ready.count {
        guard let job = ready.popFirst() else { break }
        beginRunning()
        job.runSynchronously(on: executor)
        counters.running = 0
      }
      if mustPoll { poll(events) }
      inbox.take(jobs: &jobs, commands: &commands)
      ready.append(contentsOf: jobs)
      jobs.removeAll(keepingCapacity: true)
      resumeYielding()
      for command in commands { obey(command) }
      commands.removeAll(keepingCapacity: true)
      fireTimers()
    } while !isDone || !inbox.close()
    Linux.threadOwner = nil
    let awaited = end.withLock { end in
      end.hasCome = true
      defer { end.awaited = [] }
      return end.awaited
    }
    try? Linux.close(epoll)
    for done in awaited { done() }
  }

  /// Lets those go on who gave others their turn, behind what has become ready meanwhile. Beside small messages one at a time,
  /// and readiness is asked for after each: who comes now waits for one turn of bulk, and not for that of every bulk copy there
  /// is.
  private func resumeYielding() {
    guard hasSmallWork else {
      for continuation in yielding { continuation.resume() }
      yielding.removeAll(keepingCapacity: true)
      steps.append(contentsOf: yieldedSteps)
      yieldedSteps.removeAll(keepingCapacity: true)
      return
    }
    // By turns, for each of the two may be there for ever.
    resumesStep.toggle()
    if resumesStep || yielding.isEmpty, let next = yieldedSteps.popFirst() {
      steps.append(next)
    } else if let next = yielding.popFirst() {
      next.resume()
    } else if let next = yieldedSteps.popFirst() {
      steps.append(next)
    }
  }

  private func beginRunning() {
    counters.jobs += 1
    counters.running = 1
    shortcuts = 0
  }

  /// Jobs that make jobs, as the tasks of a new connection do, need not ask for readiness in between; who waits for that
  /// waits no longer than this, and whoever yields has it asked for.
  private static let longestWithoutPoll: Int64 = 20_000

  private var mustPoll: Bool {
    ready.isEmpty && steps.isEmpty || !yielding.isEmpty || !yieldedSteps.isEmpty
      || Linux.now - now >= Self.longestWithoutPoll
  }

  private func poll(_ events: UnsafeMutableBufferPointer<ReadinessEvent>) {
    var timeout: Int64? = 0
    // With nothing left at the end there is nothing to sleep for: the loop is about to notice.
    if hasNothingReady, !isDone, inbox.prepareToSleep() {
      timeout = timers.nextDue.map { max(0, $0 - Linux.now) }
      if blockingPool.hasBacklog { timeout = min(timeout ?? .max, BlockingPool.patience) }
    }
    busyBefore = busyTime
    // Only a broken descriptor could fail here, and that one is ours alone.
    let count = (try? Linux.epollWait(epoll, into: events, timeout: timeout, precision: &precision)) ?? 0
    time = Linux.now
    busySince = time
    if count > 0 || timeout != 0 { counters.wakeUps += 1 }
    if blockingPool.hasBacklog { blockingPool.relieve(at: time) }
    for index in 0..<count {
      let event = events[index]
      // A pointer that went in at registration; zero is the bell.
      guard let pointer = UnsafeRawPointer(bitPattern: UInt(event.identity)) else {
        Linux.clear(event: inbox.bell)
        continue
      }
      Unmanaged<Readiness>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.note(event.bits) }
    }
  }

  private func obey(_ command: Command) {
    switch command {
    case .interrupt(let ticket, let cause): ticket.deliver(cause)
    case .finished(let ticket): ticket.deliverFinished()
    case .retire(let retired): retired.deliver()
    case .stop: isStopping = true
    }
  }

  private func fireTimers() {
    while let entry = timers.popDue(at: now) {
      if let again = entry.fire(at: now) { timers.set(entry, to: again) }
    }
  }

  @concurrent
  private func readMetrics() async -> ReactorMetrics {
    var calls = SystemCallTotals.ofThisThread
    calls += poolCalls
    return ReactorMetrics(
      reactor: index,
      tasks: .init(
        running: counters.running, runnable: ready.count + steps.count + yieldedSteps.count + inbox.count,
        waiting: counters.parked,
        inBlockingCall: counters.inBlockingCall, created: createdTasks.load(ordering: .relaxed)),
      threads: 1 + blockingPool.threadCount, wakeUps: counters.wakeUps, jobs: counters.jobs,
      systemCalls: calls.byName,
      bytesByRoute: counters.bytesByRoute, pipesLeased: pipes.leased, pipesIdle: pipes.idleCount,
      buffersLeased: buffers.leased, buffersIdle: buffers.idleCount, timers: timers.count)
  }
}

/// A job of a reactor that has ended.
private final class LateJob: BlockingWork {
  private let job: UnownedJob
  private let executor: UnownedTaskExecutor

  init(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
    self.job = job
    self.executor = executor
  }

  func performBlocking() { job.runSynchronously(on: executor) }
}
