/// What is compared between two runs, and which way is better.
public enum Figure: String, Sendable, CaseIterable {
  /// Bytes a second.
  case throughput = "MiB/s"
  /// Operations a second.
  case operations = "operations/s"
  /// CPU in both modes for each GiB.
  case cpuPerGiB = "CPU s/GiB"
  /// CPU in both modes for each operation.
  case cpuPerOperation = "CPU µs/operation"
  /// Half took no longer.
  case p50 = "p50 µs"
  /// 99 % took no longer.
  case p99 = "p99 µs"
  /// 99.9 % took no longer.
  case p999 = "p99.9 µs"
  /// The most memory at any time.
  case peakMemory = "peak MiB"
  /// Of an idle connection.
  case memoryPerConnection = "bytes/connection"

  /// Whether less of it is better.
  public var isBetterLow: Bool { self != .throughput && self != .operations }

  /// Of a round; nil where it has none.
  public func value(of round: Round) -> Double? {
    let cpu = round.userCPUSeconds + round.systemCPUSeconds
    switch self {
    case .throughput: return round.bytes > 0 ? Double(round.bytes) / round.seconds / 1_048_576 : nil
    case .operations: return round.memoryPerConnection == nil ? Double(round.operations) / round.seconds : nil
    case .cpuPerGiB: return round.bytes > 0 ? cpu / Double(round.bytes) * 1_073_741_824 : nil
    case .cpuPerOperation:
      return round.operations > 0 && round.memoryPerConnection == nil ? cpu * 1e6 / Double(round.operations) : nil
    case .p50: return round.latency?.p50
    case .p99: return round.latency?.p99
    case .p999: return round.latency?.p999
    case .peakMemory: return round.peakMemory.map { Double($0) / 1_048_576 }
    case .memoryPerConnection: return round.memoryPerConnection.map(Double.init)
    }
  }

  /// Of a cell, over its rounds.
  public func values(of cell: Cell) -> [Double] { cell.rounds.compactMap(value(of:)) }
}
