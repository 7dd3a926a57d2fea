package import LinuxCalls
package import Millrace
import Reactors
import SystemPackage

/// A connection of a server, request after request. Confined to its reactor.
///
/// While it waits for a request, and while it answers one at once, there is no task: it goes on by steps of the reactor's, and
/// keeps neither a buffer nor anything else but a few words. Whatever takes longer (a handler that waits, a file that does not
/// fit into the socket) is a task's, which hands the connection back when it is done.
package final class HTTPConnection: @unchecked Sendable {
  enum State {
    /// For a request; `partial` has the bytes of it that have come.
    case reading
    /// A task has it.
    case exchanging
    case ended
  }

  let worker: HTTPWorker
  /// Never given to another one of this reactor.
  package let number: UInt64
  package let connection: Connection
  /// The client's; empty for one over a Unix socket.
  package let address: InternetAddress
  package let tag: Int32
  /// Rates that its bodies keep to.
  let limits: [RateLimit]
  package let began = Linux.now
  package internal(set) var requests = 0
  var place = 0

  @safe @exclusivity(unchecked) var state = State.reading
  /// Bytes that came and were not used yet: the beginning of a head, or what a client sent ahead.
  @safe @exclusivity(unchecked) var partial: [UInt8] = []
  /// So many bytes of `partial` are known to be no whole head.
  @safe @exclusivity(unchecked) var searched = 0
  @safe @exclusivity(unchecked) var task: Task<Void, any Error>?
  @safe @exclusivity(unchecked) var exchange: Exchange?
  @safe @exclusivity(unchecked) var isScheduled = false

  /// Whether part of a head has come, and its time runs.
  @safe @exclusivity(unchecked) var isInHead = true

  let parker: Parker
  lazy var timer = TimerEntry(self)
  /// In the nanoseconds of `Linux.now`; looked at when the timer fires, which was set for then or for earlier.
  @safe @exclusivity(unchecked) var deadline = Int64.max

  init(
    _ connection: Connection, _ address: InternetAddress, tag: Int32, _ limits: [RateLimit], _ worker: HTTPWorker
  ) {
    self.connection = connection
    self.address = address
    self.tag = tag
    self.limits = limits
    self.worker = worker
    number = worker.nextNumber()
    parker = worker.reactor.leaseParker()
  }

  /// What it sends or takes, where that takes a while.
  var moving: MovingExchange? { exchange?.moving }

  func start() {
    parker.step(self)
    limit(to: worker.times.head.inNanoseconds)
    // The request has often come with the connection.
    serve()
  }

  // MARK: - Reading

  /// Requests answered in one step before others have their turn: a client may send any number at once.
  static let mostInOneStep = 16

  enum Next {
    /// There may be more in the buffer.
    case goOn
    /// More bytes are needed.
    case receive
    /// A task has it, or it has ended.
    case leave
    /// Others first.
    case yield
  }

  func serve() {
    var lease = worker.reactor.buffers.lease()
    serve(&lease)
    worker.reactor.buffers.giveBack(lease)
  }

  func serve(_ lease: inout BufferLease) {
    var left = Self.mostInOneStep
    if !partial.isEmpty {
      lease.append(partial)
      partial = []
    }
    var next = lease.isEmpty || lease.count == searched ? Next.receive : .goOn
    while true {
      switch next {
      case .goOn: next = answer(&lease, &left)
      case .receive:
        guard flush(&lease), let received = receive(&lease) else { return }
        next = received
      case .yield:
        guard flush(&lease) else { return }
        keep(&lease)
        isScheduled = true
        return worker.reactor.scheduleAfterOthers(self)
      case .leave: return
      }
    }
  }

  /// Nil when it waits, or has ended.
  func receive(_ lease: inout BufferLease) -> Next? {
    do throws(Errno) {
      if lease.isEmpty || lease.room < lease.count { lease.compact() }
      guard let count = try connection.receiveNow(into: &lease) else {
        let isWhole = lease.isEmpty
        keep(&lease)
        wait(forMoreOfHead: !isWhole)
        return nil
      }
      if count > 0 { return .goOn }
      // The client has said its last word, between two requests or within one.
      end(inOrder: true)
    } catch {
      end(inOrder: false)
    }
    return nil
  }

  func keep(_ lease: inout BufferLease) {
    if !lease.isEmpty { partial = lease.takeAll() }
  }

  func wait(forMoreOfHead: Bool) {
    if forMoreOfHead {
      // From its first byte: more bytes make it no longer.
      if !isInHead { limit(to: worker.times.head.inNanoseconds) }
      isInHead = true
    }
    if worker.isDraining, !forMoreOfHead {
      if requests > 0 { return end(inOrder: true) }
      limit(to: Self.lastChance)
    }
    do throws(Errno) {
      guard try connection.awaitReadable(parker) else { return wake() }
      parker.rest(isShielded: false)
    } catch {
      end(inOrder: false)
    }
  }

  // MARK: - Ending

  /// - Parameter inOrder: with a close; else with a reset.
  func end(inOrder: Bool) {
    if case .ended = state { return }
    state = .ended
    worker.reactor.cancelTimer(timer)
    connection.stopAwaiting(parker)
    parker.wake()
    if inOrder { connection.close() } else { connection.reset() }
    worker.reactor.giveBack(parker)
    worker.forget(self)
  }

  /// Ends it where it waits for its next request; else after the answer that is under way. What came in this moment is
  /// answered, and one that has not asked for anything yet may do so for a second.
  func drain() {
    guard case .reading = state, partial.isEmpty else { return }
    if requests == 0 { limit(to: Self.lastChance) } else { parker.wake() }
  }

  /// In nanoseconds.
  static let lastChance: Int64 = 1_000_000_000

  func abort() {
    switch state {
    case .ended: return
    case .reading: end(inOrder: false)
    case .exchanging:
      task?.cancel()
      connection.reset()
    }
  }

  // MARK: - Time

  func limit(to nanoseconds: Int64, from now: Int64 = Linux.now) {
    let (sum, isTooFar) = now.addingReportingOverflow(nanoseconds)
    deadline = isTooFar ? .max : sum
    guard deadline != .max, !timer.isSet || timer.due > deadline else { return }
    worker.reactor.setTimer(timer, to: deadline)
  }
}

extension HTTPConnection: TimerTarget {
  package func timerFired(at now: Int64) -> Int64? {
    guard case .reading = state else { return nil }
    if deadline == .max { return nil }
    if now < deadline { return deadline }
    connection.stopAwaiting(parker)
    parker.wake()
    if isInHead, !partial.isEmpty {
      var lease = worker.reactor.buffers.lease()
      _ = refuse(HeadFault(408, "the head took longer than \(worker.times.head)"), &lease)
      worker.reactor.buffers.giveBack(lease)
    } else {
      end(inOrder: true)
    }
    return nil
  }
}

extension HTTPConnection: Stepping {
  package func wake() {
    guard !isScheduled, case .reading = state else { return }
    isScheduled = true
    worker.reactor.schedule(self)
  }

  package func step() {
    isScheduled = false
    guard case .reading = state else { return }
    connection.stopAwaiting(parker)
    serve()
  }
}
