import LinuxCalls
import Reactors
import SystemPackage

// How a copy waits: it enlists its parker where something will happen, and suspends.
extension Transfer {
  /// What a copy waits for while it is suspended.
  enum Waiting: Equatable {
    case nothing
    case source, sink, tee, throttle
    /// A terminal has to have something before it is read, in the pool.
    case beforeBlockingRead
    case pool
  }

  /// Comes back from a suspension: takes the parker out of where it was enlisted, and notes what is possible now.
  func resume() throws(CopyFailure) -> Suspension? {
    let waited = waiting
    waiting = .nothing
    switch waited {
    case .nothing: break
    case .source:
      dismissParker()
      if let pace = peers?.sourcePace { pace.endWait(at: Linux.now) }
      pump.becameReadable()
    case .sink:
      dismissParker()
      if let pace = peers?.sinkPace { pace.endWait(at: Linux.now) }
      pump.becameWritable()
    case .tee:
      dismissParker()
      cancelWaitTimer()
      if let step = flushTees(inPool: false), case .teeFailed(let call, let errno) = step {
        throw CopyFailure(.sink, .secondSink(call.name, errno))
      }
    case .throttle: cancelWaitTimer()
    case .beforeBlockingRead:
      dismissParker()
      mayReadBlocking = true
    case .pool: return try takeBackFromPool()
    }
    return nil
  }

  func waitForSource(_ wasOffloaded: Bool) throws(CopyFailure) -> Suspension? {
    if gauge.paused() { reactor.noteSmallWork() }
    giveBackLeases()
    if source?.readiness == nil {
      source?.watch(on: reactor)
      source?.readiness?.noteWouldBlock(.reading)
    }
    guard let readiness = source?.readiness else { throw cannotWait(.source, .read) }
    if !wasOffloaded { readiness.noteWouldBlock(.reading) }
    ledger.waits.source &+= 1
    return try park(for: .reading, readiness, .source)
  }

  func waitForSink(_ wasOffloaded: Bool) throws(CopyFailure) -> Suspension? {
    guard let readiness = sink?.readiness else { throw cannotWait(.sink, .write) }
    if !wasOffloaded { readiness.noteWouldBlock(.writing) }
    ledger.waits.sink &+= 1
    return try park(for: .writing, readiness, .sink)
  }

  /// EAGAIN from what nobody can wait for, such as a file of a device's that was opened without blocking: asking again at
  /// once would be asking for ever.
  private func cannotWait(_ side: CopyError.Side, _ call: SystemCall) -> CopyFailure {
    CopyFailure(side, .call(call.name, .resourceTemporarilyUnavailable))
  }

  /// Enlists for `direction`, and for room in every second sink that lags. Nil when it is possible already.
  private func park(
    for direction: Readiness.Direction, _ readiness: Readiness, _ kind: Waiting
  ) throws(CopyFailure) -> Suspension? {
    turnLeft = turnBytes
    waiting = kind
    if let pace = kind == .source ? peers?.sourcePace : peers?.sinkPace { pace.beginWait(at: Linux.now) }
    let mustWait: Bool
    do throws(Errno) {
      mustWait = try readiness.enlist(parker, for: direction)
    } catch {
      if error == .notPermitted, direction == .reading { throw cannotWait(.source, .read) }
      throw CopyFailure(direction == .reading ? .source : .sink, .call(SystemCall.epollControl.name, error))
    }
    return mustWait ? try parkBesideTees() : try resume()
  }

  /// Enlists for room in `branch` and the others. Nil when there is some already, or the branch was let go.
  func park(forRoomIn branch: TeeBranch, _ readiness: Readiness) throws(CopyFailure) -> Suspension? {
    turnLeft = turnBytes
    waiting = .tee
    return try mustWait(for: branch, readiness) ? try parkBesideTees() : try resume()
  }

  private func parkBesideTees() throws(CopyFailure) -> Suspension? {
    for branch in tees where branch.isWaiting {
      guard let readiness = branch.end?.readiness, try !mustWait(for: branch, readiness) else { continue }
      // It has room already, which is served first, or it is gone.
      let unparked = try resume()
      if let step = flushTees(inPool: false), case .teeFailed(let call, let errno) = step {
        throw CopyFailure(.sink, .secondSink(call.name, errno))
      }
      return unparked
    }
    return .parked
  }

  /// Enlists for room in `branch`. False when it has room already, or was let go: one that cannot be waited for has
  /// failed, and whether that is the copy's failure its policy says.
  private func mustWait(for branch: TeeBranch, _ readiness: Readiness) throws(CopyFailure) -> Bool {
    do throws(Errno) {
      return try readiness.enlist(parker, for: .writing)
    } catch {
      branch.fail(.epollControl, error)
      if let failure = branch.failure { throw CopyFailure(.sink, .secondSink(failure.call.name, failure.errno)) }
      return false
    }
  }

  /// Nothing may reach the parker of a copy that failed before it could suspend: it is the next copy's.
  func stopWaiting() {
    dismissParker()
    cancelWaitTimer()
  }

  private func dismissParker() {
    source?.readiness?.dismiss(parker)
    sink?.readiness?.dismiss(parker)
    for branch in tees { branch.end?.readiness?.dismiss(parker) }
  }

  func waitForThrottle(_ wanted: Int) -> Suspension {
    ledger.waits.throttle &+= 1
    giveBackLeases()
    let until = throttledUntil(wanted)
    // A rate slower than the idle timeout is not idleness.
    lastProgress = until
    wakeLatest(at: until)
    waiting = .throttle
    turnLeft = turnBytes
    return .parked
  }

  /// A terminal is waited for before it is read, so that the wait can be interrupted; one thread of the pool is then
  /// kept for the length of a read alone. Nil when there is something to read, or no way to wait.
  func waitBeforeBlockingRead() -> Suspension? {
    guard let readiness = source?.readiness, let number = source?.number, source?.cannotWait == false,
      !mayReadBlocking
    else { return nil }
    readiness.noteWouldBlock(.reading)
    // Edges tell of new bytes alone: some may be there already.
    if (try? Linux.wait(for: number, .readable, milliseconds: 0)) == true { return nil }
    do throws(Errno) {
      guard try readiness.enlist(parker, for: .reading) else { return nil }
    } catch {
      source?.cannotWait = true
      return nil
    }
    ledger.waits.source &+= 1
    waiting = .beforeBlockingRead
    return .parked
  }
}
