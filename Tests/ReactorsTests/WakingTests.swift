import LinuxCalls
import Reactors
import Testing

@Suite("Jobs from other threads", .timeLimit(.minutes(8)))
struct WakingTests {
  private final class Log {
    var entries: [(lane: Int, number: Int)] = []
  }

  @Test("wake a sleeping reactor, every time: two reactors hand a ball to and fro")
  func pingPong() async throws {
    try await withReactors(2) { reactors in
      let (one, two) = (reactors.all[0], reactors.all[1])
      let hits = try await one.task {
        var hits = 0
        for _ in 0..<2_000 { hits += try await two.task { 1 }.value }
        return hits
      }.value

      #expect(hits == 2_000)
    }
  }

  @Test("run all, and those of one thread in their order")
  func manyThreads() async throws {
    let (lanes, each) = (4, 1_000)
    try await withReactors { reactors in
      let reactor = reactors.all[0]
      let log = Confined(Log())
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<lanes {
          group.addTask {
            try await onThread {
              for number in 0..<each { reactor.task { log.value.entries.append((lane, number)) } }
            }
          }
        }
        try await group.waitForAll()
      }

      let entries = try await reactor.task { log.value.entries }.value

      #expect(entries.count == lanes * each)
      for lane in 0..<lanes {
        #expect(entries.filter { $0.lane == lane }.map(\.number) == Array(0..<each))
      }
    }
  }

  @Test("do not ring the bell of a reactor that is awake: handing a job over costs no system call")
  func noBellWhileAwake() async throws {
    try await withReactors { reactors in
      let reactor = reactors.all[0]
      let gate = try Gate()
      let isBusy = Moment()
      reactor.task {
        isBusy.comes()
        gate.pass()
      }
      await isBusy.came()

      let calls = try await onThread {
        let before = SystemCallCounts.ofThisThread.total
        for _ in 0..<1_000 { reactor.task {} }
        return SystemCallCounts.ofThisThread.total - before
      }
      gate.open()

      #expect(calls == 0)
      let jobs = await reactor.metrics().jobs
      #expect(jobs >= 1_001)
    }
  }

  @Test("from the reactor's own thread need no system call at all")
  func ownThread() async throws {
    try await onReactor { reactor in
      let before = SystemCallCounts.ofThisThread.total
      for _ in 0..<1_000 { reactor.task {} }
      #expect(SystemCallCounts.ofThisThread.total == before)

      await turns()
      let jobs = await reactor.metrics().jobs
      #expect(jobs >= 1_001)
    }
  }
}
