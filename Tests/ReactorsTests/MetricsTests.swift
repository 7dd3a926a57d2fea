import LinuxCalls
import Reactors
import Testing

@Suite("What a reactor counts", .timeLimit(.minutes(8)))
struct MetricsTests {
  @Test("tasks by state: created, running, runnable, waiting, in a blocking call")
  func tasks() async throws {
    try await onReactor { reactor in
      let parker = Confined(reactor.leaseParker())
      let waiting = reactor.task { await parker.value.park() }
      await turns()
      let ready = (0..<3).map { _ in reactor.task {} }
      reactor.beginBlockingCall()

      let metrics = await reactor.metrics()

      reactor.endBlockingCall()
      #expect(metrics.tasks.created == 5)
      #expect(metrics.tasks.running == 1)
      #expect(metrics.tasks.waiting == 1)
      #expect(metrics.tasks.inBlockingCall == 1)
      for task in ready { try await task.value }
      parker.value.wake()
      _ = try await waiting.value
      let afterwards = await reactor.metrics().tasks
      #expect(afterwards.waiting == 0)
      #expect(afterwards.inBlockingCall == 0)
      reactor.giveBack(parker.value)
    }
  }

  @Test("jobs are counted, and so are those that a busy reactor has not come to")
  func jobs() async throws {
    try await withReactors { reactors in
      let reactor = reactors.all[0]
      let before = await reactor.metrics()
      for _ in 0..<10 { try await reactor.task {}.value }
      let after = await reactor.metrics()
      #expect(after.jobs - before.jobs >= 11)

      let gate = try Gate()
      let isBusy = Moment()
      reactor.task {
        isBusy.comes()
        gate.pass()
        for _ in 0..<7 { reactor.task {} }
      }
      await isBusy.came()
      async let reading = reactor.metrics()
      gate.open()
      #expect(await reading.tasks.runnable <= 7)
    }
  }

  @Test("wake-ups are those of epoll_wait with something to tell: a loop that yields is none")
  func wakeUps() async throws {
    try await onReactor { reactor in
      let before = await reactor.metrics()
      await turns(1_000)
      let after = await reactor.metrics()

      #expect(after.jobs - before.jobs >= 1_000)
      #expect(after.wakeUps - before.wakeUps < 100)
    }
  }

  @Test("system calls are those of the reactor's own thread, by name, and what the pool did for it")
  func systemCalls() async throws {
    try await onReactor { reactor in
      let before = await reactor.metrics().systemCalls
      for _ in 0..<5 { _ = try? Linux.position(of: -1) }
      var counts = SystemCallCounts()
      counts += try await onThread {
        let start = SystemCallCounts.ofThisThread
        for _ in 0..<3 { _ = try? Linux.truncate(-1, to: 0) }
        var counts = SystemCallCounts()
        counts.add(from: start, to: .ofThisThread)
        return counts
      }
      reactor.countBlockingCalls(counts)
      await turns()
      let after = await reactor.metrics().systemCalls

      #expect(after["lseek", default: 0] - before["lseek", default: 0] == 5)
      #expect(after["ftruncate", default: 0] - before["ftruncate", default: 0] == 3)
      #expect(after["epoll_wait", default: 0] > before["epoll_wait", default: 0])
    }
  }

  @Test("bytes add up by route")
  func bytes() async throws {
    try await onReactor { reactor in
      reactor.countDelivered(10, by: "splice")
      reactor.countDelivered(5, by: "sendfile")
      reactor.countDelivered(1, by: "splice")

      #expect(await reactor.metrics().bytesByRoute == ["splice": 11, "sendfile": 5])
    }
  }

  @Test("leases and timers show while they are out, and not afterwards")
  func leases() async throws {
    try await onReactor { reactor in
      let pipe = try reactor.pipes.lease()
      let buffer = reactor.buffers.lease()
      let during = await reactor.metrics()
      reactor.pipes.giveBack(pipe, isEmpty: true)
      reactor.buffers.giveBack(buffer)
      let after = await reactor.metrics()

      #expect([during.pipesLeased, during.pipesIdle, during.buffersLeased, during.buffersIdle] == [1, 0, 1, 0])
      #expect([after.pipesLeased, after.pipesIdle, after.buffersLeased, after.buffersIdle] == [0, 1, 0, 1])
      #expect(after.timers == 0)
    }
  }

  @Test("a group reads every reactor, in order, with the threads of the pool they share")
  func group() async throws {
    try await withReactors(3) { reactors in
      _ = await reactors.all[0].blockingPool.run { 1 }
      let readings = await reactors.metrics()

      #expect(readings.map(\.reactor) == [0, 1, 2])
      #expect(Set(readings.map(\.threads)).isSubset(of: [1, 2]))
    }
  }
}
