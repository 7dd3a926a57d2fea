import LinuxCalls
import SystemPackage
import Testing

@testable import Reactors

@Suite("A reactor without epoll_pwait2", .timeLimit(.minutes(8)))
struct CoarseTimersTests {
  /// given a kernel or a sandbox that refuses the call; when tasks sleep; then they wake, the call is tried once, and
  /// the thread sleeps with them.
  @Test("waits for its timers all the same", arguments: [Errno.noFunction, .notPermitted])
  func sleeps(refusal: Errno) async throws {
    try await onReactor { reactor in
      let token = Faults.shared.arm(Faults.Fault(.epollWait, on: reactor.epoll, .error(refusal), times: nil))
      let before = await reactor.metrics().wakeUps
      let start = Linux.now

      for _ in 0..<3 { try await reactor.sleep(for: .milliseconds(5)) }

      #expect(Linux.now - start >= 15_000_000)
      #expect(Faults.shared.disarm(token) == 1)
      // One for each sleep and a few around them; a thread that does not sleep comes to thousands.
      #expect(await reactor.metrics().wakeUps - before < 50)
    }
  }
}
