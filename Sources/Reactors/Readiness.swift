import LinuxCalls
import Synchronization
package import SystemPackage

/// What a reactor knows of one descriptor: whether it may be readable or writable, and who waits for that.
///
/// Registered with epoll once, edge-triggered, at the first wait; a descriptor that never waits never costs the call.
/// All of it but `withdraw` belongs to the reactor's thread.
package final class Readiness {
  package enum Direction: Sendable { case reading, writing }

  package let reactor: Reactor
  private let descriptor: Int32
  /// A lent descriptor is watched through a duplicate: its owner may close the number at any time, and removing the
  /// registration by number would then strike a stranger.
  private let watchesDuplicate: Bool
  /// The number that epoll knows, or one of these.
  private let watched = Atomic<Int32>(notYet)
  private static let notYet: Int32 = -1
  /// After `withdraw` the number may be someone else's.
  private static let noMore: Int32 = -2

  /// False once a call said EAGAIN or gave less than it was asked for; true again when an edge says so.
  package var mayRead: Bool {
    get { isReadable }
    set { isReadable = newValue }
  }
  package var mayWrite: Bool {
    get { isWritable }
    set { isWritable = newValue }
  }
  /// A read that gives less than asked does not mean that there is no more: the peer has finished, hung up or failed,
  /// and that edge is spent; or there is urgent data, before which a read stops (tcp(7)).
  package var mayStopShort: Bool { stopsShort }
  /// Urgent data has come. A splice stops before it for good, and says EAGAIN as if there were nothing.
  package var hasUrgentData: Bool { urgent.load(ordering: .relaxed) }
  private let urgent = Atomic<Bool>(false)
  @exclusivity(unchecked) private var isReadable = true
  @exclusivity(unchecked) private var isWritable = true
  @exclusivity(unchecked) private var stopsShort = false
  @exclusivity(unchecked) private var reader: Parker?
  @exclusivity(unchecked) private var writer: Parker?

  package init(_ descriptor: Int32, on reactor: Reactor, lent: Bool) {
    self.descriptor = descriptor
    self.reactor = reactor
    watchesDuplicate = lent
  }

  /// Waits until a read (a write) may get somewhere. Throws as `enlist` does.
  package func wait(for direction: Direction, with parker: Parker) async throws(Errno) -> Wake {
    guard try enlist(parker, for: direction) else { return parker.interrupt.map(Wake.interrupted) ?? .ready }
    let wake = await parker.park()
    dismiss(parker)
    return wake
  }

  /// `parker` will be woken when a read (a write) may get somewhere, until it is dismissed; it may be enlisted in
  /// several places. False when a read (a write) may get somewhere already. Throws EPERM for what cannot be waited
  /// for, such as a regular file, EBUSY when another task already waits in this direction, and EBADF after `withdraw`.
  package func enlist(_ parker: Parker, for direction: Direction) throws(Errno) -> Bool {
    try register()
    switch direction {
    case .reading:
      guard reader == nil || reader === parker else { throw .resourceBusy }
      if mayRead { return false }
      reader = parker
    case .writing:
      guard writer == nil || writer === parker else { throw .resourceBusy }
      if mayWrite { return false }
      writer = parker
    }
    return true
  }

  package func dismiss(_ parker: Parker) {
    if reader === parker { reader = nil }
    if writer === parker { writer = nil }
  }

  /// After a read that gave less than asked, or nothing: the next one waits for an edge. Never after the peer has
  /// finished: that edge is spent.
  package func noteDrained() {
    if !mayStopShort { mayRead = false }
  }

  /// After a call was refused with EAGAIN.
  package func noteWouldBlock(_ direction: Direction) {
    switch direction {
    case .reading: mayRead = false
    case .writing: mayWrite = false
    }
  }

  /// The descriptor is about to be closed or given back: no event reaches it from now on, and whoever waits goes on
  /// with `.closed`. From any thread.
  package func withdraw() {
    let number = watched.exchange(Self.noMore, ordering: .acquiringAndReleasing)
    if number >= 0 {
      // Where the reactor has ended, the number of its epoll may be someone else's.
      if !reactor.hasEnded { try? Linux.epollRemove(reactor.epoll, number) }
      if watchesDuplicate { try? Linux.close(number) }
    }
    if reactor.isCurrent {
      retire(wasRegistered: number >= 0)
    } else {
      reactor.submit(.retire(Retired(readiness: self, wasRegistered: number >= 0)))
    }
  }

  /// Lets go of the duplicate through which a lent descriptor is watched, until the next wait: as long as there is one,
  /// its owner's close(2) closes nothing, and the peer hears of no end. Nothing off the reactor's thread, or while somebody
  /// waits.
  package func rest() {
    guard watchesDuplicate, reactor.isCurrent, reader == nil, writer == nil else { return }
    let number = watched.load(ordering: .relaxed)
    guard number >= 0 else { return }
    // A withdrawal from another thread may be first, and has done all of it then.
    let (isOurs, _) = watched.compareExchange(expected: number, desired: Self.notYet, ordering: .acquiringAndReleasing)
    guard isOurs else { return }
    try? Linux.epollRemove(reactor.epoll, number)
    try? Linux.close(number)
    // No edge tells what becomes possible meanwhile.
    mayRead = true
    mayWrite = true
    Unmanaged.passUnretained(self).release()
  }

  /// Ends the waits with `.closed`; from any thread.
  package func interruptWaitersFromAnywhere() {
    if reactor.isCurrent {
      interruptWaiters()
    } else {
      reactor.submit(.retire(Retired(readiness: self, wasRegistered: false)))
    }
  }

  private func interruptWaiters() {
    reader?.interrupt(by: .closed)
    writer?.interrupt(by: .closed)
  }

  /// A readiness on its way to its own thread.
  struct Retired: @unchecked Sendable {
    let readiness: Readiness
    let wasRegistered: Bool
    func deliver() { readiness.retire(wasRegistered: wasRegistered) }
  }

  private static let interest: ReadinessEvents = [.readable, .writable, .peerFinished, .urgent, .edgeTriggered]

  // Plain integers: set algebra across modules is a generic call, and this is the reactor's innermost loop.
  private static let endBits = ReadinessEvents([.peerFinished, .hungUp, .failed]).rawValue
  private static let urgentBit = ReadinessEvents.urgent.rawValue
  private static let shortBits = endBits | urgentBit
  private static let readBits = endBits | ReadinessEvents.readable.rawValue
  private static let writeBits = ReadinessEvents([.writable, .hungUp, .failed]).rawValue

  func note(_ events: UInt32) {
    if events & Self.shortBits != 0 { stopsShort = true }
    if events & Self.urgentBit != 0 { urgent.store(true, ordering: .relaxed) }
    if events & Self.readBits != 0 {
      mayRead = true
      reader?.wake()
    }
    if events & Self.writeBits != 0 {
      mayWrite = true
      writer?.wake()
    }
  }

  private func register() throws(Errno) {
    let state = watched.load(ordering: .relaxed)
    if state >= 0 { return }
    if state == Self.noMore { throw .badFileDescriptor }
    let number = watchesDuplicate ? try Linux.duplicate(descriptor) : descriptor
    // The reactor's epoll owns a reference for as long as an event may name it.
    let reference = Unmanaged.passRetained(self)
    do throws(Errno) {
      let identity = UInt64(UInt(bitPattern: reference.toOpaque()))
      try Linux.epollAdd(reactor.epoll, number, Self.interest, data: identity)
    } catch {
      reference.release()
      if watchesDuplicate { try? Linux.close(number) }
      throw error
    }
    // What is true now comes as a first edge. A withdrawal that came meanwhile, from another thread, has found nothing to
    // take out.
    let (isFirst, _) = watched.compareExchange(expected: Self.notYet, desired: number, ordering: .acquiringAndReleasing)
    if !isFirst {
      try? Linux.epollRemove(reactor.epoll, number)
      if watchesDuplicate { try? Linux.close(number) }
      reference.release()
      throw .badFileDescriptor
    }
  }

  private func retire(wasRegistered: Bool) {
    interruptWaiters()
    if wasRegistered { Unmanaged.passUnretained(self).release() }
  }
}
