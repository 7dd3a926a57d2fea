import LinuxCalls
import Millrace

/// One round of one cell.
final class Measurement {
  private let stage: Stage
  private let seconds: Double
  private let warmUp: Double
  private(set) var timeline: [ReactorSample] = []

  init(_ stage: Stage, seconds: Double, warmUp: Double) {
    self.stage = stage
    self.seconds = seconds
    self.warmUp = warmUp
  }

  /// - Parameter watches: looks at the reactors in its course, forty times.
  func round(watches: Bool) async throws -> Round {
    try await stage.open()
    _ = try await stage.work(.work(seconds: warmUp), seconds: warmUp)
    if watches { try await stage.watch(every: seconds / 40) }
    try await stage.mark()
    let before = try stage.figures()
    let result = try await stage.work(.work(seconds: seconds), seconds: seconds)
    let after = try stage.figures()
    let counted = try await stage.report()
    timeline = counted?.timeline ?? []
    stage.endLoad()
    let routes = try await stage.routes(atLeast: result.bytes)
    try stage.checkFiles()
    let cpu = after.cpu(since: before)
    return Round(
      seconds: result.seconds, operations: result.operations, bytes: result.bytes, userCPUSeconds: cpu.user,
      systemCPUSeconds: cpu.system, latency: result.latency, contextSwitches: after.switches(since: before),
      peakMemory: after.peakMemory, systemCalls: counted?.systemCalls, allocations: counted?.allocations,
      routes: routes?.routes, declined: routes?.declined)
  }

  /// What each of many connections adds to a process that has had some.
  func memory() async throws -> Round {
    let count = stage.load.connections
    try await stage.open(connections: count)
    let port = stage.port
    _ = try await stage.openLoad(kind: .idle, port: port, connections: 64)
    let before = ProcessFigures.privateMemory(of: stage.measured)
    let figures = try stage.figures()
    let start = Linux.now
    _ = try await stage.openLoad(kind: .idle, port: port, connections: count)
    let time = Double(Linux.now - start) / 1e9
    let grown = ProcessFigures.privateMemory(of: stage.measured) - before
    let after = try stage.figures()
    let cpu = after.cpu(since: figures)
    return Round(
      seconds: time, operations: count, bytes: 0, userCPUSeconds: cpu.user, systemCPUSeconds: cpu.system,
      contextSwitches: after.switches(since: figures), peakMemory: after.peakMemory,
      memoryPerConnection: grown / max(1, count))
  }
}
