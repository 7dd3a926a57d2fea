import Millrace
import Reactors
import Testing

/// What the fault tests stand on: a reactor of a test's own, ends that feed and watch themselves, and faults that lie
/// in wait.
enum Rig {
  /// Runs `body` on a reactor of its own: what one test makes the kernel refuse is not remembered by the others. Looks
  /// afterwards that nothing is still leased, waited for or timed.
  static func onReactor<Value: Sendable>(
    _ body: @escaping @Sendable (Reactor) async throws -> Value
  ) async throws -> Value {
    let group = try Reactors(count: 1)
    let reactor = group.all[0]
    let result = await reactor.task { try await body(reactor) }.result
    let metrics = await reactor.metrics()
    #expect(metrics.pipesLeased == 0, "a pipe is still leased")
    #expect(metrics.buffersLeased == 0, "a buffer is still leased")
    #expect(metrics.timers == 0, "a timer is still set")
    #expect(metrics.tasks.waiting == 0, "someone still waits")
    await group.shutdown()
    return try result.get()
  }
}
