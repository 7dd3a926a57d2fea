/// Two runs, cell by cell: what has become worse.
///
/// A figure of the clock is a regression when all of the shift's interval (95 %, Hodges and Lehmann) is worse by more than the
/// tolerance, and chance does not do that once in a hundred times (Mann–Whitney). A median that is beyond the tolerance is not
/// enough: a run has hundreds of figures, and what happens once in a hundred times happens in every run. What is exact needs no
/// test: one call more is one call more.
public struct Comparison: Sendable {
  /// A difference that is to be told.
  public struct Finding: Sendable, Equatable {
    /// How much it matters.
    public enum Kind: String, Sendable { case regression, improvement, note }

    /// How much it matters.
    public var kind: Kind
    /// What was measured.
    public var load: Cell.Load
    /// Of whom.
    public var subject: String
    /// What is different, in one sentence.
    public var sentence: String
  }

  /// Regressions first, in the order of the run.
  public let findings: [Finding]
  /// Figures that were compared.
  public let figures: Int
  /// Figures for which there are too few rounds to tell anything.
  public let undecidable: Int

  /// The probability of a difference by chance that is not believed. A run compares hundreds of figures; with the tolerance
  /// besides, equal runs give no alarm.
  public static let alpha = 0.01

  /// - Parameters:
  ///   - tolerance: 0.1 is a tenth.
  ///   - exactOnly: leaves out figures of the clock, which between two machines mean nothing.
  public init(_ old: BenchResults, _ new: BenchResults, tolerance: Double = 0.1, exactOnly: Bool = false) {
    var found = Findings()
    for before in old.cells {
      guard let after = new.cells.first(where: { $0.load == before.load && $0.subject == before.subject }) else {
        found.add(.note, before, "is not in the new run")
        continue
      }
      found.compare(before, after, tolerance, exactOnly)
    }
    for cell in new.cells where !old.cells.contains(where: { $0.load == cell.load && $0.subject == cell.subject }) {
      found.add(.note, cell, "is new")
    }
    let order: [Finding.Kind] = [.regression, .improvement, .note]
    findings = order.flatMap { kind in found.all.filter { $0.kind == kind } }
    figures = found.figures
    undecidable = found.undecidable
  }

  /// Whether anything is worse.
  public var hasRegressed: Bool { findings.contains { $0.kind == .regression } }
}

/// What is found, as it is.
private struct Findings {
  var all: [Comparison.Finding] = []
  var figures = 0
  var undecidable = 0

  mutating func add(_ kind: Comparison.Finding.Kind, _ cell: Cell, _ sentence: String) {
    all.append(.init(kind: kind, load: cell.load, subject: cell.subject, sentence: sentence))
  }

  mutating func compare(_ old: Cell, _ new: Cell, _ tolerance: Double, _ exactOnly: Bool) {
    switch (old.outcome, new.outcome) {
    case (.measured, .failed(let reason)): return add(.regression, new, "fails now: \(reason)")
    case (.measured, .skipped(let reason)): return add(.note, new, "is not measured any more: \(reason)")
    case (.failed, .measured): add(.improvement, new, "does not fail any more")
    default: break
    }
    for warning in new.warnings where !old.warnings.contains(warning) { add(.note, new, warning) }
    if let before = old.exact, let after = new.exact { compareExactly(before, after, new) }
    if !exactOnly { for figure in Figure.allCases { compare(figure, old, new, tolerance) } }
  }

  // MARK: - By the clock

  private mutating func compare(_ figure: Figure, _ old: Cell, _ new: Cell, _ tolerance: Double) {
    let (before, after) = (figure.values(of: old), figure.values(of: new))
    guard let test = MannWhitney(before, after), let was = Summary(before), let now = Summary(after), was.median > 0
    else {
      return
    }
    figures += 1
    // The least p that so few values can have.
    if MannWhitney(before.indices.map(Double.init), after.indices.map { Double($0 + before.count) })?.p ?? 1
      > Comparison.alpha
    {
      undecidable += 1
      return
    }
    let change = test.shift / was.median
    let interval = test.interval
    let near = min(abs(interval.lowerBound), abs(interval.upperBound)) / was.median
    guard test.p <= Comparison.alpha, near > tolerance else { return }
    let isWorse = (change > 0) == figure.isBetterLow
    add(
      isWorse ? .regression : .improvement, new,
      "\(figure.rawValue) \(Self.digits(was.median)) → \(Self.digits(now.median)): \(Self.percent(change)) "
        + "(\(Self.percent(interval.lowerBound / was.median)) to \(Self.percent(interval.upperBound / was.median)), "
        + "p = \(Self.digits(test.p)))")
  }

  // MARK: - Exactly

  private mutating func compareExactly(_ old: ExactFigures, _ new: ExactFigures, _ cell: Cell) {
    let unstable = Set(old.unstable + new.unstable)
    for name in Set(old.systemCalls.keys).union(new.systemCalls.keys).sorted() where !unstable.contains(name) {
      compareExactly(
        "\(name) calls", old.systemCalls[name] ?? 0, old.operations, new.systemCalls[name] ?? 0, new.operations, cell)
    }
    if let before = old.allocations, let after = new.allocations, !unstable.contains("allocations") {
      compareAllocations(Self.each(before, old.operations), Self.each(after, new.operations), cell)
    }
    compareRoutes(old.routes, new.routes, cell)
  }

  private mutating func compareExactly(
    _ name: String, _ old: Int, _ oldOperations: Int, _ new: Int, _ newOperations: Int, _ cell: Cell
  ) {
    figures += 1
    // For each operation, without a fraction.
    let (was, now) = (old * newOperations, new * oldOperations)
    guard was != now else { return }
    add(
      now > was ? .regression : .improvement, cell,
      "\(name) \(old) → \(new) for \(newOperations) operations"
        + (oldOperations == newOperations ? "" : " (\(oldOperations) before)"))
  }

  /// Of each operation: a process allocates one or two now and then for other reasons, such as to answer the harness.
  private mutating func compareAllocations(_ old: Int, _ new: Int, _ cell: Cell) {
    figures += 1
    guard old != new else { return }
    add(new > old ? .regression : .improvement, cell, "allocations of an operation \(old) → \(new)")
  }

  private static func each(_ allocations: Allocations, _ operations: Int) -> Int {
    Int((Double(allocations.count) / Double(max(1, operations))).rounded())
  }

  private mutating func compareRoutes(_ old: [String: Int], _ new: [String: Int], _ cell: Cell) {
    figures += 1
    let (was, now) = (Self.main(old), Self.main(new))
    guard let was, let now, was != now else { return }
    add(
      now == "buffered" ? .regression : was == "buffered" ? .improvement : .note, cell,
      "most bytes go by \(now), and went by \(was)")
  }

  private static func main(_ routes: [String: Int]) -> String? {
    routes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  // MARK: - Numbers

  private static func percent(_ part: Double) -> String {
    let tenths = Int((part * 1000).rounded())
    return "\(tenths < 0 ? "−" : "+")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
  }

  private static func digits(_ value: Double) -> String {
    if abs(value) >= 100 { return "\(Int(value.rounded()))" }
    let thousandths = Int((abs(value) * 1000).rounded())
    let rest = "\(thousandths % 1000)"
    return "\(value < 0 ? "−" : "")\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
