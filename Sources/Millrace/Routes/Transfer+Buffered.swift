import LinuxCalls
import Reactors
import SystemPackage

extension Transfer {
  /// Read into a buffer, write from it: what always works, and what the others are measured against.
  func biteBuffered(_ allowance: Int) -> Step {
    if let collector { return biteCollecting(allowance, into: collector) }
    guard var lease = buffer.take() else { return .refused(Refusal("no buffer")) }
    let step = passThrough(&lease, allowance)
    buffer = consume lease
    return step
  }

  private func passThrough(_ lease: inout BufferLease, _ allowance: Int) -> Step {
    var left = allowance
    // The readiness belongs to the reactor's thread; in the pool the call itself finds out.
    var mayRead = isOffloaded || source?.readiness?.mayRead ?? true
    // The pool asks before each read, but not before a bite that begins with what is held.
    var mustAsk = !lease.isEmpty
    // A prefix waits for what the source has already, and leaves together with it. Not where the read itself would wait.
    var mustRead =
      primed > 0 && mayRead && remaining > 0 && lease.room > 0 && readFailure == nil && source?.mayBlock == false
    while true {
      if mustRead, remaining > 0 {
        mustRead = false
        switch readMore(&lease, upTo: min(remaining, lease.room)) {
        case .read(let isDry): mayRead = !isDry
        case .step(.awaitSource): mayRead = false
        case .step(.failed(_, _, let errno)): readFailure = errno
        case .step(let step):
          if lease.isEmpty || step != .ended { return step }
        }
      }
      while !lease.isEmpty {
        if let step = writeOut(&lease, &left) { return step }
      }
      if let readFailure, let source { return stepAfterRead(readFailure, source) }
      if remaining == 0 || sourceEnded { return .ended }
      // Bulk, and nothing is held: the next bite can take the pipe. A sink that is the slower side would otherwise keep
      // the buffer filled, and the flow buffered, for ever.
      if left == 0 || wantsPipe { return .progressed }
      if !mayRead { return .awaitSource }
      // A terminal is asked again before each read: the next one might wait for ever, and nothing could end it.
      if mustAsk, readWouldWait { return .awaitSource }
      if let index = tees.firstIndex(where: { $0.isOverfull }) { return .awaitTee(index) }
      switch readMore(&lease, upTo: min(remaining, left)) {
      case .read(let isDry):
        mayRead = !isDry
        mustAsk = true
      case .step(let step): return step
      }
    }
  }

  private enum ReadOutcome {
    /// Something was read; whether the source is known to have nothing more for now.
    case read(isDry: Bool)
    case step(Step)
  }

  private func readMore(_ lease: inout BufferLease, upTo most: Int) -> ReadOutcome {
    // Not unwrapped: a copy of an end costs counts of references, at every message.
    guard source != nil else { return .step(.ended) }
    do throws(Errno) {
      let asked = min(most, lease.isEmpty ? BufferPool.bufferSize : lease.room)
      let count = try unsafe lease.fill(upTo: asked) { (room) throws(Errno) in try unsafe read(into: room) }
      if count == 0 {
        sourceEnded = true
        return .step(.ended)
      }
      took(count)
      // A TCP socket that gave less than asked is empty: the read that would only say so is left out. Not where the
      // readiness knows of a reason to stop short, and not in the pool, which must not look at it. Never for a Unix
      // socket, where a read also ends at a descriptor that was passed along (unix(7)).
      let isDry = count < asked && source?.kind == .tcp && !isOffloaded && source?.readiness?.mayStopShort == false
      return .read(isDry: isDry)
    } catch {
      return .step(source.map { stepAfterRead(error, $0) } ?? .ended)
    }
  }

  func stepAfterRead(_ errno: Errno, _ from: KernelEnd) -> Step {
    if errno == .notSupportedOnSocket, from.kind == .pipe, from.facts.blocks, !from.lacksNoWait {
      source?.lacksNoWait = true
      return .progressed
    }
    return errno == .wouldBlock || errno == .resourceTemporarilyUnavailable
      ? .awaitSource : .failed(.source, from.kind.isStreamSocket ? .recv : from.offset != nil ? .pread : .read, errno)
  }

  /// Writes once; a step when the sink takes no more or fails.
  private func writeOut(_ lease: inout BufferLease, _ left: inout Int) -> Step? {
    do throws(Errno) {
      let count = try unsafe lease.drain { (bytes) throws(Errno) in
        let count = try unsafe write(bytes)
        unsafe showBytes(bytes.bytes.extracting(first: count))
        return count
      }
      let fromPrefix = min(primed, count)
      primed -= fromPrefix
      if fromPrefix > 0 { ledger.deliver(fromPrefix, by: routes == .only(.buffered) ? .buffered : .memory) }
      if count > fromPrefix { ledger.deliver(count - fromPrefix, by: .buffered) }
      left -= min(left, count)
      // At once, not after the bite: what has become bulk must not go on through the buffer to the end of its turn.
      gauge.moved(count)
      return nil
    } catch {
      return stepAfterWrite(error)
    }
  }

  func stepAfterWrite(_ errno: Errno) -> Step {
    if errno == .notSupportedOnSocket, let sink, sink.kind == .pipe, sink.facts.blocks, !sink.lacksNoWait {
      self.sink?.lacksNoWait = true
      return .progressed
    }
    let call: SystemCall = sink?.kind.isStreamSocket == true ? .send : sink?.offset != nil ? .pwrite : .write
    return errno == .wouldBlock || errno == .resourceTemporarilyUnavailable ? .awaitSink : .failed(.sink, call, errno)
  }

  private func biteCollecting(_ allowance: Int, into collector: Collector) -> Step {
    guard let from = source else { return .ended }
    if remaining == 0 || sourceEnded { return .ended }
    do throws(Errno) {
      let start = collector.bytes.count
      let count: Int
      if collector.isFull, from.kind == .regular {
        // Its size was known and is used up: the read that finds the end must not make the array grow.
        let more = try unsafe readBytes(upTo: 1) { (room) throws(Errno) in try unsafe read(into: room) }
        collector.append(more[...])
        count = more.count
      } else {
        let most = min(remaining, max(allowance, 1), collector.room ?? BufferPool.bufferSize)
        count = try unsafe collector.fill(upTo: most) { (room) throws(Errno) in try unsafe read(into: room) }
      }
      if count == 0 {
        sourceEnded = true
        return .ended
      }
      took(count)
      show(collector.bytes[start...])
      ledger.deliver(count, by: .buffered)
      return .progressed
    } catch {
      return stepAfterRead(error, from)
    }
  }

  // MARK: - One call

  func read(into room: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    guard let kind = source?.kind, let number = source?.number else { return 0 }
    switch kind {
    case .tcp, .unix, .stream: return try unsafe Linux.receive(number, into: room)
    case .pipe where source?.facts.blocks == true && source?.lacksNoWait == false:
      return try unsafe Linux.readNoWait(number, at: -1, into: room)
    default:
      guard let offset = source?.offset else { return try unsafe Linux.read(number, into: room) }
      let count = try unsafe Linux.read(number, at: offset, into: room)
      source?.offset = offset + Int64(count)
      return count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(Errno) -> Int {
    try unsafe sink?.write(bytes, more: more) ?? 0
  }
}
