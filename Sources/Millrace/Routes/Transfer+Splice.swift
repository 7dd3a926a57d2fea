import LinuxCalls
import SystemPackage

extension Transfer {
  /// Straight between a pipe and another end. To a terminal piece by piece, as it is written to.
  func biteSplice(_ allowance: Int) -> Step {
    guard let source, let sink, sink.mayWaitForPeer, sink.kind != .pipe else { return spliceOnce(allowance) }
    // No more than a pipe holds, as a splice without pieces: progress is told after it.
    var left = min(allowance, 64 * 1024)
    while left > 0 {
      guard sink.hasRoom else {
        guard source.hasBytes else { return .awaitSource }
        // Ready and empty is the end, which needs no room.
        return (try? Linux.readableBytes(in: source.number)) == 0 ? spliceOnce(left) : .awaitSink
      }
      let before = ledger.delivered
      let step = spliceOnce(min(left, sink.surePiece))
      if step != .progressed { return step }
      left -= ledger.delivered - before
    }
    return .progressed
  }

  private func spliceOnce(_ allowance: Int) -> Step {
    guard let from = source, let to = sink else { return .refused(Refusal("one end is not the kernel's")) }
    if remaining == 0 { return .ended }
    var sourceOffset = from.offset
    var sinkOffset = to.offset
    do throws(Errno) {
      let count = try Linux.splice(
        from: from.number, at: &sourceOffset, to: to.number, at: &sinkOffset, upTo: min(allowance, remaining))
      if count == 0 {
        if from.kind == .regular { return endOfFile(.splice) }
        sourceEnded = true
        return .ended
      }
      source?.offset = sourceOffset
      sink?.offset = sinkOffset
      took(count)
      ledger.deliver(count, by: .splice)
      return remaining == 0 ? .ended : .progressed
    } catch {
      let verdict: CallVerdict =
        from.kind == .pipe && to.kind == .pipe || from.kind != .pipe && to.kind == .pipe
        ? .ofSpliceIntoPipe(error) : .ofSpliceOutOfPipe(error)
      if verdict == .wouldBlock { return stopsAtUrgentData(from) ?? blockedEnd(from, to) }
      return step(after: error, .splice, of: verdict, blocked: .awaitSink)
    }
  }

  /// EAGAIN does not say which end it speaks of, and by the time they are asked either may have changed: only an end
  /// that still says no is waited for.
  private func blockedEnd(_ from: KernelEnd, _ to: KernelEnd) -> Step {
    // Of the two a file is the one that nobody can wait for: it is always ready, says poll(2).
    if from.kind != .regular, !from.hasBytes { return .awaitSource }
    // Urgent data before the first wait looks like both being ready, too.
    return awaitSinkIfFull(to, .splice)
  }
}

extension CallVerdict {
  /// Between a source and a pipe that is the sink: EPIPE is the pipe's, the rest the source's.
  static func ofSpliceIntoPipe(_ errno: Errno) -> CallVerdict {
    errno == .brokenPipe ? .failed(.sink) : ofOneEnd(errno, .source)
  }

  /// Out of a pipe that is the source: an empty pipe does not fail, so every failure is the sink's.
  static func ofSpliceOutOfPipe(_ errno: Errno) -> CallVerdict { ofOneEnd(errno, .sink) }
}
