import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("A reactor's pipes", .timeLimit(.minutes(8)))
struct PipePoolTests {
  /// Leases `count` pipes at once, lets `body` look, and gives all back empty.
  private func holding(_ count: Int, of reactor: Reactor, _ body: () throws -> Void) throws {
    guard count > 0 else { return try body() }
    let lease = try reactor.pipes.lease()
    do { try holding(count - 1, of: reactor, body) } catch {
      reactor.pipes.giveBack(lease, isEmpty: true)
      throw error
    }
    reactor.pipes.giveBack(lease, isEmpty: true)
  }

  @Test("a pipe is as large as the kernel gave it, and moves bytes")
  func usable() async throws {
    try await onReactor { reactor in
      let lease = try reactor.pipes.lease()
      let (readEnd, writeEnd, capacity) = (lease.readEnd, lease.writeEnd, lease.capacity)

      #expect(try Linux.pipeCapacity(of: writeEnd) == capacity)
      #expect(capacity >= PipePool.leastCapacity)
      try put([1, 2, 3], into: writeEnd)
      #expect(try get(9, from: readEnd) == [1, 2, 3])
      reactor.pipes.giveBack(lease, isEmpty: true)
    }
  }

  @Test("the one given back last is the next one out; what is out and what waits is counted")
  func lastInFirstOut() async throws {
    try await onReactor { reactor in
      let one = try reactor.pipes.lease()
      let two = try reactor.pipes.lease()
      let last = one.readEnd
      let whileOut = (reactor.pipes.leased, reactor.pipes.idleCount)
      reactor.pipes.giveBack(two, isEmpty: true)
      reactor.pipes.giveBack(one, isEmpty: true)
      let afterwards = (reactor.pipes.leased, reactor.pipes.idleCount)
      let again = try reactor.pipes.lease()
      let next = again.readEnd
      reactor.pipes.giveBack(again, isEmpty: true)

      #expect(whileOut == (2, 0))
      #expect(afterwards == (0, 2))
      #expect(next == last)
    }
  }

  @Test("a pipe that is not empty never comes back: it is closed")
  func notEmpty() async throws {
    try await onReactor { reactor in
      let lease = try reactor.pipes.lease()
      let facts = try Linux.facts(of: lease.readEnd)
      #expect(try descriptorCount(of: facts) == 2)
      try put([1], into: lease.writeEnd)

      reactor.pipes.giveBack(lease, isEmpty: false)

      #expect(try descriptorCount(of: facts) == 0)
      let counts = (reactor.pipes.leased, reactor.pipes.idleCount)
      #expect(counts == (0, 0))
    }
  }

  @Test("a lease that is dropped closes its pipe")
  func dropped() async throws {
    try await onReactor { reactor in
      var facts: FileFacts?
      do {
        let lease = try reactor.pipes.lease()
        facts = try Linux.facts(of: lease.writeEnd)
      }
      #expect(try descriptorCount(of: #require(facts)) == 0)
    }
  }

  @Test("no more than 32 wait; the rest is closed")
  func bounded() async throws {
    try await onReactor { reactor in
      reactor.pipes.budget = 40
      try holding(40, of: reactor) {}

      let counts = (reactor.pipes.leased, reactor.pipes.idleCount)
      #expect(counts == (0, 32))
    }
  }

  @Test("past the reactor's budget there is no pipe, and the refusal says so; after one came back there is")
  func budget() async throws {
    try await onReactor { reactor in
      reactor.pipes.budget = 3
      try holding(3, of: reactor) {
        #expect(refusal(of: reactor) == "all 3 pipes of the reactor are leased")
        #expect(reactor.pipes.leased == 3)
      }
      #expect(refusal(of: reactor) == nil)
    }
  }

  @Test("a budget that was lowered holds for the pipes that wait, too")
  func loweredBudget() async throws {
    try await onReactor { reactor in
      try holding(2, of: reactor) {}
      reactor.pipes.budget = 1
      try holding(1, of: reactor) {
        #expect(refusal(of: reactor) == "all 1 pipes of the reactor are leased")
      }
    }
  }

  @Test("the pipes that wait are closed when their reactor is gone")
  func closedAtTheEnd() async throws {
    var facts: FileFacts?
    do {
      let reactors = try Reactors(count: 1)
      let reactor = reactors.all[0]
      facts = try await reactor.task {
        let lease = try reactor.pipes.lease()
        let facts = try Linux.facts(of: lease.readEnd)
        reactor.pipes.giveBack(lease, isEmpty: true)
        return facts
      }.value
      await reactors.shutdown()
    }
    let pipe = try #require(facts)
    try await until { try descriptorCount(of: pipe) == 0 }
  }
}

/// Why the reactor has no pipe; nil when it has one.
func refusal(of reactor: Reactor) -> String? {
  do throws(PipePool.Refusal) {
    reactor.pipes.giveBack(try reactor.pipes.lease(), isEmpty: true)
    return nil
  } catch { return error.sentence }
}
