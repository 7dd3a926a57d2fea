import LinuxCalls
import Millrace
import Reactors
import SystemPackage

// Requests that are answered at once, by a step of the reactor's.
extension HTTPConnection {
  /// Reads the next head and answers it, if that can be done at once.
  func answer(_ lease: inout BufferLease, _ left: inout Int) -> Next {
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
  var persistence: ResponseBuffer.Persistence {
    let isOneMore = worker.times.mostRequests.map { requests < $0 } ?? true
    guard worker.index.keepsAlive, isOneMore, !worker.isDraining else { return .closes }
    return worker.index.minorVersion == 0 ? .keepsAliveExplicitly : .keepsAlive
  }

  /// Whether reading the head again may come to another end than the last time: whoever sends a byte at a time must not have
  /// all of them read for each.
  func isWorthReading(_ bytes: Span<UInt8>) -> Bool {
    let limits = worker.reader.limits
    if bytes.count >= limits.head || (searched <= limits.line && bytes.count > limits.line) { return true }
    return Self.mayBeWhole(bytes, from: searched)
  }

  /// A head has come whole only if there is an empty line behind `start`, or a line end that should be one.
  static func mayBeWhole(_ bytes: Span<UInt8>, from start: Int) -> Bool {
    guard start > 0 else { return true }
    for at in max(1, start - 2)..<bytes.count
    where bytes[at] == Ascii.lineFeed && (bytes[at - 1] == Ascii.lineFeed || at > 1 && bytes[at - 2] == Ascii.lineFeed)
    {
      return true
    }
    return false
  }

  /// Everything of the answer is in the output.
  func conclude(
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
  static let mostOutput = 64 * 1024

  /// The head, and as much of the file as there is room for; a task sends the rest.
  func send(
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
      reactor.countDelivered(sentOfFile, by: Route.sendfile.rawValue)
      reactor.countShare(ofBytes: sentOfFile)
      guard Int64(sentOfFile) == slice.length else {
        handOver(
          &lease, length, started, .section(status: status, slice), sentOfHead: sentOfHead, sentOfFile: sentOfFile)
        return .leave
      }
      worker.output.clear()
      var record = ExchangeRecord()
      record.status = status
      record.sent.add(Int64(sentOfFile), .sendfile)
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
  static let longBite = 2 << 20
  static let shortBite = 64 * 1024

  /// The exchange cannot come to its end: whoever reads on must not take what it got for all there was.
  func breakOff(_ status: Int, _ reason: String, _ started: Int64, _ lease: inout BufferLease) {
    var record = ExchangeRecord()
    record.status = status
    record.failure = reason
    record.nanoseconds = Linux.now - started
    lease.withBytes { worker.observer.exchanged(record, worker.index, $0, on: self) }
    end(inOrder: false)
  }

  // MARK: - Refusing

  func refuse(_ fault: HeadFault, _ lease: inout BufferLease) -> Next {
    worker.output.prepare(.closes)
    let body = ErrorAnswer.write(fault.status, fault.description, into: worker.output)
    var record = ExchangeRecord()
    record.sent.add(Int64(body), .memory)
    record.status = fault.status
    if fault.status == 408 { record.failure = fault.description } else { record.refusal = fault.description }
    let index = HeadIndex()
    lease.withBytes { worker.observer.exchanged(record, index, $0.extracting(first: 0), on: self) }
    if flush(&lease) {
      lease.removeFirst(lease.count)
      lingerTask()
    }
    return .leave
  }
}
