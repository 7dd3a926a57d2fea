import LinuxCalls
import Reactors
import SystemPackage

extension Transfer {
  /// Begins the use of every second sink.
  func openTees(_ requests: [TeeRequest]) throws(CopyFailure) {
    for request in requests {
      let shape = request.tee.sink.sinkShape
      guard shape.modifiers.isEmpty else {
        throw CopyFailure(
          .sink,
          .unsupported("a second sink in wrappers, which would see nothing; wrap the source or the first sink"))
      }
      let end: KernelEnd
      var length: Int?
      switch shape.end {
      case .writer, .collector:
        throw CopyFailure(
          .sink, .unsupported("a second sink that writes by itself; a connection, a pipe or a file is expected"))
      case .file(let file, let offset, let most):
        end = try begin(file.descriptor, offset ?? file.position, .writing, .sink)
        length = most
      case .stream(let descriptor):
        end = try begin(descriptor, nil, .writing, .sink)
      }
      tees.append(TeeBranch(request, end, length: length, copy: parker.ticket))
      try refuseWhatIsNoStream(end, .sink)
    }
  }

  /// With a second sink the bytes go through a leased pipe, where tee(2) can reach them, or through memory.
  func planTeed(_ source: KernelEnd, _ sink: KernelEnd?) throws(CopyFailure) -> [Method] {
    if let from = RouteTable.Ends(source.kind), let to = RouteTable.Ends(sink?.kind ?? .memory) {
      for route in RouteTable.routes(from: from, to: to) where route != .pipedSplice && route != .buffered {
        ledger.decline(route, "a second sink gets its bytes by tee(2), which duplicates between pipes alone")
      }
    }
    if let reason = reasonAgainstTee(source, sink) {
      if case .only(let route) = routes, route != .buffered {
        throw CopyFailure(.copy, .routeUnavailable(route, reason: reason))
      }
      ledger.decline(.pipedSplice, reason)
      return [.buffered]
    }
    return routes == .only(.pipedSplice) ? [.pipedSplice] : [.pipedSplice, .buffered]
  }

  private func reasonAgainstTee(_ source: KernelEnd, _ sink: KernelEnd?) -> String? {
    guard routes.allows(.pipedSplice) else {
      return "with a second sink it is the only one, and it is excluded"
    }
    guard let sink else { return "the bytes are wanted in memory" }
    if !hashers.isEmpty { return "a hash must see the bytes" }
    let sinks = [sink] + tees.compactMap(\.end)
    if sinks.contains(where: \.facts.appends) { return "sink appends" }
    for end in [source] + sinks {
      if end.kind.isStreamSocket, end.facts.blocks { return "a lent socket blocks (O_NONBLOCK is not set)" }
      switch end.kind {
      case .regular, .tcp, .unix, .stream, .pipe: break
      default: return "nothing is spliced to or from a \(end.kind.rawValue)"
      }
    }
    return reactor.refusals[refusalKey(.pipedSplice)]
  }

  /// What came of duplicating what the pipe holds.
  enum TeeFeed {
    /// So many bytes at the front of the pipe are in every branch, and may go to the first sink.
    case ready(Int)
    case wait(Step)
  }

  func feedTees(from readEnd: Int32, held: Int) -> TeeFeed {
    var ahead = held
    for (index, branch) in tees.enumerated() where branch.isAttached {
      var feed = branch.feed(from: readEnd, held)
      if feed == .full {
        branch.flush(at: Linux.now, mayNoteReadiness: !isOffloaded)
        feed = branch.feed(from: readEnd, held)
      }
      switch feed {
      case .ahead(let count): ahead = min(ahead, count)
      case .full: if branch.isAttached { return .wait(.awaitTee(index)) }
      case .refused(let errno): return .wait(.refused(Refusal("tee", errno)))
      }
    }
    return .ready(ahead)
  }

  /// Gives each second sink what it takes now; a failure that the policy says is the copy's.
  func flushTees(inPool: Bool = true) -> Step? {
    for branch in tees where inPool || !branch.belongsInPool {
      branch.flush(at: Linux.now, mayNoteReadiness: !isOffloaded)
      if let failure = branch.failure { return .teeFailed(failure.call, failure.errno) }
    }
    return nil
  }

  /// Where bytes come from or go to someone else's code, no bite looks after the second sinks.
  func keepTeesInBounds(_ method: Method) throws(CopyFailure) -> Suspension? {
    guard !tees.isEmpty, method == .deliver || method == .refill || collector != nil else { return nil }
    if tees.contains(where: \.belongsInPool) {
      return tees.contains(where: \.isOverfull) ? try offload(.flush, 0) : nil
    }
    if let step = flushTees(), case .teeFailed(let call, let errno) = step {
      throw CopyFailure(.sink, .secondSink(call.name, errno))
    }
    guard let index = tees.firstIndex(where: \.isOverfull) else { return nil }
    return try waitForTee(index)
  }

  /// What is still on its way to a second sink: all of it when the copy itself is done, and before that what is above
  /// the bound. Only then is its end the end of the stage.
  func biteFlush() -> Step {
    if let failed = flushTees() { return failed }
    let isLast = stage == .flushing
    for (index, branch) in tees.enumerated() where isLast ? branch.isWaiting : branch.isOverfull {
      return .awaitTee(index)
    }
    return isLast ? .ended : .progressed
  }

  /// Waits for room in a second sink, or lets it go when it has stalled for too long.
  func waitForTee(_ index: Int) throws(CopyFailure) -> Suspension? {
    let branch = tees[index]
    guard branch.isBlocked || branch.belongsInPool else { return nil }
    guard let readiness = branch.end?.readiness else { return nil }
    if case .detach(let patience) = branch.tee.whenStalled {
      let isLast = stage == .flushing
      let patience = isLast ? max(patience, Tee.leastPatienceAtTheEnd) : patience
      let now = Linux.now
      let due = (branch.stalledSince ?? now) + patience.nanoseconds
      if due <= now {
        let time = Amount.seconds(Double(patience.nanoseconds) / 1e9)
        branch.detach("it took nothing for \(time) \(isLast ? "at the end of the copy" : "with its backlog full")")
        return nil
      }
      wakeLatest(at: due)
    }
    // Whoever was refused has noted it, before the call where that was in the pool: noting it now would forget an edge.
    ledger.waits.sink &+= 1
    return try park(forRoomIn: branch, readiness)
  }

  /// The first sink has everything and the end, and second sinks that hold up nobody still have some to take.
  var hasOnlyTailLeft: Bool { stage == .flushing && endIsPassed }

  /// What interrupts a copy that is done ends the waiting for its second sinks, and nothing else.
  func letTailGo() {
    parker.clearInterrupt()
    stopWaiting()
    for branch in tees where branch.isWaiting { branch.detach("the copy ended before it had taken the rest") }
    passEndToTees()
    stage = .ended
  }

  func passEndToTees() {
    for branch in tees {
      guard let end = branch.end else { continue }
      if end.kind.isStreamSocket {
        try? Linux.shutdown(end.number, .write)
      } else if end.kind == .pipe, end.descriptor.ownership == .owned {
        end.descriptor.close()
      }
    }
  }

  /// A second sink was closed by someone: let go, or the copy's failure, as its policy says.
  func closedTee() -> CopyFailure? {
    parker.clearInterrupt()
    for branch in tees where branch.end?.descriptor.isClosing == true {
      branch.fail(.close, .badFileDescriptor)
      if let failure = branch.failure { return CopyFailure(.sink, .secondSink(failure.call.name, failure.errno)) }
    }
    return nil
  }

  func closeTees() {
    for branch in tees {
      if case .file(let file, nil, _) = branch.tee.sink.sinkShape.end, let offset = branch.offset {
        file.position = offset
      }
      branch.release()
      if let lease = branch.pipe.take() { reactor.pipes.giveBack(lease, isEmpty: branch.held == 0) }
    }
  }
}
