import Benchmark

/// What one operation of the engine takes, counted: no time is measured here, and none is compared.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.systemCalls, .allocations], warmupIterations: 0, maxDuration: .seconds(10), maxIterations: 3,
    thresholds: [.systemCalls: .exact, .allocations: .withinOne])
  registerFiles()
  registerStreams()
  registerExchanges()
}
