import LinuxCalls
import SystemPackage

extension Transfer {
  /// File to socket, by sendfile with an explicit offset. Never to a file: it would be written at the descriptor's own
  /// position, which is not ours to move.
  func biteSendfile(_ allowance: Int) -> Step {
    guard let file = source, let offset = file.offset, let sink else {
      return .refused(Refusal("the source has no positions"))
    }
    if remaining == 0 { return .ended }
    do throws(Errno) {
      let count = try Linux.sendfile(from: file.number, at: offset, to: sink.number, upTo: min(allowance, remaining))
      if count == 0 { return endOfFile(.sendfile) }
      source?.offset = offset + Int64(count)
      took(count)
      ledger.deliver(count, by: .sendfile)
      return remaining == 0 ? .ended : .progressed
    } catch {
      let verdict = CallVerdict.ofTwoEnds(error)
      // A file may say EAGAIN, too (FUSE, tracefs, opened without blocking), and no edge of the sink would end that wait.
      if verdict == .wouldBlock { return awaitSinkIfFull(sink, .sendfile) }
      return step(after: error, .sendfile, of: verdict, blocked: .awaitSink)
    }
  }

  /// EAGAIN does not say which end it speaks of: the sink is waited for if it says that it has no room.
  func awaitSinkIfFull(_ to: KernelEnd, _ call: SystemCall) -> Step {
    let hasRoom = (try? Linux.wait(for: to.number, .writable, milliseconds: 0)) ?? false
    if !hasRoom { return .awaitSink }
    return fruitless >= 8 ? .refused(Refusal("\(call.name) says EAGAIN while both ends are ready")) : .progressed
  }

  /// Zero from a kernel route. At the first call it may only mean "not this route" (files in /proc say so), which a read
  /// of one byte finds out; later it is the end.
  func endOfFile(_ route: Route) -> Step {
    if ledger.bytes(by: route) == 0, hasMoreThanItSays {
      return .refused(Refusal("it gave nothing, which for files like those in /proc is no end"))
    }
    sourceEnded = true
    return .ended
  }

  private var hasMoreThanItSays: Bool {
    guard let source, let offset = source.offset else { return false }
    let byte = try? unsafe readBytes(upTo: 1) { (room) throws(Errno) in
      try unsafe Linux.read(source.number, at: offset, into: room)
    }
    return byte?.isEmpty != true
  }

  /// What follows from an errno.
  func step(after errno: Errno, _ call: SystemCall, of verdict: CallVerdict, blocked: Step) -> Step {
    switch verdict {
    case .wouldBlock: return blocked
    case .failed(.sink) where errno.isOfNetwork:
      if let ofSource = failureOfSource { return .failed(.source, .pread, ofSource) }
      return .failed(.sink, call, errno)
    case .failed(let side): return .failed(side, call, errno)
    case .notThisWay: return .refused(Refusal(call.name, errno))
    }
  }

  /// What a read of the next byte fails with. In the pool alone: what is read on the reactor is in memory, and asks no
  /// server.
  private var failureOfSource: Errno? {
    guard isOffloaded, let source, source.kind == .regular, let offset = source.offset else { return nil }
    do throws(Errno) {
      _ = try unsafe readBytes(upTo: 1) { (room) throws(Errno) in
        try unsafe Linux.read(source.number, at: offset, into: room)
      }
      return nil
    } catch {
      return error
    }
  }
}
