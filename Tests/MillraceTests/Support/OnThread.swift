import Foundation

/// Does `body`, which may block, on a thread of its own, with SIGPIPE blocked: neither a reactor nor the threads of
/// Swift's tasks wait for it.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await startThread(body).value
}

/// Starts `body` on a thread of its own; the task ends with it.
func startThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> Task<Value, any Error> {
  Task {
    try await withCheckedThrowingContinuation { done in
      detachThread { done.resume(with: Result(catching: body)) }
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
