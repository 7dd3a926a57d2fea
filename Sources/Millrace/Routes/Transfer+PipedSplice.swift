import LinuxCalls
import SystemPackage

extension Transfer {
  /// Through a leased pipe: performs what the pump says until it waits, ends, or has moved its share.
  func bitePipedSplice(_ allowance: Int) -> Step {
    switch pipe {
    case .none: return .refused(Refusal(ledger.declined.last?.reason ?? "no pipe"))
    case .some(let lease): return pumpThrough(lease.readEnd, lease.writeEnd, allowance)
    }
  }

  /// The same while a connection carries bulk; a refusal sends it back to the buffer for good.
  func biteAdaptiveSplice(_ allowance: Int) -> Step {
    let before = ledger.delivered
    let step = bitePipedSplice(allowance)
    gauge.moved(ledger.delivered - before)
    guard case .refused(let refusal) = step else { return step }
    ledger.decline(.pipedSplice, refusal.reason)
    if refusal.isLasting { lastingRefusal = refusal.reason }
    spliceIsOut = true
    salvagePipe()
    return .progressed
  }

  private func pumpThrough(_ readEnd: Int32, _ writeEnd: Int32, _ allowance: Int) -> Step {
    guard let from = source, let to = sink else { return .refused(Refusal("one end is not the kernel's")) }
    pump.setRemaining(remaining)
    var left = allowance
    while true {
      switch pump.next {
      case .drain(let most):
        if left == 0 { return .progressed }
        if left < allowance, readWouldWait { return .awaitSource }
        if let step = drain(from, into: writeEnd, upTo: min(most, left)) { return step }
      case .pump(let count):
        let before = pump.held
        if let step = empty(readEnd, into: to, count) { return step }
        left -= min(left, before - pump.held)
      case .waitReadable: return .awaitSource
      case .waitWritable: return .awaitSink
      case .finish: return .ended
      case .fail(let errno): return step(after: errno, .splice, of: .ofOneEnd(errno, .source), blocked: .awaitSource)
      case .salvage(let errno, _): return step(after: errno, .splice, of: .ofOneEnd(errno, .sink), blocked: .awaitSink)
      }
    }
  }

  private func drain(_ from: KernelEnd, into writeEnd: Int32, upTo most: Int) -> Step? {
    var offset = source?.offset
    var none: Int64?
    do throws(Errno) {
      let count = try Linux.splice(from: from.number, at: &offset, to: writeEnd, at: &none, upTo: most)
      if count == 0, from.kind == .regular {
        let step = endOfFile(.pipedSplice)
        if case .refused = step { return step }
      }
      if count == 0 { sourceEnded = true }
      source?.offset = offset
      took(count)
      pump.drained(count)
    } catch {
      if CallVerdict.ofOneEnd(error, .source) == .wouldBlock {
        if pump.held == 0, let step = stopsAtUrgentData(from) { return step }
        pump.drainBlocked()
      } else {
        pump.sourceFailed(error)
      }
    }
    return nil
  }

  /// A splice from a TCP socket never gets past urgent data (tcp(7)); a read does.
  func stopsAtUrgentData(_ from: KernelEnd) -> Step? {
    guard from.readiness?.hasUrgentData == true else { return nil }
    return .refused(Refusal("splice stops before urgent data"))
  }

  /// Pushes out what the pipe holds. A step where someone else has to be waited for first.
  private func empty(_ readEnd: Int32, into to: KernelEnd, _ count: Int) -> Step? {
    var most = count
    if !tees.isEmpty {
      switch feedTees(from: readEnd, held: count) {
      case .ready(let ahead): most = ahead
      case .wait(let step): return step
      }
    }
    var none: Int64?
    var offset = sink?.offset
    do throws(Errno) {
      let moved = try Linux.splice(from: readEnd, at: &none, to: to.number, at: &offset, upTo: most)
      // A sink that takes nothing and says no error would be asked for ever.
      if moved == 0 { throw .ioError }
      sink?.offset = offset
      pump.pumped(moved)
      ledger.deliver(moved, by: .pipedSplice)
      for tee in tees { tee.advanced(moved) }
    } catch {
      if CallVerdict.ofOneEnd(error, .sink) == .wouldBlock {
        pump.pumpBlocked()
      } else {
        pump.sinkFailed(error)
      }
    }
    return nil
  }
}
