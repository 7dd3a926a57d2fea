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
    var queue: Deque<(arrival: Int, work: any BlockingWork)> = []

    /// How many more threads it could use.
    var wanted: Int { min(queue.count, most - running) }
  }

  private let limit: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  // All below under the mutex.
  private var lines: [Line]
  private var arrivals = 0
  private var threads = 0
  private var free = 0

  package init(limit: Int) {
    self.limit = limit
    lines = Awaited.allCases.map { Line(most: $0.share(of: limit)) }
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
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

  package func submit(_ work: any BlockingWork, waitingFor awaited: Awaited = .disk) {
    pthread_mutex_lock(mutex)
    lines[awaited.rawValue].queue.append((arrivals, work))
    arrivals += 1
    let wanted = lines.reduce(0) { $0 + $1.wanted }
    let starts = free < wanted && threads < limit
    if starts { threads += 1 }
    pthread_mutex_unlock(mutex)
    if !starts {
      pthread_cond_signal(condition)
    } else if !startThread(named: "millrace-disk", { self.serve() }) {
      // No thread to be had: those that exist do it. The first one must exist, or nothing would ever be done.
      pthread_mutex_lock(mutex)
      threads -= 1
      let abandoned = threads == 0
      pthread_mutex_unlock(mutex)
      if abandoned { serveWithoutThread() }
    }
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
    guard let line = nextLine else { return false }
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
