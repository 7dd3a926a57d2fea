import LinuxCalls
import Reactors
import Testing

@Suite("Tasks live on their reactor", .timeLimit(.minutes(8)))
struct HomeTests {
  private actor Elsewhere {
    func visit() {}
  }

  @concurrent private func somewhere() async {}

  @Test("a job runs on its reactor's thread, and comes back to it after every await")
  func staysHome() async throws {
    try await withReactors(2) { reactors in
      let (home, other) = (reactors.all[0], reactors.all[1])
      try await home.task {
        let thread = threadIdentity()
        func expectHome(_ after: Comment) {
          #expect(threadIdentity() == thread, after)
          #expect(Reactor.current === home, after)
        }

        expectHome("at the start")
        await Task.yield()
        expectHome("after a yield")
        try await home.sleep(for: .microseconds(10))
        expectHome("after a sleep")
        try await Task.sleep(for: .microseconds(10))
        expectHome("after a sleep of the task's own")
        await somewhere()
        expectHome("after a concurrent function")
        await Elsewhere().visit()
        expectHome("after an actor")
        await MainActor.run {}
        expectHome("after the main actor")
        _ = await home.blockingPool.run { threadIdentity() }
        expectHome("after the blocking pool")
        _ = try await other.task { threadIdentity() }.value
        expectHome("after a task of another reactor")
        try await other.sleep(for: .microseconds(10))
        expectHome("after a sleep on another reactor")
        await withTaskGroup(of: Bool.self) { group in
          for _ in 0..<3 { group.addTask { threadIdentity() == thread } }
          for await isHome in group { #expect(isHome, "a child task lives where its parent does") }
        }
        expectHome("after a task group")
      }.value
    }
  }

  @Test("each reactor has a thread of its own, and its number")
  func ownThreads() async throws {
    try await withReactors(3) { reactors in
      var threads: Set<UInt> = []
      for (index, reactor) in reactors.all.enumerated() {
        #expect(reactor.index == index)
        threads.insert(try await reactor.task { threadIdentity() }.value)
      }
      #expect(threads.count == 3)
    }
  }

  @Test("outside of reactors there is no current one")
  func outside() async throws {
    try await withReactors { reactors in
      #expect(Reactor.current == nil)
      #expect(!reactors.all[0].isCurrent)
      let insideIsCurrent = try await reactors.all[0].task { reactors.all[0].isCurrent }.value
      #expect(insideIsCurrent)
    }
  }

  @Test("the next one is taken round robin")
  func roundRobin() async throws {
    try await withReactors(3) { reactors in
      #expect((0..<7).map { _ in reactors.next().index } == [0, 1, 2, 0, 1, 2, 0])
    }
  }

  @Test("what a task throws and returns reaches the one who awaits it")
  func results() async throws {
    struct Failure: Error, Equatable {}
    try await withReactors { reactors in
      let answer = try await reactors.next().task { 42 }.value
      #expect(answer == 42)
      await #expect(throws: Failure()) { try await reactors.next().task { throw Failure() }.value }
    }
  }
}
