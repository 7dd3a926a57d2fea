extension Figure {
  /// The figure of a round; nil where the round does not have it, or where it would mean nothing: per GiB without bytes,
  /// per operation without operations, either beside others' bytes, which cost as well, and a percentile of so few operations that
  /// it is only the slowest of them.
  public func value(in round: Round) -> Double? {
    let value: Double? =
      switch self {
      case .throughput: Double(round.bytes) / round.seconds
      case .operationsPerSecond: Double(round.operations) / round.seconds
      case .cpuPerGiB: round.perGiB(round.userCPUSeconds + round.systemCPUSeconds)
      case .userCPUPerGiB: round.perGiB(round.userCPUSeconds)
      case .systemCPUPerGiB: round.perGiB(round.systemCPUSeconds)
      case .cpuPerOperation: round.perOperation((round.userCPUSeconds + round.systemCPUSeconds) * 1_000_000)
      case .latencyP50: round.latency?.p50
      case .latencyP99: round.operations < 100 ? nil : round.latency?.p99
      case .latencyP999: round.operations < 1000 ? nil : round.latency?.p999
      case .contextSwitchesPerOperation:
        round.contextSwitches.flatMap { round.perOperation(Double($0.voluntary) + Double($0.involuntary)) }
      case .peakMemory: round.peakMemory.map(Double.init)
      case .memoryPerConnection: round.memoryPerConnection.map(Double.init)
      case .allocationsPerOperation: round.allocations.flatMap { round.perOperation(Double($0.count)) }
      case .systemCallsPerGiB:
        round.systemCalls.flatMap { calls in round.perGiB(calls.values.reduce(0) { $0 + Double($1) }) }
      }
    // Seconds of zero, or what a damaged file says.
    return value.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
  }

  /// The figure of each round of a cell, at the round's place. A rate that is zero in every round is none: a scenario that
  /// moves no bytes has no throughput. One that is zero in some is a stall, and counts.
  public func values(of cell: Cell) -> [Double?] {
    let values = cell.rounds.map(value(in:))
    if !lowerIsBetter, values.allSatisfy({ $0 ?? 0 == 0 }) { return values.map { _ in nil } }
    return values
  }

  /// The rounds of a cell in a few numbers; nil where none has the figure.
  public func summary(of cell: Cell) -> Summary? {
    Summary(values(of: cell).compactMap(\.self))
  }
}

extension Round {
  fileprivate func perGiB(_ amount: Double) -> Double? {
    bytes > 0 && besideBytes == nil ? amount / (Double(bytes) / 1_073_741_824) : nil
  }

  fileprivate func perOperation(_ amount: Double) -> Double? {
    operations > 0 && besideBytes == nil ? amount / Double(operations) : nil
  }
}
