import LinuxCalls
import Synchronization

/// What a reactor counts as it runs: written by its thread alone.
struct ReactorCounters {
  var parked = 0
  var inBlockingCall = 0
  var inForeignCall = 0
  var running = 0
  var jobs = 0
  var wakeUps = 0
  var bytesByRoute: [String: Int] = [:]
}

/// A reading of what a reactor has done and is doing.
public struct ReactorMetrics: Sendable, Codable {
  /// How many operations and jobs are in which state.
  public struct Tasks: Sendable, Codable {
    /// Jobs running at this moment: zero or one.
    public var running: Int
    /// Jobs ready to run.
    public var runnable: Int
    /// Operations parked for readiness, a timer or a result.
    public var waiting: Int
    /// Operations in the blocking pool, waiting or running there.
    public var inBlockingCall: Int
    /// Tasks started with ``Reactor/task(_:)`` since the reactor started.
    public var created: Int
  }

  /// The reactor's number in its group.
  public var reactor: Int
  /// Tasks by state.
  public var tasks: Tasks
  /// Threads of this reactor and of the blocking pool it shares with its group.
  public var threads: Int
  /// How often `epoll_wait` came back with events, a timer or a message.
  public var wakeUps: Int
  /// Jobs run since the start, steps of exchanges that go on without a task included.
  public var jobs: Int
  /// System calls of the reactor's thread by kind, and those of the blocking pool for its copies.
  public var systemCalls: [String: Int]
  /// Bytes delivered by copies on this reactor, by route.
  public var bytesByRoute: [String: Int]
  /// Pipes out on lease, and pipes kept for the next.
  public var pipesLeased: Int
  /// Pipes that wait in the pool.
  public var pipesIdle: Int
  /// Buffers out on lease.
  public var buffersLeased: Int
  /// Buffers that wait in the pool.
  public var buffersIdle: Int
  /// Timers that are set.
  public var timers: Int
}
