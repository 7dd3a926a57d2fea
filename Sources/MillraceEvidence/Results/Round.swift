/// One measurement of one cell.
public struct Round: Codable, Sendable, Equatable {
  /// Seconds of the clock.
  public var seconds: Double
  /// Operations that were done.
  public var operations: Int
  /// Bytes of content that arrived where they belong, each counted once.
  public var bytes: Int
  /// Seconds of CPU that the subject's processes used in user mode; of load and far end nothing.
  public var userCPUSeconds: Double
  /// Seconds of CPU that they used in kernel mode.
  public var systemCPUSeconds: Double
  /// How long operations took; nil where they have no beginning and end, as in a stream.
  public var latency: Latency?
  /// Of the subject's threads.
  public var contextSwitches: ContextSwitches?
  /// The most memory that the subject had at any time, in bytes (VmHWM, proc(5)).
  public var peakMemory: Int?
  /// User memory for each connection, in bytes; of the scenarios `idle` and `http-idle`.
  public var memoryPerConnection: Int?
  /// Bytes that company moved meanwhile, where there was some (``Cell/Load/beside``).
  public var besideBytes: Int?
  /// System calls by name, where the subject counts them.
  public var systemCalls: [String: Int]?
  /// What the subject asked of malloc(3), where it counts that.
  public var allocations: Allocations?
  /// Bytes by route, where the subject says.
  public var routes: [String: Int]?
  /// Better routes that were not taken, and why.
  public var declined: [Declined]?

  /// A round; what is not known is nil.
  public init(
    seconds: Double, operations: Int, bytes: Int, userCPUSeconds: Double, systemCPUSeconds: Double,
    latency: Latency? = nil, contextSwitches: ContextSwitches? = nil, peakMemory: Int? = nil,
    memoryPerConnection: Int? = nil, besideBytes: Int? = nil, systemCalls: [String: Int]? = nil,
    allocations: Allocations? = nil,
    routes: [String: Int]? = nil, declined: [Declined]? = nil
  ) {
    self.seconds = seconds
    self.operations = operations
    self.bytes = bytes
    self.userCPUSeconds = userCPUSeconds
    self.systemCPUSeconds = systemCPUSeconds
    self.latency = latency
    self.contextSwitches = contextSwitches
    self.peakMemory = peakMemory
    self.memoryPerConnection = memoryPerConnection
    self.besideBytes = besideBytes
    self.systemCalls = systemCalls
    self.allocations = allocations
    self.routes = routes
    self.declined = declined
  }
}

/// How long operations took, in microseconds.
public struct Latency: Codable, Sendable, Equatable {
  /// Half took no longer than this.
  public var p50: Double
  /// 99 % took no longer than this.
  public var p99: Double
  /// 99.9 % took no longer than this.
  public var p999: Double
  /// The longest.
  public var max: Double
  /// Operations were begun at a steady pace, and each time is from when it was to begin: no coordinated omission. False where
  /// each began when the last had ended.
  public var isPaced: Bool
  /// The distribution: of each percentile, from 0 to 100, the time that so many operations did not exceed. Ascending.
  public var distribution: [Point]

  /// A point of the distribution.
  public struct Point: Codable, Sendable, Equatable {
    /// 0 to 100.
    public var percentile: Double
    /// Microseconds.
    public var microseconds: Double

    /// - Parameters: as the fields.
    public init(percentile: Double, microseconds: Double) {
      self.percentile = percentile
      self.microseconds = microseconds
    }
  }

  /// - Parameters: as the fields.
  public init(p50: Double, p99: Double, p999: Double, max: Double, isPaced: Bool, distribution: [Point]) {
    self.p50 = p50
    self.p99 = p99
    self.p999 = p999
    self.max = max
    self.isPaced = isPaced
    self.distribution = distribution
  }
}

/// How often threads gave up the CPU, and how often it was taken from them (getrusage(2)).
public struct ContextSwitches: Codable, Sendable, Equatable {
  /// A thread had nothing to do, and waited.
  public var voluntary: Int
  /// A thread's time was up, or another came first.
  public var involuntary: Int

  /// - Parameters: as the fields.
  public init(voluntary: Int, involuntary: Int) {
    self.voluntary = voluntary
    self.involuntary = involuntary
  }
}

/// What was asked of malloc(3) and its like.
public struct Allocations: Codable, Sendable, Equatable {
  /// Calls that asked for memory.
  public var count: Int
  /// Bytes that they asked for.
  public var bytes: Int

  /// - Parameters: as the fields.
  public init(count: Int, bytes: Int) {
    self.count = count
    self.bytes = bytes
  }
}

/// A better route that was not taken.
public struct Declined: Codable, Sendable, Hashable {
  /// The route's name.
  public var route: String
  /// Why it was not taken.
  public var reason: String

  /// - Parameters: as the fields.
  public init(route: String, reason: String) {
    self.route = route
    self.reason = reason
  }
}
