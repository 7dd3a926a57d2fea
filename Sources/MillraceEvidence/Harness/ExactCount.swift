/// Counts what a fixed number of operations takes, one after the other on one connection, several times: what is the same each
/// time is exact.
struct ExactCount {
  private let load: Cell.Load
  private let scenario: Scenario
  private let place: StagePlace
  private let patience: Double

  /// Enough to tell one call for each operation from one call once.
  private static let operations = 64
  private static let times = 5

  init(_ load: Cell.Load, _ scenario: Scenario, _ place: StagePlace, patience: Double) {
    self.load = load
    self.scenario = scenario
    self.place = place
    self.patience = patience
  }

  func count() async throws -> ExactFigures {
    let operations = Self.operations
    var one = load
    one.connections = 1
    let stage = Stage(one, scenario, .millrace, place, Pacing(rate: nil, patience: patience))
    defer { stage.close() }
    try await stage.open()
    _ = try await stage.work(.count(16), seconds: 10)
    var reports: [OwnSubject.Report] = []
    for _ in 0..<Self.times {
      try await stage.mark()
      _ = try await stage.work(.count(operations), seconds: 30)
      if let report = try await stage.report() { reports.append(report) }
    }
    stage.endLoad()
    let routes = try await stage.routes(atLeast: operations * Self.times * load.bytes)?.routes ?? [:]
    return Self.figures(of: reports, operations, routes)
  }

  /// The least of each, which nothing has disturbed.
  private static func figures(
    of reports: [OwnSubject.Report], _ operations: Int, _ routes: [String: Int]
  ) -> ExactFigures {
    var unstable: [String] = []
    var calls: [String: Int] = [:]
    for name in Set(reports.flatMap(\.systemCalls.keys)) {
      let counts = reports.map { $0.systemCalls[name] ?? 0 }
      calls[name] = counts.min()
      if Set(counts).count > 1 { unstable.append(name) }
    }
    let allocations = reports.compactMap(\.allocations)
    let each = allocations.map { Int((Double($0.count) / Double(operations)).rounded()) }
    if Set(each).count > 1 { unstable.append("allocations") }
    return ExactFigures(
      operations: operations, systemCalls: calls, allocations: allocations.min { $0.count < $1.count },
      routes: routes, unstable: unstable.sorted())
  }
}
