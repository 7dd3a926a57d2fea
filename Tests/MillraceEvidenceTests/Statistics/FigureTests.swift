import Testing

@testable import MillraceEvidence

@Suite("A figure")
struct FigureTests {
  /// Two seconds, 4000 operations, 2 GiB.
  private let round = Round(
    seconds: 2, operations: 4000, bytes: 2 << 30, userCPUSeconds: 0.5, systemCPUSeconds: 1.5,
    latency: Latency(p50: 10, p99: 20, p999: 30, max: 40, isPaced: true, distribution: []),
    contextSwitches: ContextSwitches(voluntary: 300, involuntary: 100), peakMemory: 5_000_000,
    memoryPerConnection: 900, systemCalls: ["splice": 6, "epoll_wait": 2], allocations: Allocations(count: 8, bytes: 99)
  )

  // 2 GiB in 2 s; 2 s of CPU for 2 GiB, 0.5 and 1.5 of them; 2 s of CPU for 4000; 400 and 8 for 4000; 8 calls for 2 GiB.
  @Test(
    "derives from a round by what its name says",
    arguments: [
      (.throughput, 1_073_741_824), (.operationsPerSecond, 2000), (.cpuPerGiB, 1), (.userCPUPerGiB, 0.25),
      (.systemCPUPerGiB, 0.75), (.cpuPerOperation, 500), (.latencyP50, 10), (.latencyP99, 20), (.latencyP999, 30),
      (.contextSwitchesPerOperation, 0.1), (.peakMemory, 5_000_000), (.memoryPerConnection, 900),
      (.allocationsPerOperation, 0.002), (.systemCallsPerGiB, 4),
    ] as [(Figure, Double)])
  func derives(figure: Figure, expected: Double) {
    #expect(close(figure.value(in: round), expected))
  }

  @Test("is none where it would mean nothing", arguments: Figure.allCases)
  func nothing(_ figure: Figure) {
    let empty = Round(seconds: 0, operations: 0, bytes: 0, userCPUSeconds: 0, systemCPUSeconds: 0)
    #expect(figure.value(in: empty) == nil)
    let negative = Round(seconds: -1, operations: 1, bytes: 1, userCPUSeconds: -1, systemCPUSeconds: -1)
    #expect(figure.value(in: negative) == nil)
  }

  @Test("is no percentile of fewer operations than it takes to have one")
  func percentiles() {
    var few = round
    few.operations = 999
    #expect(Figure.latencyP999.value(in: few) == nil)
    #expect(Figure.latencyP99.value(in: few) == 20)
    few.operations = 99
    #expect(Figure.latencyP99.value(in: few) == nil)
    #expect(Figure.latencyP50.value(in: few) == 10)
  }

  @Test("is a stall where some rounds moved nothing, and none where all did")
  func stall() {
    let load = Cell.Load(scenario: "idle", size: nil, connections: 10)
    let idle = Cell(load: load, subject: "c", rounds: [.plain(bytes: 0), .plain(bytes: 0)])
    #expect(Figure.throughput.values(of: idle) == [nil, nil])
    #expect(Figure.throughput.summary(of: idle) == nil)
    let stalled = Cell(load: load, subject: "c", rounds: [.plain(bytes: 100), .plain(bytes: 0)])
    #expect(Figure.throughput.values(of: stalled) == [100, 0])
  }

  @Test("counts less as better but for the two rates")
  func direction() {
    #expect(Figure.allCases.filter { !$0.lowerIsBetter } == [.throughput, .operationsPerSecond])
  }

  @Test(
    "is written with three digits that count and its unit",
    arguments: [
      (.throughput, 3_672_000_000, "3.42 GiB/s"), (.throughput, 999.6, "1000 B/s"), (.throughput, 12, "12.0 B/s"),
      (.operationsPerSecond, 9999.4, "9999/s"), (.operationsPerSecond, 123_456, "123 k/s"),
      (.cpuPerGiB, 0.1234, "123 ms"),
      (.cpuPerGiB, 2.5, "2.50 s"), (.cpuPerGiB, 0, "0 s"), (.latencyP50, 0.25, "250 ns"),
      (.latencyP99, 999.6, "1.00 ms"),
      (.latencyP999, 34.26, "34.3 µs"),
      (.latencyP999, 99.96, "100 µs"), (.peakMemory, 1_048_576, "1.00 MiB"),
      (.allocationsPerOperation, 0.0123, "0.0123"),
    ] as [(Figure, Double, String)])
  func text(figure: Figure, value: Double, expected: String) {
    #expect(figure.text(value) == expected)
  }

  @Test("writes no exponent and no infinity", arguments: [Double.nan, .infinity, 1e300, -1e300])
  func wild(_ value: Double) {
    #expect(value.significant() == "—")
    #expect(value.fixed(1) == "—")
  }
}
