/// What is read off a round, in the order in which tables have it.
public enum Figure: String, Sendable, Codable, CaseIterable {
  /// Bytes of content a second.
  case throughput
  /// Operations a second.
  case operationsPerSecond
  /// Seconds of CPU for each GiB of content, user and kernel mode together.
  case cpuPerGiB
  /// Those in user mode.
  case userCPUPerGiB
  /// Those in kernel mode.
  case systemCPUPerGiB
  /// Microseconds of CPU for each operation, user and kernel mode together.
  case cpuPerOperation
  /// Microseconds that half of the operations did not exceed.
  case latencyP50
  /// Microseconds that 99 % of the operations did not exceed.
  case latencyP99
  /// Microseconds that 99.9 % of the operations did not exceed.
  case latencyP999
  /// Context switches for each operation, voluntary or not.
  case contextSwitchesPerOperation
  /// The most memory at any time, in bytes.
  case peakMemory
  /// User memory for each connection, in bytes.
  case memoryPerConnection
  /// Calls of malloc(3) and its like for each operation.
  case allocationsPerOperation
  /// System calls for each GiB of content.
  case systemCallsPerGiB

  /// What it is called in tables and charts.
  public var title: String {
    switch self {
    case .throughput: "throughput"
    case .operationsPerSecond: "operations"
    case .cpuPerGiB: "CPU per GiB"
    case .userCPUPerGiB: "user CPU per GiB"
    case .systemCPUPerGiB: "system CPU per GiB"
    case .cpuPerOperation: "CPU per operation"
    case .latencyP50: "latency p50"
    case .latencyP99: "latency p99"
    case .latencyP999: "latency p99.9"
    case .contextSwitchesPerOperation: "context switches per operation"
    case .peakMemory: "peak memory"
    case .memoryPerConnection: "memory per connection"
    case .allocationsPerOperation: "allocations per operation"
    case .systemCallsPerGiB: "system calls per GiB"
    }
  }

  /// What ``value(in:)`` counts in.
  public var unit: Unit {
    switch self {
    case .throughput: .bytesPerSecond
    case .operationsPerSecond: .perSecond
    case .cpuPerGiB, .userCPUPerGiB, .systemCPUPerGiB: .seconds
    case .cpuPerOperation, .latencyP50, .latencyP99, .latencyP999: .microseconds
    case .peakMemory, .memoryPerConnection: .bytes
    case .contextSwitchesPerOperation, .allocationsPerOperation, .systemCallsPerGiB: .count
    }
  }

  /// Less of it is better: of all but rates.
  public var lowerIsBetter: Bool {
    switch self {
    case .throughput, .operationsPerSecond: false
    default: true
    }
  }

  /// A difference that nobody would act upon, however great a share of almost nothing it is; in the figure's own unit.
  public var negligible: Double {
    switch self {
    // One byte or operation a second.
    case .throughput, .operationsPerSecond: 1
    // A tick of the accounting of CPU time, 1 ms at CONFIG_HZ=1000, in a GiB.
    case .cpuPerGiB, .userCPUPerGiB, .systemCPUPerGiB: 0.001
    // Less than entering the kernel once.
    case .cpuPerOperation: 0.05
    // The step of a timer's interrupt and of a cold cache.
    case .latencyP50, .latencyP99, .latencyP999: 1
    // One in a hundred operations: what timers and the harness's own reading of counters cause.
    case .contextSwitchesPerOperation, .allocationsPerOperation: 0.01
    // What an allocator takes from the kernel at a time, 64 pages.
    case .peakMemory: 262_144
    // The smallest block of an allocator.
    case .memoryPerConnection: 32
    case .systemCallsPerGiB: 1
    }
  }

  /// What figures count in.
  public enum Unit: Sendable {
    case bytesPerSecond, perSecond, seconds, microseconds, bytes, count
  }
}
