/// Where one operation of one task waits on its reactor: for readiness, a timer, the blocking pool, or the end of it all.
///
/// Leased from the reactor for the length of an operation, so that waiting allocates nothing. Everything but
/// `interruptFromAnywhere` belongs to the reactor's thread. An interrupt is sticky: one that comes while the task
/// runs is seen at the next wait.
package final class Parker {
  #if DEBUG
    package typealias Continuation = CheckedContinuation<Wake, Never>
  #else
    package typealias Continuation = UnsafeContinuation<Wake, Never>
  #endif

  package unowned let reactor: Reactor
  @exclusivity(unchecked) private var continuation: Continuation?
  @exclusivity(unchecked) private var cause: Interrupt?
  @exclusivity(unchecked) private var isShielded = false
  @exclusivity(unchecked) private var rests = false
  /// Who goes on when the operation does, without a task.
  @exclusivity(unchecked) private var owner: (any Stepping)?
  /// Counts the leases, so that a late interrupt does not strike the next operation.
  @exclusivity(unchecked) private(set) var lease: UInt64 = 0

  init(reactor: Reactor) { self.reactor = reactor }

  /// What ends the operation, once something does.
  package var interrupt: Interrupt? { cause }

  /// The operation waits; in a task of its own, or without one.
  package var isParked: Bool { rests }

  /// Suspends until `wake`, or returns at once if the operation was interrupted.
  @discardableResult
  package func park() async -> Wake {
    if let interrupt { return .interrupted(interrupt) }
    #if DEBUG
      return await withCheckedContinuation { hold($0, isShielded: false) }
    #else
      return await withUnsafeContinuation { hold($0, isShielded: false) }
    #endif
  }

  /// Suspends until the ticket says `finished`, whatever else happens: for work in the blocking pool, which uses the
  /// operation's state until it is done. An interrupt that comes meanwhile is seen afterwards.
  package func parkShielded() async {
    #if DEBUG
      _ = await withCheckedContinuation { hold($0, isShielded: true) }
    #else
      _ = await withUnsafeContinuation { hold($0, isShielded: true) }
    #endif
  }

  /// Parks `waiting`, for those who suspend by themselves to save the frame of `park()`; they ask `interrupt` first.
  package func hold(_ waiting: Continuation, isShielded: Bool) {
    continuation = waiting
    rest(isShielded: isShielded)
  }

  // MARK: - Operations without a task

  /// From here on `owner` goes on when this operation does; it keeps it until the lease ends.
  package func step(_ owner: any Stepping) { self.owner = owner }

  /// The task sleeps until all of it is done.
  package func holdTask(_ sleeping: Continuation) { continuation = sleeping }

  package func resumeTask() {
    let sleeping = continuation
    continuation = nil
    sleeping?.resume(returning: .ready)
  }

  /// The operation waits.
  package func rest(isShielded: Bool) {
    rests = true
    self.isShielded = isShielded
    reactor.counters.parked += 1
  }

  // MARK: - Going on

  /// Lets the operation go on if it is parked; otherwise nothing. Nothing either while it is shielded: the pool still works
  /// with what is the operation's.
  package func wake(_ wake: Wake = .ready) {
    if !isShielded { goOn(wake) }
  }

  private func goOn(_ wake: Wake) {
    guard rests else { return }
    rests = false
    isShielded = false
    reactor.counters.parked -= 1
    if let owner { return owner.wake() }
    guard let waiting = continuation else { return }
    continuation = nil
    waiting.resume(returning: wake)
  }

  /// Ends the operation; on the reactor's thread.
  package func interrupt(by cause: Interrupt) {
    // A close may turn out to concern a second sink alone; what ends the copy must not be lost behind it.
    if self.cause == nil || self.cause == .closed { self.cause = cause }
    wake(.interrupted(cause))
  }

  /// Names this lease of this parker to other threads.
  package struct Ticket: @unchecked Sendable, Equatable {
    let parker: Parker
    let lease: UInt64

    package static func == (one: Ticket, other: Ticket) -> Bool {
      one.parker === other.parker && one.lease == other.lease
    }

    /// From any thread.
    package func interrupt(by cause: Interrupt) {
      parker.reactor.submit(.interrupt(self, cause))
    }

    /// The blocking work that the parker waits for is done; from any thread.
    package func finished() {
      parker.reactor.submit(.finished(self))
    }

    func deliverFinished() {
      if parker.lease == lease { parker.goOn(.ready) }
    }

    func deliver(_ cause: Interrupt) {
      if parker.lease == lease { parker.interrupt(by: cause) }
    }
  }

  package var ticket: Ticket { Ticket(parker: self, lease: lease) }

  /// What interrupted the operation turned out not to end it.
  package func clearInterrupt() { cause = nil }

  func beginLease() { cause = nil }

  /// Whatever is still on its way to this lease comes too late.
  func endLease() {
    lease &+= 1
    owner = nil
  }
}

extension Parker: TimerTarget {
  /// A plain sleep ends.
  package func timerFired(at now: Int64) -> Int64? {
    wake()
    return nil
  }
}
