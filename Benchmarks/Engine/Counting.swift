import Benchmark
import Millrace
import MillraceEvidence

extension BenchmarkMetric {
  // Names without a space, and nothing said but the name: what reads the committed thresholds knows no others.

  /// System calls of an operation: those of the copy, and not those by which a reactor waits.
  static let systemCalls = BenchmarkMetric.custom("systemCalls")
  /// Calls of malloc(3) and its like.
  static let allocations = BenchmarkMetric.custom("allocations")
}

extension BenchmarkThresholds {
  /// One more is one more.
  static var exact: BenchmarkThresholds { BenchmarkThresholds(absolute: [.p90: 0]) }
  /// One more or less may be a matter of which thread was faster.
  static var withinOne: BenchmarkThresholds { BenchmarkThresholds(absolute: [.p90: 1]) }
}

/// Something went another way than was to be counted.
struct WrongRoute: Error, CustomStringConvertible {
  let description: String
}

/// How a reactor waits, and is woken, depends on who is faster.
private let waiting: Set = ["epoll_wait", "epoll_ctl", "read"]

/// Counts what `body` takes, each of so many times. Fails where bytes went by another route than `route`: a
/// count of the wrong thing is worse than none.
func count(_ benchmark: Benchmark, route: Route?, _ body: () async throws -> Void) async throws {
  let figures = try await Evidence.count(operations: 32, body)
  if let route, Set(figures.routes.keys) != [route.rawValue] {
    throw WrongRoute(description: "the bytes went by \(figures.routes), not by \(route.rawValue)")
  }
  let calls = figures.systemCalls.filter { !waiting.contains($0.key) }.values.reduce(0, +)
  benchmark.measurement(.systemCalls, each(calls, figures.operations))
  benchmark.measurement(.allocations, each(figures.allocations?.count ?? 0, figures.operations))
}

private func each(_ count: Int, _ operations: Int) -> Int { Int((Double(count) / Double(operations)).rounded()) }
