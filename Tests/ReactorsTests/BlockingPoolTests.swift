import LinuxCalls
import Reactors
import Synchronization
import Testing

@Suite("The blocking pool", .timeLimit(.minutes(8)))
struct BlockingPoolTests {
  private struct Failure: Error, Equatable { var number: Int }

  private final class Errand: BlockingWork {
    private let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    func performBlocking() { work() }
  }

  /// Counts those inside.
  private final class Crowd: Sendable {
    private let counts = Guarded([0, 0, 0])

    var most: Int { counts.withLock { $0[1] } }
    var visits: Int { counts.withLock { $0[2] } }

    func enter() -> Int {
      counts.withLock { counts in
        counts[0] += 1
        counts[1] = max(counts[0], counts[1])
        counts[2] += 1
        return counts[0]
      }
    }

    func leave() { counts.withLock { $0[0] -= 1 } }
  }

  @Test("does the work on a thread of its own and comes back to the reactor with the result")
  func comesBack() async throws {
    try await onReactor { reactor in
      let thread = threadIdentity()
      let (worker, answer) = await reactor.blockingPool.run { (threadIdentity(), 42) }

      #expect(worker != thread)
      #expect(answer == 42)
      #expect(threadIdentity() == thread)
    }
  }

  @Test("throws what the work threw")
  func errors() async throws {
    let pool = BlockingPool(limit: 1)
    await #expect(throws: Failure(number: 7)) {
      try await pool.run { () throws(Failure) -> Int in throw Failure(number: 7) }
    }
  }

  @Test("starts no thread before there is work")
  func idle() {
    #expect(BlockingPool(limit: 4).threadCount == 0)
  }

  @Test("runs as much at once as its limit says; the rest queues and is done as well")
  func limit() async throws {
    let (limit, works) = (3, 20)
    let pool = BlockingPool(limit: limit)
    let gate = try Gate()
    let crowd = Crowd()
    let areFull = Moment()

    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<works {
        group.addTask {
          await pool.run {
            if crowd.enter() == limit { areFull.comes() }
            gate.pass()
            crowd.leave()
            return number
          }
        }
      }
      await areFull.came()
      #expect(pool.threadCount == limit)
      gate.open()
      return try await group.reduce(0, +)
    }

    #expect(sum == (0..<works).reduce(0, +))
    #expect(crowd.most == limit)
    #expect(pool.threadCount <= limit)
  }

  /// given more work than there are threads, all of which waits for name servers or for peers that do not come; when
  /// there is something to read from a disk; then it is read. And what waited is done once they come, all of it.
  @Test("leaves threads for disks, whatever waits for others", arguments: [3, 4, 8, 13])
  func shares(limit: Int) async throws {
    let works = 2 * limit
    let pool = BlockingPool(limit: limit)
    let gate = try Gate()
    let (resolvers, peers) = (Crowd(), Crowd())

    try await withThrowingTaskGroup(of: Void.self) { group in
      for (awaited, crowd) in [(BlockingPool.Awaited.resolver, resolvers), (.peer, peers)] {
        for _ in 0..<works {
          group.addTask {
            await pool.run(waitingFor: awaited) {
              _ = crowd.enter()
              gate.pass()
              crowd.leave()
            }
          }
        }
      }
      let shares = (max(1, limit / 4), max(1, limit / 2))
      await until { resolvers.most == shares.0 && peers.most == shares.1 }

      #expect(await pool.run { 42 } == 42)
      #expect(pool.threadCount <= limit)
      gate.open()
      try await group.waitForAll()
      #expect((resolvers.most, peers.most) == shares)
    }
    #expect(resolvers.visits == works)
    #expect(peers.visits == works)
  }

  @Test(
    "does the oldest work first, whatever it waits for",
    arguments: [
      [BlockingPool.Awaited](repeating: .disk, count: 10),
      BlockingPool.Awaited.allCases + BlockingPool.Awaited.allCases.reversed(),
    ])
  func order(_ kinds: [BlockingPool.Awaited]) async throws {
    let pool = BlockingPool(limit: 1)
    let gate = try Gate()
    let log = Guarded<[Int]>([])
    let isBusy = Moment()
    async let first: Void = pool.run {
      isBusy.comes()
      gate.pass()
    }
    await isBusy.came()

    let isDone = Moment()
    for (number, awaited) in kinds.enumerated() {
      pool.submit(
        Errand {
          log.withLock { $0.append(number) }
          if number == kinds.count - 1 { isDone.comes() }
        }, waitingFor: awaited)
    }
    gate.open()
    await first
    await isDone.came()

    #expect(log.withLock { $0 } == Array(kinds.indices))
  }

  /// given a thread that is at work; when more is submitted that may queue; then that thread does all of it, in its order,
  /// and no other is woken.
  @Test("leaves what may queue to a thread that is awake")
  func queues() async throws {
    let pool = BlockingPool(limit: 8)
    let gate = try Gate()
    let threads = Guarded<Set<UInt>>([])
    let (isBusy, isDone) = (Moment(), Moment())
    pool.submit(
      Errand {
        isBusy.comes()
        gate.pass()
      }, mayQueue: true)
    await isBusy.came()
    for number in 0..<50 {
      pool.submit(
        Errand {
          threads.withLock { _ = $0.insert(threadIdentity()) }
          if number == 49 { isDone.comes() }
        }, mayQueue: true)
    }
    #expect(pool.hasBacklog)
    #expect(pool.threadCount == 1)
    gate.open()
    await isDone.came()
    #expect(threads.withLock { $0.count } == 1)
    await until { !pool.hasBacklog }
  }

  /// given work that may queue behind some that waits; when patience is over; then threads come for all that has waited, and
  /// only then.
  @Test("wakes threads for what has queued behind work that takes its time")
  func relieves() async throws {
    let pool = BlockingPool(limit: 4)
    let gate = try Gate()
    let crowd = Crowd()
    func submit() {
      pool.submit(
        Errand {
          _ = crowd.enter()
          gate.pass()
          crowd.leave()
        }, mayQueue: true)
    }
    submit()
    await until { crowd.visits == 1 }
    submit()
    submit()
    let now = Linux.now
    pool.relieve(at: now - BlockingPool.patience)
    #expect(pool.threadCount == 1)
    pool.relieve(at: now + BlockingPool.patience)
    #expect(pool.threadCount == 3)
    await until { crowd.visits == 3 }
    // All of it is being done, however long that takes: a reactor that waits for it looks once more, and then sleeps.
    pool.relieve(at: Linux.now)
    #expect(!pool.hasBacklog)
    // As many as there may be: what is left waits for one of them, and nobody is told to look after it.
    for _ in 0..<5 { submit() }
    pool.relieve(at: Linux.now + BlockingPool.patience)
    await until { crowd.visits == 4 }
    pool.relieve(at: Linux.now + BlockingPool.patience)
    #expect(pool.threadCount == 4)
    #expect(!pool.hasBacklog)
    gate.open()
    await until { crowd.visits == 8 }
    #expect(crowd.most == 4)
  }

  /// given a reactor that has submitted work that may queue behind some that never ends, and sleeps; then it sees to it.
  @Test("is relieved by the reactor that waits for what has queued")
  func relievedByReactor() async throws {
    let gate = try Gate()
    let isBusy = Moment()
    try await onReactor { reactor in
      reactor.blockingPool.submit(
        Errand {
          isBusy.comes()
          gate.pass()
        }, mayQueue: true)
      await isBusy.came()
      let parker = reactor.leaseParker()
      reactor.beginBlockingCall()
      let ticket = parker.ticket
      reactor.blockingPool.submit(Errand { ticket.finished() }, mayQueue: true)
      await parker.parkShielded()
      reactor.endBlockingCall()
      reactor.giveBack(parker)
      gate.open()
    }
  }

  @Test("wakes a shielded operation when its work is done, again and again, with one parker")
  func errands() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let sum = Guarded(0)
      for number in 1...500 {
        reactor.beginBlockingCall()
        let ticket = parker.ticket
        reactor.blockingPool.submit(
          Errand {
            sum.withLock { $0 += number }
            ticket.finished()
          })
        await parker.parkShielded()
        reactor.endBlockingCall()
        #expect(sum.withLock { $0 } == number * (number + 1) / 2)
      }
      reactor.giveBack(parker)
      #expect(await reactor.metrics().tasks.inBlockingCall == 0)
    }
  }

  @Test("serves many callers from many threads")
  func manyCallers() async throws {
    let pool = BlockingPool(limit: 4)
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var sum = 0
          for _ in 0..<200 { sum += await pool.run { 1 } }
          return sum
        }
      }
      return try await group.reduce(0, +)
    }

    #expect(total == 1_600)
    #expect(pool.threadCount <= 4)
  }
}
