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
package final class BlockingPool: @unchecked Sendable {
  private let limit: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  // All below under the mutex.
  private var queue: Deque<any BlockingWork> = []
  private var threads = 0
  private var free = 0

  package init(limit: Int) {
    self.limit = limit
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

  package func submit(_ work: any BlockingWork) {
    pthread_mutex_lock(mutex)
    queue.append(work)
    let starts = free < queue.count && threads < limit
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

  /// Does `body` on a thread of the pool and comes back to the caller's executor.
  package func run<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    // A reactor that is to end waits for it.
    let home = Reactor.confining(#isolation)
    home?.beginBlockingCall()
    defer { home?.endBlockingCall() }
    let result: Result<Value, Failure> = await withUnsafeContinuation { continuation in
      submit(ClosureWork { continuation.resume(returning: Result(catching: body)) })
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
      if let work = queue.popFirst() {
        pthread_mutex_unlock(mutex)
        work.performBlocking()
        pthread_mutex_lock(mutex)
      } else {
        free += 1
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += 10
        let code = pthread_cond_timedwait(condition, mutex, &deadline)
        free -= 1
        if code == ETIMEDOUT && queue.isEmpty { break }
      }
    }
    threads -= 1
    pthread_mutex_unlock(mutex)
  }

  private func serveWithoutThread() {
    while true {
      pthread_mutex_lock(mutex)
      let work = queue.popFirst()
      pthread_mutex_unlock(mutex)
      guard let work else { return }
      work.performBlocking()
    }
  }
}
