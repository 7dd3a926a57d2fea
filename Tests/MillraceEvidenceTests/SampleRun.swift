import Glibc

@testable import MillraceEvidence

/// A made-up run with everything that a report has to show: three scenarios, four subjects, cells that failed or were
/// skipped, warnings, latencies, routes, exact figures, time lines.
enum SampleRun {
  static let subjects = ["millrace", "c", "go", "nginx"]

  static let environment = BenchEnvironment(
    kernel: "6.18.5", architecture: "x86_64", processor: "AMD EPYC 9B14", cores: 8, memory: 33_554_432_000,
    limits: ["RLIMIT_NOFILE": "1048576", "pipe-max-size": "1048576", "somaxconn": "4096"],
    settings: [
      "congestion control": "cubic", "transparent huge pages": "madvise", "frequency governor": "performance",
    ],
    versions: ["swift": "6.3.1", "go": "1.26.2", "nginx": "1.30.0", "gcc": "14.2.0"])

  static func results(seed: UInt64 = 1) -> BenchResults {
    var generator = SeededGenerator(seed: seed)
    let copies = [4096, 65_536, 1 << 20, 16 << 20, nil].flatMap { size in
      [1, 64].map { Cell.Load(scenario: "socket-to-socket", size: size, connections: $0) }
    }
    let echoes = [64, 1024, 16_384].map { Cell.Load(scenario: "echo", size: $0, connections: 64) }
    let idle = [100, 1000, 10_000].map { Cell.Load(scenario: "idle", size: nil, connections: $0) }
    let cells = (copies + echoes + idle).flatMap { load in
      subjects.enumerated().map { index, subject in cell(load, subject, index, &generator) }
    }
    return BenchResults(
      started: "2026-03-14T09:26:53Z",
      command: ["millrace", "bench", "--rounds", "5", "--seconds", "2", "--peer", "go,nginx,c"],
      method: .init(rounds: 5, seconds: 2, warmUpSeconds: 0.5), cells: cells)
  }

  private static func cell(
    _ load: Cell.Load, _ subject: String, _ index: Int, _ generator: inout SeededGenerator
  ) -> Cell {
    if subject == "nginx", load.scenario != "socket-to-socket" {
      return Cell(load: load, subject: subject, outcome: .skipped(reason: "nginx has no \(load.scenario) of its own"))
    }
    if subject == "go", load.size == 16 << 20, load.connections == 64 {
      return Cell(
        load: load, subject: subject,
        outcome: .failed(
          reason: "go-relay ended with status 2: accept4: too many open files; after 1.2 s of the warm-up"))
    }
    let isWild = subject == "c" && load.size == 4096
    let rounds = (0..<5).map { _ in round(load, index, noise: isWild ? 0.16 : 0.03, &generator) }
    return Cell(
      load: load, subject: subject, rounds: rounds, exact: exact(load, subject),
      timeline: subject == "millrace" ? timeline(load, &generator) : [],
      warnings: isWild ? ["the rounds differ by more than 25 %", "the machine was busy: load 3.1 at the start"] : [])
  }

  private static func round(
    _ load: Cell.Load, _ index: Int, noise: Double, _ generator: inout SeededGenerator
  ) -> Round {
    func own() -> Double { exp(noise * generator.normal()) }
    let size = Double(load.size ?? 64 << 20)
    // A fixed price for an operation, and one for a byte; subjects differ in both.
    let operation = [2.1e-6, 1.9e-6, 4.2e-6, 3.0e-6][index]
    let byte = [1.6e-10, 1.5e-10, 2.6e-10, 1.7e-10][index]
    let cost = (operation + byte * size) * own()
    let operations = load.scenario == "idle" ? 0 : Int(2 / cost)
    let p50 = [31.0, 28, 52, 40][index] * own() * pow(size / 64, 0.12)
    let tail = [3.2, 2.9, 7.0, 4.0][index]
    let distribution = [0.0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100].map { percentile in
      let nines = Axis.nines(percentile, operations: max(10, operations))
      return Latency.Point(percentile: percentile, microseconds: p50 * (0.7 + pow(nines, 1.7) * tail / 6 + 0.3))
    }
    return Round(
      seconds: 2, operations: operations, bytes: operations * Int(size),
      userCPUSeconds: 0.2 * own() * Double(index + 2) / 2,
      systemCPUSeconds: 1.5 * own(),
      latency: load.scenario == "echo"
        ? Latency(
          p50: p50, p99: p50 * tail, p999: p50 * tail * 1.9 * own(), max: p50 * tail * 9, isPaced: true,
          distribution: distribution) : nil,
      contextSwitches: ContextSwitches(voluntary: Int(31_000 * own()), involuntary: 240),
      peakMemory: Int(14_000_000 * Double(index + 1) * own()),
      memoryPerConnection: load.scenario == "idle" ? Int([612.0, 310, 9240, 1800][index] * own()) : nil,
      routes: index == 0 && operations > 0 ? ["splice-through-pipe": 20_000_000_000, "buffered": 131_072] : nil,
      declined: index == 0 && operations > 0
        ? [
          Declined(route: "splice-through-pipe", reason: "the flow is small yet: 64 KiB come first by buffer"),
          Declined(route: "sendfile", reason: "the source is a socket"),
        ] : nil)
  }

  private static func exact(_ load: Cell.Load, _ subject: String) -> ExactFigures? {
    guard subject == "millrace" || subject == "c", load.connections == 64 else { return nil }
    return ExactFigures(
      operations: 1000,
      systemCalls: subject == "c"
        ? ["read": 2000, "write": 2000] : ["recvfrom": 2000, "sendto": 2000, "epoll_pwait": 1003],
      allocations: subject == "c" ? nil : Allocations(count: 12, bytes: 4_096), routes: ["buffered": 1_024_000],
      unstable: subject == "c" ? [] : ["futex"])
  }

  private static func timeline(_ load: Cell.Load, _ generator: inout SeededGenerator) -> [ReactorSample] {
    guard load.connections == 64 else { return [] }
    return (0...40).map { index in
      let running = Int.random(in: 1...4, using: &generator)
      let runnable = Int.random(in: 0...9, using: &generator)
      return ReactorSample(
        seconds: Double(index) * 0.05, running: running, runnable: runnable, waiting: 64 - running - runnable,
        inBlockingCall: index > 20 && index < 26 ? 2 : 0, created: index * 3, threads: index > 20 && index < 30 ? 7 : 5,
        pipesLeased: min(index, 24), buffersLeased: Int.random(in: 0...6, using: &generator))
    }
  }
}
