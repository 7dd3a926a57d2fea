import DequeModule
import Glibc
import LinuxCalls
import Synchronization

/// Work that may block: done on a thread of the pool, after which the parked task goes on.
package protocol BlockingWork: AnyObject, Sendable {
  func performBlocking()
}

/// Threads for calls that block: disk that is not in the page cache, name resolution, open, fsync, terminals.
///
/// Threads start when there is work and none is free, up to `limit`; beyond that the work queues. A thread without
/// work for ten seconds ends.
///
/// A disk answers. A name server or the other side of a FIFO or terminal may not, and so either has a bounded share of
/// the threads: a quarter for resolvers, half for peers, at least one. A quarter is always left to disks; of one thread
/// or two, what waits for others may hold all.
///
/// Most of what may wait for a disk does not, for the page cache has it or takes it, and then waking a thread costs more
/// than the work. Work that may queue (``submit(_:waitingFor:mayQueue:)``) is left to a thread that is awake already. If
/// that one does wait, whoever submitted it notices: a reactor calls ``relieve(at:)`` before it sleeps for longer than
/// ``patience``, and then as many threads are woken as there is work that has waited for so long.
package final class BlockingPool: @unchecked Sendable {
  /// Whom a piece of work waits for.
  package enum Awaited: Int, CaseIterable, Sendable {
    /// A disk, or whatever else is behind a path.
    case disk
    /// A resolver, and with it a name server.
    case resolver
    /// Another process: it has to open the other side, to read or to write there.
    case peer

    fileprivate func share(of limit: Int) -> Int {
      switch self {
      case .disk: limit
      case .resolver: max(1, limit / 4)
      case .peer: max(1, limit / 2)
      }
    }
  }

  /// The work of one kind, in the order it came.
  private struct Line {
    let most: Int
    var running = 0
    var queue: Deque<(arrival: Int, time: Int64, work: any BlockingWork)> = []

    /// How many more threads it could use.
    var wanted: Int { min(queue.count, most - running) }
  }

  private let limit: Int
  /// Where a file is sent whose pages are wanted in memory. One for all, and never closed.
  private static let kept = Guarded<Int32?>(nil)

  /// Nil where there is no such device, or no descriptor left for it now.
  private static var nowhere: Int32? {
    kept.withLock { kept in
      if kept == nil { kept = try? Linux.open("/dev/null", .write) }
      return kept
    }
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  // All below under the mutex.
  private var lines: [Line]
  private var arrivals = 0
  private var threads = 0
  /// Threads that wait for work, and those of them that were told of some and have not woken up yet.
  private var free = 0
  private var called = 0
  /// Something waits that a thread could be woken for. For a look without the mutex.
  private let backlog = Atomic(false)

  /// Nanoseconds that work may wait behind what a thread that is awake does.
  package static let patience: Int64 = 100_000

  package init(limit: Int) {
    self.limit = limit
    lines = Awaited.allCases.map { Line(most: $0.share(of: limit)) }
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    // What is done under it takes less time than to sleep.
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  package var threadCount: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return threads
  }

  /// - Parameter mayQueue: it may wait behind what a thread does that is awake, and whoever submits it sees to it that
  ///   ``relieve(at:)`` is called.
  package func submit(_ work: any BlockingWork, waitingFor awaited: Awaited = .disk, mayQueue: Bool = false) {
    let now = Linux.now
    pthread_mutex_lock(mutex)
    lines[awaited.rawValue].queue.append((arrivals, now, work))
    arrivals += 1
    if mayQueue, threads - free + called > 0 {
      backlog.store(true, ordering: .relaxed)
      pthread_mutex_unlock(mutex)
      return
    }
    let starts = callThread()
    pthread_mutex_unlock(mutex)
    if starts { start() }
  }

  /// Something waits that ``relieve(at:)`` may have to see to.
  package var hasBacklog: Bool { backlog.load(ordering: .relaxed) }

  /// Wakes threads for what has waited longer than ``patience`` behind others that turn out to take their time.
  package func relieve(at now: Int64) {
    pthread_mutex_lock(mutex)
    var late =
      lines.reduce(0) { late, line in
        late + min(line.wanted, line.queue.prefix(limit).count { now - $0.time >= Self.patience })
      } - called
    var starts = 0
    while late > 0, called < free || threads < limit {
      if callThread() { starts += 1 }
      late -= 1
    }
    // With nothing left that could be begun, or no thread to begin it, nobody has to look again: those that there are take
    // what comes when they can.
    if called >= free && threads >= limit || !lines.contains(where: { $0.wanted > 0 }) {
      backlog.store(false, ordering: .relaxed)
    }
    pthread_mutex_unlock(mutex)
    for _ in 0..<starts { start() }
  }

  /// Tells a thread that waits for work of some; true when one has to be started instead, and is counted already. Under
  /// the mutex.
  private func callThread() -> Bool {
    if called < free {
      called += 1
      pthread_cond_signal(condition)
      return false
    }
    guard threads < limit, lines.contains(where: { $0.wanted > 0 }) else { return false }
    threads += 1
    return true
  }

  private func start() {
    if startThread(named: "millrace-disk", { self.serve() }) { return }
    // No thread to be had: those that exist do it. The first one must exist, or nothing would ever be done.
    pthread_mutex_lock(mutex)
    threads -= 1
    let abandoned = threads == 0
    pthread_mutex_unlock(mutex)
    if abandoned { serveWithoutThread() }
  }

  /// Does `body` on a thread of the pool, and nobody waits for it.
  package func start(_ body: @escaping @Sendable () -> Void) { submit(ClosureWork(body)) }

  /// Does `body` on a thread of the pool and comes back to the caller's executor.
  package func run<Value: Sendable, Failure: Error>(
    waitingFor awaited: Awaited = .disk, _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    // A reactor that is to end waits for it.
    let home = Reactor.confining(#isolation)
    home?.beginBlockingCall()
    defer { home?.endBlockingCall() }
    let result: Result<Value, Failure> = await withUnsafeContinuation { continuation in
      submit(ClosureWork { continuation.resume(returning: Result(catching: body)) }, waitingFor: awaited)
    }
    return try result.get()
  }

  /// Brings a range of a file into memory and waits for it, on a thread of the pool: sends it nowhere, which takes hold of
  /// each page once the disk has given it, and copies none. A tenth of a microsecond for each 4 KiB that are in memory
  /// already; readahead(2) would not wait. Answers how many bytes there are.
  package func fetch(_ file: Int32, at offset: Int64, length: Int) -> Int {
    guard let nowhere = Self.nowhere else { return 0 }
    var fetched = 0
    while fetched < length {
      let more = try? Linux.sendfile(
        from: file, at: offset + Int64(fetched), to: nowhere, upTo: length - fetched)
      guard let more, more > 0 else { break }
      fetched += more
    }
    return fetched
  }

  private final class ClosureWork: BlockingWork {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func performBlocking() { body() }
  }

  private func serve() {
    pthread_mutex_lock(mutex)
    while true {
      if !doNext() {
        free += 1
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += 10
        let code = pthread_cond_timedwait(condition, mutex, &deadline)
        free -= 1
        if called > 0 { called -= 1 }
        if code == ETIMEDOUT && nextLine == nil { break }
      }
    }
    threads -= 1
    pthread_mutex_unlock(mutex)
  }

  private func serveWithoutThread() {
    pthread_mutex_lock(mutex)
    while doNext() {}
    pthread_mutex_unlock(mutex)
  }

  /// Does one piece of work; false when there is none that may be done now. Under the mutex, which is let go meanwhile.
  private func doNext() -> Bool {
    guard let line = nextLine else {
      backlog.store(false, ordering: .relaxed)
      return false
    }
    var work = lines[line].queue.popFirst()?.work
    lines[line].running += 1
    pthread_mutex_unlock(mutex)
    work?.performBlocking()
    // What it held is let go here: a deinit may have work of its own for the pool.
    work = nil
    pthread_mutex_lock(mutex)
    lines[line].running -= 1
    return true
  }

  /// Where the oldest work stands of which there may be more at once. Under the mutex.
  private var nextLine: Int? {
    var next: (line: Int, arrival: Int)?
    for line in lines.indices where lines[line].wanted > 0 {
      guard let arrival = lines[line].queue.first?.arrival else { continue }
      if next.map({ arrival < $0.arrival }) ?? true { next = (line, arrival) }
    }
    return next?.line
  }
}
