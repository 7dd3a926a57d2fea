/// What is the same in every run, on every machine with the same kernel: a fixed number of operations, one after the other on
/// one connection, counted several times.
public struct ExactFigures: Codable, Sendable, Equatable {
  /// Operations that were counted.
  public var operations: Int
  /// System calls of all of them, by name.
  public var systemCalls: [String: Int]
  /// What was asked of malloc(3); nil where it is not counted.
  public var allocations: Allocations?
  /// Bytes by route.
  public var routes: [String: Int]
  /// The names of what was not the same each time, and is not compared: of system calls, or `allocations`.
  public var unstable: [String]

  /// - Parameters: as the fields.
  public init(
    operations: Int, systemCalls: [String: Int], allocations: Allocations?, routes: [String: Int], unstable: [String]
  ) {
    self.operations = operations
    self.systemCalls = systemCalls
    self.allocations = allocations
    self.routes = routes
    self.unstable = unstable
  }
}

/// How all reactors of a subject were at one time.
public struct ReactorSample: Codable, Sendable, Equatable {
  /// Seconds since the measurement began.
  public var seconds: Double
  /// Tasks that ran at that time.
  public var running: Int
  /// Tasks that could have run, and had not had their turn.
  public var runnable: Int
  /// Tasks that waited for a descriptor, a timer, or one another.
  public var waiting: Int
  /// Tasks whose work the blocking pool did.
  public var inBlockingCall: Int
  /// Tasks started since the measurement began.
  public var created: Int
  /// Threads at that time, those of the blocking pool included.
  public var threads: Int
  /// Pipes on lease.
  public var pipesLeased: Int
  /// Buffers on lease.
  public var buffersLeased: Int

  /// - Parameters: as the fields.
  public init(
    seconds: Double, running: Int, runnable: Int, waiting: Int, inBlockingCall: Int, created: Int, threads: Int,
    pipesLeased: Int, buffersLeased: Int
  ) {
    self.seconds = seconds
    self.running = running
    self.runnable = runnable
    self.waiting = waiting
    self.inBlockingCall = inBlockingCall
    self.created = created
    self.threads = threads
    self.pipesLeased = pipesLeased
    self.buffersLeased = buffersLeased
  }
}
