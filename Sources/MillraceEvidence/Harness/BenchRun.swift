import Foundation
import LinuxCalls

/// A run of the harness: every load, and at each of them every subject in every round by turns.
public struct BenchRun: Sendable {
  private let options: BenchOptions
  private let program: HarnessProgram
  private let command: [String]
  private let progress: @Sendable (String) -> Void

  /// - Parameters:
  ///   - program: what plays the roles; this program itself, as a rule.
  ///   - command: the command line, for the results.
  ///   - progress: is told what is measured, for whoever waits.
  public init(
    _ options: BenchOptions, program: HarnessProgram, command: [String] = [],
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.options = options
    self.program = program
    self.command = command
    self.progress = progress
  }

  /// Only our own route can be chosen.
  private func subjects(at load: Cell.Load) -> [Subject] {
    guard load.route == "automatic" else { return [.millrace] }
    return [.millrace] + options.peers.map(Subject.peer) + options.targets.map(Subject.target)
  }

  /// A quarter of a measurement, and no less than it takes to have everything in place.
  private var warmUp: Double { max(0.05, options.seconds / 4) }

  private var isSeated: Bool { options.beside.contains { $0 != nil } }

  /// Measures. What fails is a cell that says so, and not the end of the run; cancelling is, and leaves no process behind.
  public func run() async throws -> Outcome {
    let started = ISO8601DateFormatter().string(from: Date())
    let place = try StagePlace(
      in: options.root, program: program, isSeated: isSeated)
    var cells: [Cell] = []
    var traces: [TraceFile] = []
    for load in options.loads {
      guard let scenario = Scenario(rawValue: load.scenario) else { continue }
      let subjects = subjects(at: load)
      var measured = try await measure(load, scenario, subjects, place)
      for tracer in options.tracers where !scenario.isIdle {
        for number in measured.indices where measured[number].outcome == .measured {
          let trace = try await trace(&measured[number], subjects[number], scenario, tracer, place)
          traces += [trace].compactMap(\.self)
        }
      }
      cells += measured
    }
    return Outcome(
      results: BenchResults(
        started: started, command: command,
        method: .init(
          rounds: options.rounds, seconds: options.seconds, warmUpSeconds: warmUp, isSeated: isSeated ? true : nil),
        cells: cells),
      traces: traces)
  }

  /// What a run came to.
  public struct Outcome: Sendable {
    /// The figures.
    public var results: BenchResults
    /// What tracers found, where some were asked for.
    public var traces: [TraceFile]
  }

  /// Nil where there is none, and the cell says why.
  private func trace(
    _ cell: inout Cell, _ subject: Subject, _ scenario: Scenario, _ tracer: Tracer, _ place: StagePlace
  ) async throws -> TraceFile? {
    try Task.checkCancellation()
    progress("\(cell.load.title), \(subject.name), \(tracer.rawValue)")
    let pacing = Pacing(rate: options.rate, patience: options.patience)
    let stage = Stage(cell.load, scenario, subject, place, pacing)
    defer { stage.close() }
    do { return try await tracer.trace(stage, seconds: options.seconds, place) } catch {
      if Task.isCancelled { throw CancellationError() }
      cell.warnings.append("\(error)")
      return nil
    }
  }

  /// What is asked of our own subject besides, in turns of their own.
  private func lookCloser(_ cell: inout Cell, _ scenario: Scenario, _ place: StagePlace) async throws {
    let load = cell.load
    progress("\(load.title), millrace, a closer look")
    let stage = Stage(load, scenario, .millrace, place, Pacing(rate: options.rate, patience: options.patience))
    defer { stage.close() }
    cell.timeline = try await Measurement(stage, seconds: options.seconds, warmUp: warmUp).timeline()
    stage.close()
    let fewest = options.loads.filter { $0.scenario == load.scenario }.map(\.connections).min()
    guard options.countsExactly, load.connections == fewest, load.size != nil, scenario.isCounted, load.beside == nil
    else { return }
    cell.exact = try await ExactCount(load, scenario, place, patience: options.patience).count()
  }

  private func measure(
    _ load: Cell.Load, _ scenario: Scenario, _ subjects: [Subject], _ place: StagePlace
  ) async throws -> [Cell] {
    var cells = subjects.map { Cell(load: load, subject: $0.name) }
    for round in 0..<options.rounds {
      for (number, subject) in subjects.enumerated() where cells[number].outcome == .measured {
        try Task.checkCancellation()
        progress("\(load.title), \(subject.name), round \(round + 1) of \(options.rounds)")
        let stage = Stage(load, scenario, subject, place, Pacing(rate: options.rate, patience: options.patience))
        defer { stage.close() }
        do {
          let isLast = round == options.rounds - 1
          let measurement = Measurement(stage, seconds: options.seconds, warmUp: warmUp)
          cells[number].rounds.append(
            scenario.isIdle ? try await measurement.memory() : try await measurement.round())
          if measurement.owed > 0 { cells[number].noteOwed(measurement.owed, in: round + 1) }
          if isLast, subject == .millrace, !scenario.isIdle {
            stage.close()
            try await lookCloser(&cells[number], scenario, place)
          }
        } catch let skipped as Subject.Skipped {
          cells[number].outcome = .skipped(reason: skipped.reason)
        } catch is CancellationError {
          throw CancellationError()
        } catch {
          if Task.isCancelled { throw CancellationError() }
          cells[number].outcome = .failed(reason: "\(error)")
        }
      }
    }
    for number in cells.indices { cells[number].noteWrongRoute() }
    return cells
  }
}

extension Cell.Load {
  /// Of an operation.
  var bytes: Int {
    // An idle connection is one that has had an answer.
    size ?? (scenario == Scenario.httpIdle.rawValue ? 4096 : Scenario.longFile(connections: connections))
  }
}

extension Cell {
  /// A pace that cannot be kept.
  fileprivate mutating func noteOwed(_ count: Int, in round: Int) {
    warnings.append(
      "the rate was not kept: in round \(round) \(count) operations were not begun, and count as long as they had waited by then"
    )
  }

  /// A measurement of the wrong thing is worse than none.
  fileprivate mutating func noteWrongRoute() {
    guard outcome == .measured, subject == Subject.millrace.name else { return }
    if rounds.contains(where: { $0.bytes > 0 && ($0.routes ?? [:]).isEmpty }) {
      warnings.append("the routes of the bytes are not known")
    }
    guard load.route != "automatic" else { return }
    let wrong = rounds.compactMap(\.routes).flatMap { $0.filter { $0.key != load.route && $0.key != "memory" } }
    guard !wrong.isEmpty else { return }
    let bytes = Dictionary(wrong.map { ($0.key, $0.value) }, uniquingKeysWith: +)
    let list = bytes.sorted { $0.key < $1.key }.map { "\($0.value) bytes by \($0.key)" }.joined(separator: ", ")
    warnings.append("the route was to be \(load.route), and was not: \(list)")
  }
}

extension Scenario {
  /// Whether one connection's operations can be counted.
  fileprivate var isCounted: Bool {
    switch self {
    case .idle, .httpIdle, .pipeToSocket: false
    default: true
    }
  }
}
