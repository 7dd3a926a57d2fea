@testable import Millrace

/// What can happen when a pump's action is performed.
enum PumpEvent: CaseIterable, Sendable {
  // To a drain.
  case drainedOne, drainedAll, drainedThenBlocked, sourceEnded, drainBlocked, sourceFailed
  // To a pump.
  case pumpedOne, pumpedAll, pumpBlocked, sinkFailed
  // To a wait.
  case readable, writable
  // Unasked for.
  case spuriousReadable, spuriousWritable

  static let toDrain: [PumpEvent] = [
    .drainedOne, .drainedAll, .drainedThenBlocked, .sourceEnded, .drainBlocked, .sourceFailed,
  ]
  static let toPump: [PumpEvent] = [
    .pumpedOne, .pumpedAll, .pumpBlocked, .sinkFailed, .spuriousReadable, .spuriousWritable,
  ]
  static let toWaitReadable: [PumpEvent] = [.readable, .spuriousWritable]
  static let toWaitWritable: [PumpEvent] = [.writable, .spuriousReadable]
}

/// A pump with an account of what really happened, kept beside it: the laws are judged by the account alone.
struct PumpModel: Sendable {
  enum End: Equatable, Sendable { case finished, sourceFailed, sinkFailed(residue: Int) }

  private(set) var pump: SplicePump
  let limit: Int
  private(set) var taken = 0
  private(set) var delivered = 0
  private var sourceIsDry = false
  private var sourceHasEnded = false
  private var sourceHasFailed = false
  private var sinkIsFull = false
  private var sinkHasFailed = false
  private(set) var end: End?

  init(limit: Int, chunk: Int) {
    self.limit = limit
    pump = SplicePump(remaining: limit, chunk: chunk)
  }

  var held: Int { taken - delivered }

  /// What may happen next; nothing when it is over.
  var possible: [PumpEvent] {
    switch pump.next {
    case .drain: PumpEvent.toDrain
    case .pump: PumpEvent.toPump
    case .waitReadable: PumpEvent.toWaitReadable
    case .waitWritable: PumpEvent.toWaitWritable
    case .finish, .fail, .salvage: []
    }
  }

  mutating func apply(_ event: PumpEvent) {
    switch (event, pump.next) {
    case (.drainedOne, .drain): drained(1)
    case (.drainedAll, .drain(let most)): drained(most)
    case (.drainedThenBlocked, .drain(let most)):
      // The pipe's slots are taken by less than its bytes: EAGAIN that says nothing of the source.
      drained(most)
      pump.drainBlocked()
    case (.sourceEnded, .drain):
      pump.drained(0)
      sourceHasEnded = true
    case (.drainBlocked, .drain):
      pump.drainBlocked()
      sourceIsDry = true
    case (.sourceFailed, .drain):
      pump.sourceFailed(.ioError)
      sourceHasFailed = true
    case (.pumpedOne, .pump): pumped(1)
    case (.pumpedAll, .pump(let count)): pumped(count)
    case (.pumpBlocked, .pump):
      pump.pumpBlocked()
      sinkIsFull = true
    case (.sinkFailed, .pump):
      pump.sinkFailed(.brokenPipe)
      sinkHasFailed = true
    case (.readable, _), (.spuriousReadable, _):
      pump.becameReadable()
      sourceIsDry = false
    case (.writable, _), (.spuriousWritable, _):
      pump.becameWritable()
      sinkIsFull = false
    default: break
    }
  }

  private mutating func drained(_ count: Int) {
    pump.drained(count)
    taken += count
  }

  private mutating func pumped(_ count: Int) {
    pump.pumped(count)
    delivered += count
  }

  /// Which law the pump breaks now; nil for none.
  mutating func brokenLaw() -> String? {
    if pump.held != held { return "it holds \(pump.held), and \(held) were taken and not delivered" }
    if pump.remaining != limit - taken { return "\(pump.remaining) remain, not \(limit - taken)" }
    if taken > limit { return "\(taken) were taken, past the limit of \(limit)" }
    switch pump.next {
    case .drain(let count):
      if held > 0 { return "it takes more before it has pushed out what it holds" }
      if sourceHasEnded || sourceHasFailed || sinkHasFailed { return "it takes from a source that is over" }
      if sourceIsDry { return "it takes from a source that has nothing" }
      if !(1...pump.chunk).contains(count) || count > limit - taken { return "it takes \(count)" }
    case .pump(let count):
      if count != held || held == 0 { return "it pushes \(count) of \(held)" }
      if sinkIsFull || sinkHasFailed { return "it pushes into a sink that takes nothing" }
    case .waitReadable:
      if held > 0 { return "it waits for the source while it holds \(held)" }
      if !sourceIsDry { return "it waits for a source that may have bytes" }
    case .waitWritable:
      if held == 0 || !sinkIsFull { return "it waits for a sink that may take bytes" }
    case .finish:
      end = .finished
      if held > 0 { return "it finishes with \(held) held" }
      if !sourceHasEnded, taken < limit { return "it finishes before the source" }
      if sourceHasFailed || sinkHasFailed { return "it finishes after a failure" }
    case .fail(let errno):
      end = .sourceFailed
      if held > 0 { return "it tells of the source's failure while it holds \(held)" }
      if !sourceHasFailed || errno != .ioError { return "it tells of a failure that was none: \(errno)" }
    case .salvage(let errno, let count):
      end = .sinkFailed(residue: held)
      if count != held { return "it gives back \(count) of \(held)" }
      if !sinkHasFailed || errno != .brokenPipe { return "it salvages after no failure: \(errno)" }
    }
    return nil
  }
}
