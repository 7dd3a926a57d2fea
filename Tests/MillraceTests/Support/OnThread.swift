import Foundation
import LinuxCalls
import Synchronization

/// Does `body`, which may block, on a thread of its own, with SIGPIPE blocked: neither a reactor nor the threads of
/// Swift's tasks wait for it.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await startThread(body).value
}

/// Starts `body` on a thread of its own; the task ends with it.
func startThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> Task<Value, any Error> {
  // The thread starts here and now: a task might wait for a thread of the cooperative pool, which others block.
  let outcome = ThreadOutcome<Value>()
  detachThread { outcome.come(Result(catching: body)) }
  return Task { try await outcome.value() }
}

/// What a thread came to, for the one task that waits for it.
private final class ThreadOutcome<Value: Sendable>: Sendable {
  private enum State: Sendable {
    case running
    case awaited(CheckedContinuation<Value, any Error>)
    case done(Result<Value, any Error>)
  }

  private let state = Guarded(State.running)

  func come(_ result: Result<Value, any Error>) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      defer { state = .done(result) }
      if case .awaited(let continuation) = state { return continuation }
      return nil
    }
    waiting?.resume(with: result)
  }

  func value() async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state -> Result<Value, any Error>? in
        if case .done(let result) = state { return result }
        state = .awaited(continuation)
        return nil
      }
      if let result { continuation.resume(with: result) }
    }
  }
}

/// Starts `body` on a thread of its own that nobody waits for.
func detachThread(_ body: @escaping @Sendable () -> Void) {
  Thread.detachNewThread {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    body()
  }
}
