/// Counts what a fixed number of operations takes, one after the other on one connection, several times: what is the same each
/// time is exact.
struct ExactCount {
  private let load: Cell.Load
  private let scenario: Scenario
  private let place: StagePlace
  private let patience: Double

  /// Enough to tell one call for each operation from one call once.
  private static let operations = 64
  private static let times = 3

  init(_ load: Cell.Load, _ scenario: Scenario, _ place: StagePlace, patience: Double) {
    self.load = load
    self.scenario = scenario
    self.place = place
    self.patience = patience
  }

  func count() async throws -> ExactFigures {
    // A long file takes long, and is the same each time.
    let operations = load.size == nil && scenario != .socketToSocket ? 1 : Self.operations
    var one = load
    one.connections = 1
    let stage = Stage(one, scenario, .millrace, place, Pacing(rate: nil, patience: patience))
    defer { stage.close() }
    try await stage.open()
    _ = try await stage.work(.count(min(16, operations)), seconds: 10)
    var reports: [OwnSubject.Report] = []
    for _ in 0..<Self.times {
      try await stage.mark()
      _ = try await stage.work(.count(operations), seconds: 30)
      if let report = try await stage.report() { reports.append(report) }
    }
    stage.endLoad()
    return Self.figures(of: reports, operations)
  }

  /// The least of each, which nothing has disturbed.
  private static func figures(of reports: [OwnSubject.Report], _ operations: Int) -> ExactFigures {
    var unstable: [String] = []
    var calls: [String: Int] = [:]
    for name in Set(reports.flatMap(\.systemCalls.keys)) {
      let counts = reports.map { $0.systemCalls[name] ?? 0 }
      calls[name] = counts.min()
      if Set(counts).count > 1 { unstable.append(name) }
    }
    let allocations = reports.compactMap(\.allocations)
    if Set(allocations.map(\.count)).count > 1 { unstable.append("allocations") }
    return ExactFigures(
      operations: operations, systemCalls: calls, allocations: allocations.min { $0.count < $1.count },
      routes: reports.last?.routes ?? [:], unstable: unstable.sorted())
  }
}
