import LinuxCalls
import Millrace

/// One round of one cell.
final class Measurement {
  private let stage: Stage
  private let seconds: Double
  private let warmUp: Double
  /// Operations of a pace that were not begun.
  private(set) var owed = 0

  init(_ stage: Stage, seconds: Double, warmUp: Double) {
    self.stage = stage
    self.seconds = seconds
    self.warmUp = warmUp
  }

  func round() async throws -> Round {
    try await stage.open()
    try await stage.beginCompany(warmUp: warmUp, seconds: seconds)
    _ = try await stage.work(.work(seconds: warmUp), seconds: warmUp)
    try await stage.mark()
    let before = try await stage.figures()
    let result = try await stage.work(.work(seconds: seconds), seconds: seconds)
    let after = try await stage.figures()
    let counted = try await stage.report()
    owed = result.owed
    let besideBytes = try await stage.endCompany()
    stage.endLoad()
    let routes = try await stage.routes(atLeast: result.bytes)
    try stage.checkFiles()
    let cpu = after.cpu(since: before)
    return Round(
      seconds: result.seconds, operations: result.operations, bytes: result.bytes, userCPUSeconds: cpu.user,
      systemCPUSeconds: cpu.system, latency: result.latency, contextSwitches: after.switches(since: before),
      peakMemory: after.peakMemory, besideBytes: besideBytes, systemCalls: counted?.systemCalls,
      allocations: counted?.allocations,
      routes: routes?.routes, declined: routes?.declined)
  }

  /// How the reactors are in the course of a measurement, forty looks at most: in a turn of its own, for they disturb it.
  func timeline() async throws -> [ReactorSample] {
    try await stage.open()
    try await stage.beginCompany(warmUp: warmUp, seconds: seconds)
    _ = try await stage.work(.work(seconds: warmUp), seconds: warmUp)
    try await stage.watch(every: max(0.01, seconds / 40))
    try await stage.mark()
    _ = try await stage.work(.work(seconds: seconds), seconds: seconds)
    return try await stage.report()?.timeline ?? []
  }

  /// What each of many connections adds to a process that has had some.
  func memory() async throws -> Round {
    let count = stage.load.connections
    try await stage.open(connections: count)
    _ = try await stage.openLoad(connections: 64)
    let before = ProcessFigures.privateMemory(of: stage.measured)
    let figures = try await stage.figures()
    let start = Linux.now
    _ = try await stage.openLoad(connections: count)
    let time = Double(Linux.now - start) / 1e9
    let grown = ProcessFigures.privateMemory(of: stage.measured) - before
    let after = try await stage.figures()
    let cpu = after.cpu(since: figures)
    return Round(
      seconds: time, operations: count, bytes: 0, userCPUSeconds: cpu.user, systemCPUSeconds: cpu.system,
      contextSwitches: after.switches(since: figures), peakMemory: after.peakMemory,
      memoryPerConnection: grown / max(1, count))
  }
}
