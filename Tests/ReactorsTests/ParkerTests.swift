import LinuxCalls
import Reactors
import Testing

@Suite("An operation parks", .timeLimit(.minutes(8)))
struct ParkerTests {
  /// Starts a task that parks, and returns once it has.
  private func startParking(_ parker: Parker) async throws -> Task<Wake, any Error> {
    let confined = Confined(parker)
    let before = await parker.reactor.metrics().tasks.waiting
    let task = parker.reactor.task { await confined.value.park() }
    await turns()
    try #require(await parker.reactor.metrics().tasks.waiting == before + 1)
    return task
  }

  @Test("and goes on when it is woken, with the reason")
  func wake() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()

      for reason in [Wake.ready, .interrupted(.idle), .ready] {
        let parked = try await startParking(parker)
        parker.wake(reason)
        #expect(try await parked.value == reason)
        #expect(await reactor.metrics().tasks.waiting == 0)
      }
      reactor.giveBack(parker)
    }
  }

  @Test("waking an operation that is not parked does nothing, now or later")
  func wakeNobody() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      parker.wake(.interrupted(.idle))
      let parked = try await startParking(parker)
      parker.wake()
      parker.wake(.interrupted(.idle))

      #expect(try await parked.value == .ready)
      reactor.giveBack(parker)
    }
  }

  @Test("an interrupt wakes it and stays: the next wait ends at once, and the first cause is the one told")
  func stickyInterrupt() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let parked = try await startParking(parker)

      parker.interrupt(by: .deadline)
      parker.interrupt(by: .cancelled)

      #expect(try await parked.value == .interrupted(.deadline))
      #expect(await parker.park() == .interrupted(.deadline))
      #expect(await parker.park() == .interrupted(.deadline))
      #expect(parker.interrupt == .deadline)
      reactor.giveBack(parker)
    }
  }

  @Test("an interrupt that comes while the task runs is seen at the next wait")
  func interruptWhileRunning() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      parker.interrupt(by: .closed)
      #expect(await parker.park() == .interrupted(.closed))
      reactor.giveBack(parker)
    }
  }

  @Test("a ticket interrupts from any thread")
  func ticketFromElsewhere() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let parked = try await startParking(parker)
      let ticket = parker.ticket

      try await onThread { ticket.interrupt(by: .cancelled) }

      #expect(try await parked.value == .interrupted(.cancelled))
      reactor.giveBack(parker)
    }
  }

  @Test("a ticket of a former operation strikes nobody")
  func staleTicket() async throws {
    try await onReactor { reactor in
      let former = reactor.leaseParker()
      let ticket = former.ticket
      reactor.giveBack(former)
      let parker = reactor.leaseParker()
      try #require(parker === former, "parkers are used again")
      let parked = try await startParking(parker)

      ticket.interrupt(by: .cancelled)
      ticket.finished()
      await turns(2)

      #expect(parker.interrupt == nil)
      #expect(await reactor.metrics().tasks.waiting == 1)
      parker.wake()
      #expect(try await parked.value == .ready)
      reactor.giveBack(parker)
    }
  }

  @Test("a new operation begins without the interrupt of the former one")
  func freshLease() async throws {
    try await onReactor { reactor in
      let former = reactor.leaseParker()
      former.interrupt(by: .cancelled)
      reactor.giveBack(former)
      let parker = reactor.leaseParker()

      #expect(parker === former)
      #expect(parker.interrupt == nil)
      reactor.giveBack(parker)
    }
  }

  @Test("shielded, it goes on when the work is finished and not before; the interrupt is seen afterwards")
  func shielded() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let (confined, ticket, isBack) = (Confined(parker), parker.ticket, Moment())
      let working = reactor.task {
        await confined.value.parkShielded()
        isBack.comes()
        return await confined.value.park()
      }
      await turns()

      parker.interrupt(by: .cancelled)
      ticket.interrupt(by: .deadline)
      await turns(3)
      #expect(!isBack.hasCome)
      #expect(await reactor.metrics().tasks.waiting == 1)

      try await onThread { ticket.finished() }
      #expect(try await working.value == .interrupted(.cancelled))
      reactor.giveBack(parker)
    }
  }

  @Test("shielded, no wake and no timer lets it go on: they are a stranger's")
  func shieldedFromWakes() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let (confined, ticket, isBack) = (Confined(parker), parker.ticket, Moment())
      let timer = TimerEntry(parker)
      let working = reactor.task {
        await confined.value.parkShielded()
        isBack.comes()
      }
      await turns()

      parker.wake()
      reactor.setTimer(timer, to: Linux.now)
      await until { !timer.isSet }
      await turns(3)
      #expect(!isBack.hasCome)
      #expect(await reactor.metrics().tasks.waiting == 1)

      ticket.finished()
      try await working.value
      reactor.giveBack(parker)
    }
  }

  @Test("the shield ends with the wait: the next wait can be interrupted")
  func shieldEnds() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let (confined, ticket) = (Confined(parker), parker.ticket)
      let working = reactor.task { await confined.value.parkShielded() }
      await turns()
      ticket.finished()
      try await working.value
      let parked = try await startParking(parker)

      parker.interrupt(by: .closed)

      #expect(try await parked.value == .interrupted(.closed))
      reactor.giveBack(parker)
    }
  }

  @Test("a deadline interrupts it; one that is cancelled does not")
  func interruptTimer() async throws {
    try await onReactor { reactor in
      let parker = reactor.leaseParker()
      let never = InterruptTimer(parker, cause: .idle, at: 1)
      never.cancel()
      await turns(2)
      #expect(parker.interrupt == nil)
      let deadline = InterruptTimer(parker, cause: .deadline, at: Linux.now + 1_000_000)

      #expect(await parker.park() == .interrupted(.deadline))

      deadline.cancel()
      #expect(await reactor.metrics().timers == 0)
      reactor.giveBack(parker)
    }
  }
}
