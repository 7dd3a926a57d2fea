import Millrace
import MillraceEvidence

/// What an operation takes.
struct Figures: Sendable, CustomStringConvertible {
  /// Those of the copy, and not those by which a reactor waits.
  var systemCalls: Int
  /// Calls of malloc(3) and its like.
  var allocations: Int

  var description: String { "\(systemCalls) system calls, \(allocations) allocations" }

  /// One system call more is one more; one allocation more or less may be a matter of which thread was faster.
  func allows(_ taken: Figures) -> Bool {
    taken.systemCalls == systemCalls && abs(taken.allocations - allocations) <= 1
  }
}

/// An operation, how it is done, and what it is to take.
struct Operation: Sendable {
  let name: String
  let expected: Figures
  let count: @Sendable () async throws -> Figures

  init(_ name: String, systemCalls: Int, allocations: Int, count: @escaping @Sendable () async throws -> Figures) {
    self.name = name
    expected = Figures(systemCalls: systemCalls, allocations: allocations)
    self.count = count
  }
}

/// Something went another way than was to be counted.
struct WrongRoute: Error, CustomStringConvertible {
  let description: String
}

/// How a reactor waits, and is woken, depends on who is faster.
private let waiting: Set = ["epoll_wait", "epoll_ctl", "read"]

/// Counts what `body` takes, each of so many times. Fails where bytes went by another route than `route`: a
/// count of the wrong thing is worse than none.
func counting(_ route: Route?, _ body: () async throws -> Void) async throws -> Figures {
  let figures = try await Evidence.count(operations: 32, body)
  if let route, Set(figures.routes.keys) != [route.rawValue] {
    throw WrongRoute(description: "the bytes went by \(figures.routes), not by \(route.rawValue)")
  }
  let calls = figures.systemCalls.filter { !waiting.contains($0.key) }.values.reduce(0, +)
  return Figures(
    systemCalls: each(calls, figures.operations),
    allocations: each(figures.allocations?.count ?? 0, figures.operations))
}

private func each(_ count: Int, _ operations: Int) -> Int { Int((Double(count) / Double(operations)).rounded()) }
