/// The exact figures of one subject at one load, before and after.
public struct ExactComparison: Sendable, Equatable {
  /// What is not the same, the worst first.
  public let differences: [ExactDifference]
  /// How many counts were compared.
  public let compared: Int
  /// The names of what was not the same each time on one side at least, and is not compared.
  public let unstable: [String]
  /// What was counted before, and is not now: a sentence each. It is not compared, and is no improvement.
  public let lost: [String]

  /// Compares them. Different numbers of operations are compared per operation.
  init(old: ExactFigures, new: ExactFigures) {
    var tally = Tally(old: old, new: new)
    tally.compareSystemCalls()
    tally.compareAllocations()
    tally.compareRoutes()
    differences =
      tally.differences.filter { $0.verdict == .regression }
      + tally.differences.filter { $0.verdict == .improvement } + tally.differences.filter { $0.verdict == .change }
    compared = tally.compared
    unstable = Set(old.unstable).union(new.unstable).sorted()
    lost = tally.lost
  }
}

/// A comparison in the making.
private struct Tally {
  let old: ExactFigures
  let new: ExactFigures
  let unstable: Set<String>
  let canCompare: Bool
  var differences: [ExactDifference] = []
  var compared = 0
  var lost: [String] = []

  /// Every route but these is the kernel's.
  private static let throughMemory: Set = ["buffered", "memory", "own"]

  init(old: ExactFigures, new: ExactFigures) {
    self.old = old
    self.new = new
    unstable = Set(old.unstable).union(new.unstable)
    canCompare = old.operations > 0 && new.operations > 0
    if !canCompare { lost.append("exact figures of no operations are not compared") }
  }

  mutating func compareSystemCalls() {
    if old.systemCalls.isEmpty || new.systemCalls.isEmpty {
      if !old.systemCalls.isEmpty { lost.append("system calls are no longer counted") }
      return
    }
    for name in Set(old.systemCalls.keys).union(new.systemCalls.keys).sorted() where !unstable.contains(name) {
      compare(.systemCall(name), old.systemCalls[name] ?? 0, new.systemCalls[name] ?? 0) {
        $0 ? .regression : .improvement
      }
    }
  }

  /// Whole ones for each operation: a process allocates one or two now and then for other reasons, such as to answer the
  /// harness.
  mutating func compareAllocations() {
    guard let before = old.allocations, !unstable.contains("allocations") else { return }
    guard let after = new.allocations else {
      lost.append("allocations are no longer counted")
      return
    }
    guard canCompare else { return }
    let each = (before.perOperation(of: old.operations), after.perOperation(of: new.operations))
    compare(.allocations, each.0.count, each.1.count, whole: true) { $0 ? .regression : .improvement }
    compare(.allocatedBytes, each.0.bytes, each.1.bytes, whole: true) { _ in .change }
  }

  /// What the kernel routes lost while the buffer won is a regression of both; the other way round, an improvement.
  mutating func compareRoutes() {
    if old.routes.isEmpty || new.routes.isEmpty {
      if !old.routes.isEmpty { lost.append("routes are no longer reported") }
      return
    }
    guard canCompare else { return }
    let kernel = change { !Self.throughMemory.contains($0) }
    let buffered = change { $0 == "buffered" }
    let verdict: ExactDifference.Verdict =
      switch (kernel, buffered) {
      case (.orderedLess, .orderedMore): .regression
      case (.orderedMore, .orderedLess): .improvement
      default: .change
      }
    for name in Set(old.routes.keys).union(new.routes.keys).sorted() where !unstable.contains(name) {
      compare(.route(name), old.routes[name] ?? 0, new.routes[name] ?? 0) { isMore in
        // Of the kernel's routes, those that lost what the buffer won.
        let follows =
          switch (name == "buffered", Self.throughMemory.contains(name)) {
          case (true, _): isMore == (verdict == .regression)
          case (false, false): isMore == (verdict == .improvement)
          case (false, true): false
          }
        return follows ? verdict : .change
      }
    }
  }

  private enum Change { case orderedLess, orderedSame, orderedMore }

  /// Whether the bytes of the routes together are fewer or more than before.
  private func change(_ isMeant: (String) -> Bool) -> Change {
    func count(_ figures: ExactFigures) -> ExactDifference.Count {
      let total = figures.routes.reduce(0) {
        // A sum that does not fit is of a damaged file.
        isMeant($1.key) && !unstable.contains($1.key) ? $0.addingReportingOverflow(max(0, $1.value)).partialValue : $0
      }
      return .init(total: total, operations: figures.operations)
    }
    let (before, after) = (count(old), count(new))
    if ExactDifference.Count.isLess(before, after) { return .orderedMore }
    return ExactDifference.Count.isLess(after, before) ? .orderedLess : .orderedSame
  }

  private mutating func compare(
    _ subject: ExactDifference.Subject, _ before: Int, _ after: Int, whole: Bool = false,
    verdict: (_ isMore: Bool) -> ExactDifference.Verdict
  ) {
    guard canCompare else { return }
    compared += 1
    let (before, after) = (
      ExactDifference.Count(total: before, operations: whole ? 1 : old.operations),
      ExactDifference.Count(total: after, operations: whole ? 1 : new.operations)
    )
    let isMore = ExactDifference.Count.isLess(before, after)
    guard isMore || ExactDifference.Count.isLess(after, before) else { return }
    differences.append(ExactDifference(subject: subject, old: before, new: after, verdict: verdict(isMore)))
  }
}

extension Allocations {
  fileprivate func perOperation(of operations: Int) -> Allocations {
    func each(_ total: Int) -> Int { Int((Double(total) / Double(operations)).rounded()) }
    return Allocations(count: each(count), bytes: each(bytes))
  }
}
