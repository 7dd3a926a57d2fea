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
  @safe @exclusivity(unchecked) private var searched = 0
  @safe @exclusivity(unchecked) var task: Task<Void, any Error>?
  @safe @exclusivity(unchecked) private var exchange: Exchange?
  @safe @exclusivity(unchecked) private var isScheduled = false

  private let parker: Parker
  private lazy var timer = TimerEntry(self)
  /// In the nanoseconds of `Linux.now`; looked at when the timer fires, which was set for then or for earlier.
  @safe @exclusivity(unchecked) private var deadline = Int64.max

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
  private static let mostInOneStep = 16

  private enum Next {
    /// There may be more in the buffer.
    case goOn
    /// More bytes are needed.
    case receive
    /// A task has it, or it has ended.
    case leave
    /// Others first.
    case yield
  }

  private func serve() {
    var lease = worker.reactor.buffers.lease()
    serve(&lease)
    worker.reactor.buffers.giveBack(lease)
  }

  private func serve(_ lease: inout BufferLease) {
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
  private func receive(_ lease: inout BufferLease) -> Next? {
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

  private func keep(_ lease: inout BufferLease) {
    if !lease.isEmpty { partial = lease.takeAll() }
  }

  private func wait(forMoreOfHead: Bool) {
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

  /// Whether part of a head has come, and its time runs.
  @safe @exclusivity(unchecked) private var isInHead = true

  // MARK: - Answering

  /// Reads the next head and answers it, if that can be done at once.
  private func answer(_ lease: inout BufferLease, _ left: inout Int) -> Next {
    if lease.isEmpty { return .receive }
    guard left > 0 else { return .yield }
    let outcome: HeadReader.Outcome
    do throws(HeadFault) {
      outcome = try lease.withBytes { (bytes) throws(HeadFault) in
        if !isWorthReading(bytes) { return .incomplete }
        return try worker.reader.readRequest(bytes, into: &worker.index)
      }
    } catch {
      return refuse(error, &lease)
    }
    guard case .complete(let length) = outcome else {
      searched = lease.count
      return .receive
    }
    searched = 0
    isInHead = false
    left -= 1
    requests += 1
    let started = Linux.now
    limit(to: worker.times.keepAlive?.inNanoseconds ?? .max, from: started)
    worker.output.prepare(persistence)
    let answer =
      worker.index.framing == .none
      ? lease.withBytes { worker.handler.answerAtOnce(worker.index, $0, into: worker.output) } : .no
    switch answer {
    case .no:
      handOver(&lease, length, started)
      return .leave
    // What has to wait for its rate is a task's.
    case .inBuffer(_, 1...) where !limits.isEmpty, .section where !limits.isEmpty:
      handOver(&lease, length, started, answer)
      return .leave
    case .inBuffer(let status, let body):
      var record = ExchangeRecord()
      record.status = status
      if body > 0 {
        record.sent.add(Int64(body), .memory)
        worker.reactor.countDelivered(body, by: Route.memory.rawValue)
      }
      return conclude(record, started, &lease, length)
    case .section(let status, let slice): return send(status, slice, started, &lease, length)
    case .parts:
      handOver(&lease, length, started, answer)
      return .leave
    }
  }

  /// What becomes of the connection after the answer to the head that was read.
  private var persistence: ResponseBuffer.Persistence {
    let isOneMore = worker.times.mostRequests.map { requests < $0 } ?? true
    guard worker.index.keepsAlive, isOneMore, !worker.isDraining else { return .closes }
    return worker.index.minorVersion == 0 ? .keepsAliveExplicitly : .keepsAlive
  }

  /// Whether reading the head again may come to another end than the last time: whoever sends a byte at a time must not have
  /// all of them read for each.
  private func isWorthReading(_ bytes: Span<UInt8>) -> Bool {
    let limits = worker.reader.limits
    if bytes.count >= limits.head || (searched <= limits.line && bytes.count > limits.line) { return true }
    return Self.mayBeWhole(bytes, from: searched)
  }

  /// A head has come whole only if there is an empty line behind `start`, or a line end that should be one.
  private static func mayBeWhole(_ bytes: Span<UInt8>, from start: Int) -> Bool {
    guard start > 0 else { return true }
    for at in max(1, start - 2)..<bytes.count
    where bytes[at] == Ascii.lineFeed && (bytes[at - 1] == Ascii.lineFeed || at > 1 && bytes[at - 2] == Ascii.lineFeed)
    {
      return true
    }
    return false
  }

  /// Everything of the answer is in the output.
  private func conclude(
    _ record: consuming ExchangeRecord, _ started: Int64, _ lease: inout BufferLease, _ length: Int
  ) -> Next {
    record.nanoseconds = Linux.now - started
    worker.reactor.noteSmallWork()
    lease.withBytes { worker.observer.exchanged(record, worker.index, $0, on: self) }
    lease.removeFirst(length)
    if worker.output.persistence == .closes {
      if flush(&lease) { endAfterAnswer(!lease.isEmpty) }
      return .leave
    }
    return worker.output.count > Self.mostOutput ? (flush(&lease) ? .goOn : .leave) : .goOn
  }

  /// Answers to requests that came together leave together, up to so many bytes.
  private static let mostOutput = 64 * 1024

  /// The head, and as much of the file as there is room for; a task sends the rest.
  private func send(
    _ status: Int, _ slice: FileSlice, _ started: Int64, _ lease: inout BufferLease, _ length: Int
  ) -> Next {
    let measured = slice.measured
    let reactor = worker.reactor
    let most = reactor.hasSmallWork ? Self.shortBite : Self.longBite
    let bite = min(Int(clamping: slice.length), most)
    guard measured.file.isInMemory(at: slice.offset, length: bite, measured.facts, on: reactor) else {
      handOver(&lease, length, started, .section(status: status, slice))
      return .leave
    }
    do throws(Errno) {
      let head = worker.output.count
      let sentOfHead = try worker.output.withBytes { (bytes) throws(Errno) in
        try connection.sendNow(bytes, more: true)
      }
      var sentOfFile = 0
      if sentOfHead == head {
        guard let sent = try connection.sendNow(from: measured.file, at: slice.offset, upTo: bite) else {
          worker.output.clear()
          breakOff(status, "the file became shorter while it was sent", started, &lease)
          return .leave
        }
        sentOfFile = sent
      }
      guard Int64(sentOfFile) == slice.length else {
        handOver(
          &lease, length, started, .section(status: status, slice), sentOfHead: sentOfHead, sentOfFile: sentOfFile)
        return .leave
      }
      worker.output.clear()
      var record = ExchangeRecord()
      record.status = status
      record.sent.add(Int64(sentOfFile), .sendfile)
      reactor.countDelivered(sentOfFile, by: Route.sendfile.rawValue)
      reactor.countShare(ofBytes: sentOfFile)
      if slice.length <= Int64(Self.shortBite) { reactor.noteSmallWork() }
      record.nanoseconds = Linux.now - started
      lease.withBytes { worker.observer.exchanged(record, worker.index, $0, on: self) }
      lease.removeFirst(length)
      guard worker.output.persistence == .closes else { return .goOn }
      endAfterAnswer(!lease.isEmpty)
      return .leave
    } catch {
      worker.output.clear()
      breakOff(status, "the client is gone: \(error)", started, &lease)
      return .leave
    }
  }

  /// Bytes of a file that are sent in one step; beside small messages, which wait for it, fewer.
  private static let longBite = 2 << 20
  private static let shortBite = 64 * 1024

  /// The exchange cannot come to its end: whoever reads on must not take what it got for all there was.
  private func breakOff(_ status: Int, _ reason: String, _ started: Int64, _ lease: inout BufferLease) {
    var record = ExchangeRecord()
    record.status = status
    record.failure = reason
    record.nanoseconds = Linux.now - started
    lease.withBytes { worker.observer.exchanged(record, worker.index, $0, on: self) }
    end(inOrder: false)
  }

  // MARK: - Writing

  /// Sends what is in the output. False when a task has to wait for room, or the client is gone.
  private func flush(_ lease: inout BufferLease) -> Bool {
    guard !worker.output.isEmpty else { return true }
    do throws(Errno) {
      let sent = try worker.output.withBytes { (bytes) throws(Errno) in try connection.sendNow(bytes) }
      if sent == worker.output.count {
        worker.output.clear()
        return true
      }
      let closes = worker.output.persistence == .closes
      let rest = Array(worker.output.take()[sent...])
      keep(&lease)
      begin { await $0.sendRest(rest, thenClosing: closes) }
    } catch {
      worker.output.clear()
      end(inOrder: false)
    }
    return false
  }

  /// A task goes on with the request whose head was read.
  private func handOver(
    _ lease: inout BufferLease, _ length: Int, _ started: Int64, _ answer: ReadyAnswer? = nil, sentOfHead: Int = 0,
    sentOfFile: Int = 0
  ) {
    let head = lease.withBytes { RequestHead($0, length: length, worker.index) }
    lease.removeFirst(length)
    let ahead = lease.takeAll()
    let output = Array(worker.output.take()[sentOfHead...])
    let persistence = worker.output.persistence
    let exchange = Exchange(self, head, ahead: ahead, persistence, started)
    self.exchange = exchange
    begin { connection in
      if let answer {
        await exchange.finish(answer, output, sentOfFile: sentOfFile)
      } else {
        // Answers to earlier requests go first.
        await exchange.run(after: output)
      }
      connection.takeBack(exchange)
    }
  }

  private func begin(_ work: @escaping @Sendable (HTTPConnection) async -> Void) {
    state = .exchanging
    deadline = .max
    task = worker.reactor.task { await work(self) }
  }

  /// What is left of answers that are complete.
  private func sendRest(_ rest: [UInt8], thenClosing closes: Bool) async {
    do {
      try await copy(from: Bytes(rest), to: connection, options: sendOptions(for: Int64(rest.count)))
      resume(closing: closes)
    } catch {
      end(inOrder: false)
    }
  }

  func sendOptions(for count: Int64) -> CopyOptions {
    // Whoever is kept to a rate is not slow by himself.
    let allowance = limits.isEmpty ? worker.times.allowance(for: count) : .max
    return CopyOptions(
      deadline: allowance == .max ? nil : ContinuousClock.now + .nanoseconds(allowance), idleTimeout: worker.times.idle,
      measuresCPU: false)
  }

  /// For a body whose length nobody knows: its rate is looked at as it comes.
  var openOptions: CopyOptions { CopyOptions(idleTimeout: worker.times.idle, measuresCPU: false) }

  // MARK: - After an exchange

  /// The task is done with it.
  private func takeBack(_ exchange: Exchange) {
    self.exchange = nil
    guard case .exchanging = state else { return }
    switch exchange.verdict {
    case .keep(let ahead):
      partial = ahead
      searched = 0
      resume(closing: worker.isDraining)
    case .linger: lingerTask()
    case .close: endAfterAnswer(false)
    case .breakOff: end(inOrder: false)
    }
  }

  private func resume(closing: Bool) {
    guard case .exchanging = state else { return }
    if closing { return endAfterAnswer(!partial.isEmpty) }
    state = .reading
    task = nil
    isInHead = !partial.isEmpty
    limit(to: (isInHead ? worker.times.head : worker.times.keepAlive)?.inNanoseconds ?? .max)
    wake()
  }

  /// - Parameter hasMore: the client has sent more than was read, and a close would be a reset that eats the answer.
  private func endAfterAnswer(_ hasMore: Bool) {
    if hasMore || hasUnread { lingerTask() } else { end(inOrder: true) }
  }

  /// Whether something has come while the answer was sent. What it is nobody wants to know any more.
  private var hasUnread: Bool {
    var lease = worker.reactor.buffers.lease()
    let count = try? connection.receiveNow(into: &lease)
    worker.reactor.buffers.giveBack(lease)
    return (count ?? 0) > 0
  }

  private func lingerTask() {
    begin { await $0.linger() }
  }

  /// RFC 9112 §9.6: says that this side is done, and reads on for a while, so that no reset overtakes the answer.
  private func linger() async {
    try? connection.finishWriting()
    let (sum, isTooFar) = Linux.now.addingReportingOverflow(worker.times.linger.inNanoseconds)
    let until = isTooFar ? .max : sum
    var left = Self.mostLingered
    while left > 0 {
      let rest = until - Linux.now
      guard rest > 0,
        let bytes = try? await connection.read(upTo: 16384, timeout: .nanoseconds(rest)), !bytes.isEmpty
      else { break }
      left -= 1
    }
    end(inOrder: true)
  }

  /// Reads of 16 KiB at most.
  private static let mostLingered = 1024

  // MARK: - Refusing

  private func refuse(_ fault: HeadFault, _ lease: inout BufferLease) -> Next {
    worker.output.prepare(.closes)
    let body = ErrorAnswer.write(fault.status, fault.description, into: worker.output)
    var record = ExchangeRecord()
    record.sent.add(Int64(body), .memory)
    record.status = fault.status
    record.failure = fault.description
    let index = HeadIndex()
    lease.withBytes { worker.observer.exchanged(record, index, $0.extracting(first: 0), on: self) }
    if flush(&lease) {
      lease.removeFirst(lease.count)
      lingerTask()
    }
    return .leave
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
  private static let lastChance: Int64 = 1_000_000_000

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

  private func limit(to nanoseconds: Int64, from now: Int64 = Linux.now) {
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
