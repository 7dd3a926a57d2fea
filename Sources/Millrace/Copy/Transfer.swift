import LinuxCalls
import Reactors
import SystemPackage

/// One copy on its way: the ends, what is held in between, and what has been done.
///
/// Confined to the task and reactor that run it; while a bite is done in the blocking pool, to that thread. The
/// routes are extensions, one a file; `Transfer+Driving` takes the turns, waits and keeps the time.
final class Transfer: @unchecked Sendable {
  let reactor: Reactor
  let observers: [Observer]
  let hashers: [HashRequest]
  private let monitor: CopyMonitor?
  /// What was asked for; let go once the ends are open, for a copy that waits for long should be small.
  @safe @exclusivity(unchecked) private(set) var request: CopyRequest?

  // Of the options what is needed to the end.
  let routes: RouteChoice
  /// Nanoseconds without a byte; `Int64.max` is no limit.
  @safe @exclusivity(unchecked) private(set) var idleLimit: Int64
  /// What is known of slow peers; few copies have one.
  @safe @exclusivity(unchecked) var peers: PeerWatch?

  // The ends. Of each side one is set, or none for a source in memory.
  @safe @exclusivity(unchecked) var source: KernelEnd?
  @safe @exclusivity(unchecked) var sink: KernelEnd?
  let ownEnds: OwnEnds?
  let collector: Collector?
  /// The files whose positions move with the copy.
  @safe @exclusivity(unchecked) var sourceFile: File?
  @safe @exclusivity(unchecked) var sinkFile: File?

  // What is held in between.
  @safe @exclusivity(unchecked) var pending = PendingBytes()
  @safe @exclusivity(unchecked) var buffer: BufferLease?
  @safe @exclusivity(unchecked) var pipe: PipeLease?
  /// Bytes of `buffer` that came from `pending`.
  @safe @exclusivity(unchecked) var primed = 0

  // Where it stands.
  @safe @exclusivity(unchecked) var ledger = Ledger()
  /// What the reactor's metrics have of it already, by route; empty until there is much.
  @safe @exclusivity(unchecked) var counted: [Int] = []
  /// Bytes that may still be taken from the source.
  @safe @exclusivity(unchecked) var remaining = Int.max
  /// The most bytes of all, where someone has set one.
  @safe @exclusivity(unchecked) var limit = Int.max
  /// Bytes a section has promised and not given yet.
  @safe @exclusivity(unchecked) var owed = 0
  @safe @exclusivity(unchecked) var gauge = FlowGauge()
  @safe @exclusivity(unchecked) var pump = SplicePump(remaining: 0, chunk: 0)
  @safe @exclusivity(unchecked) var tees: [TeeBranch] = []
  /// Why the kernel will never splice between these ends.
  @safe @exclusivity(unchecked) var lastingRefusal: String?

  /// Of an exchange, the other one of the two; let go at the end.
  @safe @exclusivity(unchecked) var otherDirection: Transfer?

  // Where the copy is, and what it waits for.
  @safe @exclusivity(unchecked) var stage = Stage.beginning
  @safe @exclusivity(unchecked) var waiting = Waiting.nothing
  @safe @exclusivity(unchecked) var methods: [Method] = []
  @safe @exclusivity(unchecked) var failure: CopyFailure?
  @safe @exclusivity(unchecked) var turnLeft: Int
  @safe @exclusivity(unchecked) var writerAllowance = 0
  @safe @exclusivity(unchecked) var offloaded: OffloadedBite?

  // Time.
  let parker: Parker
  @safe @exclusivity(unchecked) private(set) var throttles: [Throttle] = []
  let started = Linux.now
  @safe @exclusivity(unchecked) var lastProgress: Int64
  /// `Int64.max` is none.
  let deadline: Int64
  lazy var timer = TimerEntry(self)
  /// Ends a wait that has a time of its own; nil while there was none.
  @safe @exclusivity(unchecked) private var waitTimer: TimerEntry?

  // Small things, side by side: each alone would take eight bytes, and there are two transfers for every idle connection.
  /// The source failed while a prefix waited for it; told when that is delivered. A socket tells of it once.
  @safe @exclusivity(unchecked) var readFailure: Errno?
  let passesEnd: Bool
  let measuresCPU: Bool
  @safe @exclusivity(unchecked) var sourceEnded = false
  @safe @exclusivity(unchecked) var isAdaptive = false
  /// Nothing of it ever belongs into the pool, and a small message must not ask for that.
  @safe @exclusivity(unchecked) var isBetweenSockets = false
  /// No splice any more in this copy, for the reason that stands in the ledger.
  @safe @exclusivity(unchecked) var spliceIsOut = false
  /// A terminal has something to read.
  @safe @exclusivity(unchecked) var mayReadBlocking = false
  @safe @exclusivity(unchecked) var isOffloaded = false
  /// Bites in a row that moved nothing.
  @safe @exclusivity(unchecked) var fruitless: UInt8 = 0
  /// Of an exchange: the other direction failed and takes this one along; this one has come to its end.
  @safe @exclusivity(unchecked) var endsWithOther = false
  @safe @exclusivity(unchecked) var isOver = false
  /// The sink has been told that there is no more, while second sinks still have their backlogs.
  @safe @exclusivity(unchecked) var endIsPassed = false
  /// Of an exchange: the other direction, in writing, took the error of the connection that this one reads. What is left
  /// there is read, but its end is none.
  @safe @exclusivity(unchecked) var sourceIsBroken: Errno?

  init(_ request: CopyRequest, on reactor: Reactor) {
    self.reactor = reactor
    self.request = request
    turnLeft = reactor.hasSmallWork ? Self.shortTurn : Self.longTurn
    parker = reactor.leaseParker()
    let source = request.sourceShape
    let sink = request.sinkShape
    var modifiers = source.modifiers
    modifiers.add(sink.modifiers)
    let options = request.options
    if let progress = options.progress { modifiers.observers.append(Observer(skip: 0, call: progress)) }
    observers = modifiers.observers
    hashers = modifiers.hashers
    ownEnds = OwnEnds(source.end, sink.end)
    passesEnd = options.passesEnd
    routes = options.routes
    measuresCPU = options.measuresCPU
    idleLimit = min(options.idleTimeout?.nanoseconds ?? .max, source.bounds.idle, sink.bounds.idle)
    if source.bounds.pace != nil || sink.bounds.pace != nil {
      peers = PeerWatch(source.bounds.pace, sink.bounds.pace)
    }
    if case .collector(let collector) = sink.end { self.collector = collector } else { collector = nil }
    lastProgress = started
    if options.measuresCPU { ledger.begin(ThreadMeter(of: reactor)) }
    deadline = options.deadline.map { Linux.now + ContinuousClock.now.duration(to: $0).nanoseconds } ?? .max
    monitor = options.monitor
    if !modifiers.rates.isEmpty {
      throttles = modifiers.rates.map { [started] rate in
        switch rate {
        case .own(let bytesPerSecond): .own(TokenBucket(bytesPerSecond: bytesPerSecond, at: started))
        case .shared(let limit): .shared(RateShare(limit))
        }
      }
    }
  }

  /// How far the copy has come.
  enum Stage: Equatable {
    case beginning
    /// By the method at this place of the plan.
    case moving(Int)
    case flushing, passingEnd, ended
  }

  /// How one bite is taken.
  enum Method: Equatable {
    case sendfile, copyFileRange, splice, pipedSplice, adaptive, buffered
    /// From the pending bytes to a sink of the kernel's or in memory.
    case deliver
    /// From a source of the kernel's to the pending bytes, for a writer.
    case refill
    /// What second sinks have not got yet.
    case flush
  }

  /// What came of a bite.
  enum Step: Equatable {
    case progressed
    case awaitSource, awaitSink
    /// Waits for room in a second sink.
    case awaitTee(Int)
    case ended
    /// Not this route, from here on: why.
    case refused(Refusal)
    case failed(CopyError.Side, SystemCall, Errno)
    /// A second sink failed, and its policy says that the copy does.
    case teeFailed(SystemCall, Errno)
  }

  func letRequestGo() { request = nil }

  func tellMonitor() { monitor?.note(reading) }

  /// From now on it ends when no byte was delivered for so many nanoseconds, counted from now at the earliest.
  func limitIdle(to nanoseconds: Int64) {
    idleLimit = nanoseconds
    lastProgress = Linux.now
    armTimer()
  }

  /// Everything that is held in between is gone, and nothing more may come.
  var isDrained: Bool { pending.isEmpty && heldInBuffer == 0 && pump.held == 0 }

  var hasBuffer: Bool {
    switch buffer {
    case .some: true
    case .none: false
    }
  }

  var hasPipe: Bool {
    switch pipe {
    case .some: true
    case .none: false
    }
  }

  var heldInBuffer: Int {
    switch buffer {
    case .some(let lease): lease.count
    case .none: 0
    }
  }

  // MARK: - A wait's own time

  func wakeLatest(at time: Int64) {
    let timer = waitTimer ?? TimerEntry(parker)
    waitTimer = timer
    reactor.setTimer(timer, to: time)
  }

  func cancelWaitTimer() {
    if let waitTimer { reactor.cancelTimer(waitTimer) }
  }

  // MARK: - Throttle

  /// Bytes that every rate lets through now; zero means wait until `throttledUntil`.
  func throttleAllowance(_ wanted: Int) -> Int {
    guard !throttles.isEmpty else { return wanted }
    let now = Linux.now
    var allowance = wanted
    for index in throttles.indices {
      allowance = min(allowance, throttles[index].allowance(at: now, wanted: wanted))
    }
    return allowance
  }

  func throttledUntil(_ wanted: Int) -> Int64 {
    throttles.map { $0.nextTime(wanted: wanted) }.max() ?? 0
  }

  /// What was reserved of shared rates and did not go is others'.
  func endThrottling() {
    for index in throttles.indices { throttles[index].end() }
  }

  func spend(_ count: Int) {
    for index in throttles.indices { throttles[index].spend(count) }
  }
}
