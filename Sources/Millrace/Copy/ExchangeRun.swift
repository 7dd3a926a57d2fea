import LinuxCalls
package import Reactors
import SystemPackage

/// Two transfers that go on together: each when its own parker is woken, by steps of the reactor's. A task that drives it
/// sleeps until both are over; a server has none, and is told.
///
/// For servers, which hold it themselves: a task that waits is a kilobyte, and one for each idle connection.
package final class ExchangeRun: @unchecked Sendable {
  /// Why the task suspends.
  private enum Pause { case done, turn, parked }

  /// Until there are transfers.
  private var requests: (forth: CopyRequest, back: CopyRequest)?
  @safe @exclusivity(unchecked) private var forth: Transfer?
  @safe @exclusivity(unchecked) private var back: Transfer?
  private var firstFailure: Transfer?
  private var firstToEnd = ExchangeReport.Direction.forth
  /// Nanoseconds without a byte once one direction is over; `Int64.max` is as before.
  private let halfClosedLimit: Int64
  /// What came of it, where its caller is elsewhere. In a box: the report is large, and most never have one here.
  private final class Settled {
    let report: ExchangeReport
    init(_ report: ExchangeReport) { self.report = report }
  }
  private var settled: Settled?
  /// Who is told of the end, where no task awaits it.
  @safe @exclusivity(unchecked) private var owner: (any ExchangeOwner)?
  /// Both are over, and their parkers may be somebody else's: a step that was asked for in the last moment comes to nothing.
  @safe @exclusivity(unchecked) private var hasEnded = false
  /// The reactor has been asked for a step.
  @safe @exclusivity(unchecked) private var isScheduled = false
  private var tickets: (Parker.Ticket, Parker.Ticket)?

  /// Never inlined: what it needs for a moment would stay in the caller's frame.
  @inline(never)
  init(_ forth: CopyRequest, _ back: CopyRequest, _ halfClosedTimeout: Duration?, on reactor: Reactor?) {
    halfClosedLimit = halfClosedTimeout?.nanoseconds ?? .max
    if let reactor { prepare(forth, back, on: reactor) } else { requests = (forth, back) }
  }

  /// On `reactor`, which must be this thread's for as long as it is driven; nil finds one.
  @inline(never)
  package convenience init(
    _ one: Connection, _ other: Connection, _ options: CopyOptions, _ halfClosedTimeout: Duration?, on reactor: Reactor?
  ) {
    self.init(CopyRequest(one, other, options), CopyRequest(other, one, options), halfClosedTimeout, on: reactor)
  }

  @inline(never)
  package convenience init(
    _ forth: CopyDirection, _ back: CopyDirection, _ halfClosedTimeout: Duration?, on reactor: Reactor?
  ) {
    self.init(forth.request, back.request, halfClosedTimeout, on: reactor)
  }

  var forthReading: CopyReading? { Self.reading(of: forth) }
  var backReading: CopyReading? { Self.reading(of: back) }

  private static func reading(of transfer: Transfer?) -> CopyReading? {
    transfer?.isOffloaded == false ? transfer?.reading : nil
  }

  private func prepare(_ forth: CopyRequest, _ back: CopyRequest, on reactor: Reactor) {
    let one = Transfer(forth, on: reactor)
    let other = Transfer(back, on: reactor)
    one.otherDirection = other
    other.otherDirection = one
    (self.forth, self.back) = (one, other)
    tickets = (one.parker.ticket, other.parker.ticket)
    for transfer in [one, other] where transfer.ownEnds != nil {
      transfer.failure = CopyFailure(
        transfer.reader != nil ? .source : .sink,
        .unsupported("it reads or writes by itself; in an exchange the kernel does"))
      noteEnd(of: transfer)
      transfer.otherDirection?.endsWithOther = true
      transfer.otherDirection?.parker.interrupt(by: .cancelled)
    }
  }

  // What is on the stack of a task that waits is memory for as long as it waits: these frames hold one reference each.

  package func drive() async {
    if forth == nil { return await driveElsewhere() }
    await withTaskCancellationHandler {
      await alternate()
    } onCancel: {
      cancel()
    }
  }

  /// Both peers have everything and both ends; what is left is a second sink's.
  package var hasOnlyTailLeft: Bool {
    guard let forth, let back else { return false }
    return [forth, back].allSatisfy { ($0.isOver && $0.failure == nil) || $0.hasOnlyTailLeft }
      && !(forth.isOver && back.isOver)
  }

  /// From any thread.
  private func cancel() {
    tickets?.0.interrupt(by: .cancelled)
    tickets?.1.interrupt(by: .cancelled)
  }

  /// On the reactor of one of the ends.
  @inline(never)
  private func driveElsewhere() async {
    guard let requests else { return }
    let reactor = Reactor.current ?? requests.forth.home ?? requests.back.home ?? Reactors.shared.next()
    await withTaskExecutorPreference(reactor) { await driveHopped(on: reactor) }
  }

  @concurrent
  private func driveHopped(on reactor: Reactor) async {
    guard let (forth, back) = requests else { return }
    requests = nil
    prepare(forth, back, on: reactor)
    await drive()
    // What it leaves behind is the reactor's, and its thread's alone.
    settled = Settled(settle())
  }

  /// Goes on without a task, and tells `owner` on this thread, which is its reactor's, when both are over. Not before this
  /// returns.
  package func start(for owner: any ExchangeOwner) {
    self.owner = owner
    listen()
    wake()
  }

  private func alternate() async {
    let pause = begin()
    if pause == .done { return }
    #if DEBUG
      _ = await withCheckedContinuation { sleep($0, pause) }
    #else
      _ = unsafe await withUnsafeContinuation { unsafe sleep($0, pause) }
    #endif
  }

  @inline(never)
  private func begin() -> Pause {
    let pause = advance()
    if pause != .done { listen() }
    return pause
  }

  private func listen() {
    forth?.parker.step(self)
    back?.parker.step(self)
  }

  private func sleep(_ continuation: Parker.Continuation, _ pause: Pause) {
    #if DEBUG
      forth?.parker.holdTask(continuation)
    #else
      unsafe forth?.parker.holdTask(continuation)
    #endif
    if pause == .turn { yield() }
  }

  @inline(never)
  private func advance() -> Pause {
    guard let forth, let back else { return .done }
    var yields = false
    while !yields {
      if !forth.isOver, !forth.parker.isParked { yields = goOn(forth) }
      if !back.isOver, !back.parker.isParked, goOn(back) { yields = true }
      if forth.isOver, back.isOver { return .done }
      if forth.isOver || forth.parker.isParked, back.isOver || back.parker.isParked { return .parked }
    }
    return .turn
  }

  /// Lets one of the two work until it waits; true when it gives others their turn.
  private func goOn(_ transfer: Transfer) -> Bool {
    switch transfer.advance() {
    case .turn: return true
    case .parked:
      // An interrupt is seen at once.
      if transfer.parker.interrupt == nil { transfer.parker.rest(isShielded: false) }
    case .offloaded: transfer.parker.rest(isShielded: true)
    // The last three are refused at the start.
    case .done, .reader, .writer, .writerEnd: noteEnd(of: transfer)
    }
    return false
  }

  private func noteEnd(of transfer: Transfer) {
    transfer.isOver = true
    if let other = transfer.otherDirection, !other.isOver {
      // One that has only a second sink's tail left had passed its end on before.
      firstToEnd = (other.endIsPassed ? other : transfer) === back ? .back : .forth
    }
    if halfClosedLimit != .max, let other = transfer.otherDirection, !other.isOver {
      other.limitIdle(to: halfClosedLimit)
    }
    guard let failure = transfer.failure else { return }
    if firstFailure == nil { firstFailure = transfer }
    guard let other = transfer.otherDirection, !other.isOver else { return }
    if failure.side == .sink {
      if case .call(_, let errno) = failure.cause, errno.isOfBothDirections { other.sourceIsBroken = errno }
      return
    }
    switch failure.cause {
    case .cancelled: other.parker.interrupt(by: .cancelled)
    case .deadline: other.parker.interrupt(by: .deadline)
    case .idle: other.parker.interrupt(by: .idle)
    default:
      other.endsWithOther = true
      other.parker.interrupt(by: .cancelled)
    }
  }

  @inline(never)
  package func outcome() -> ExchangeReport { settled?.report ?? settle() }

  @inline(never)
  private func settle() -> ExchangeReport {
    guard let forth, let back else { preconditionFailure("an exchange is driven before it is asked for its outcome") }
    let results = (forth.conclude(), back.conclude())
    let first: ExchangeReport.Direction? =
      switch (results.0.failure, results.1.failure) {
      case (nil, nil): nil
      case (_, nil): .forth
      case (nil, _): .back
      default: firstFailure === back ? .back : .forth
      }
    return ExchangeReport(forth: results.0, back: results.1, firstToFail: first, firstToEnd: firstToEnd)
  }
}

/// Somebody who has an exchange and no task for it.
package protocol ExchangeOwner: AnyObject {
  /// Both directions are over; on the reactor's thread.
  func exchangeEnded(_ run: ExchangeRun)
}

extension ExchangeRun: Stepping {
  package func wake() {
    guard !isScheduled, !hasEnded, let reactor = forth?.reactor else { return }
    isScheduled = true
    reactor.schedule(self)
  }

  private func resumeTask() { forth?.parker.resumeTask() }

  private func yield() {
    isScheduled = true
    forth?.reactor.scheduleAfterOthers(self)
  }

  package func step() {
    isScheduled = false
    guard !hasEnded else { return }
    switch advance() {
    case .parked: return
    case .turn: yield()
    case .done:
      hasEnded = true
      guard let owner else { return resumeTask() }
      self.owner = nil
      owner.exchangeEnded(self)
    }
  }
}

extension Errno {
  /// A connection says it once, to whoever asks first, and then looks as if the peer had finished. tcp(7)
  fileprivate var isOfBothDirections: Bool {
    switch self {
    case .connectionReset, .timedOut, .noRouteToHost, .networkUnreachable, .hostIsDown, .networkDown: true
    default: false
    }
  }
}
