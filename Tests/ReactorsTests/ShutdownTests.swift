import Glibc
import LinuxCalls
import Reactors
import SystemPackage
import Testing

/// In processes of their own, where no other test has reactors, threads or descriptors. The alarm ends one that hangs.
@Suite("The end of a group of reactors", .serialized)
struct ShutdownTests {
  @Test("its threads have ended, and every descriptor is given back")
  func leavesNothing() async {
    await #expect(processExitsWith: .success) {
      alarm(30)
      try await settleDispatch()
      let before = try reactorDescriptorCount()
      for _ in 0..<5 {
        let reactors = try Reactors(count: 3)
        for reactor in reactors.all {
          try await reactor.sleep(for: .microseconds(1))
          try await reactor.task { reactor.pipes.giveBack(try reactor.pipes.lease(), isEmpty: true) }.value
        }
        // Those of the round before may still be on their way out.
        try await until { try threadNames().filter { $0.hasPrefix("reactor-") }.count == 3 }
        await reactors.shutdown()
      }

      // Dispatch may close one of its own meanwhile: never more than before, and a leak would be many.
      // The kernel takes a moment to forget a thread that has ended.
      try await until { try threadNames().allSatisfy { !$0.hasPrefix("reactor-") } }
      try await until { try reactorDescriptorCount() <= before }
    }
  }

  @Test("what runs and what waits is let finish first")
  func letsFinish() async {
    await #expect(processExitsWith: .success) {
      alarm(30)
      let reactors = try Reactors(count: 1)
      let reactor = reactors.all[0]
      let sleeping = reactor.task {
        try await reactor.sleep(for: .milliseconds(20))
        for _ in 0..<10 { await Task.yield() }
        return 1
      }
      _ = await reactor.metrics()
      await reactors.shutdown()

      #expect(try await sleeping.value == 1)
    }
  }

  @Test("a task that is away in the blocking pool is waited for")
  func awayInThePool() async {
    await #expect(processExitsWith: .success) {
      alarm(10)
      let reactors = try Reactors(count: 1)
      let reactor = reactors.all[0]
      let gate = try Gate()
      let away = reactor.task { await reactor.blockingPool.run { gate.pass() } }
      _ = await reactor.metrics()
      async let end: Void = reactors.shutdown()
      for _ in 0..<1_000 { await Task.yield() }
      gate.open()

      try await away.value
      await end
    }
  }

  @Test("a second shutdown, at the same time or later, ends as well")
  func twice() async {
    await #expect(processExitsWith: .success) {
      alarm(10)
      let reactors = try Reactors(count: 2)
      async let first: Void = reactors.shutdown()
      async let second: Void = reactors.shutdown()
      _ = await (first, second)
      await reactors.shutdown()
    }
  }

  @Test(
    "a group that cannot be started leaves no thread and no descriptor",
    .disabled("libdispatch ends a process that has no descriptor left when it looks at its threads"))
  func cannotStart() async {
    await #expect(processExitsWith: .success) {
      alarm(10)
      try await settleDispatch()
      let before = try reactorDescriptorCount()

      // Enough for two reactors and a half.
      #expect(throws: Errno.tooManyOpenFiles) { try withRoom(forDescriptors: 5) { try Reactors(count: 4) } }

      try await until { try threadNames().allSatisfy { !$0.hasPrefix("reactor-") } }
      try await until { try reactorDescriptorCount() <= before }
    }
  }
}
