import LinuxCalls
import Reactors

/// When a connection's operations are to begin, whatever became of those before: a server that stalls is not spared the
/// clients that would have come meanwhile (coordinated omission).
struct Pace: Sendable {
  let rate: Double
  let connections: Int
  let number: Int
  let start: Int64

  /// The time of the operation with this number, in the nanoseconds of `Linux.now`.
  func time(of operation: Int) -> Int64 {
    start + Int64(Double(operation * connections + number) / rate * 1e9)
  }

  /// Suspends until then.
  func wait(for operation: Int) async throws {
    let left = time(of: operation) - Linux.now
    if left > 0 { try await Reactor.current?.sleep(for: .nanoseconds(left)) }
  }
}
