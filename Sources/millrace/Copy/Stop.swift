import Glibc
import LinuxCalls
import Millrace
import Synchronization

/// Why a copy is stopped before its end.
enum StopReason: Sendable {
  case signal(Int32)
  case timeLimit(Duration)

  /// As shells have it: 128 and the signal's number.
  var exitStatus: Int32 {
    switch self {
    case .signal(let number): 128 + number
    case .timeLimit: 1
    }
  }

  var sentence: String {
    switch self {
    case .signal(SIGINT): "interrupted"
    case .signal(SIGTERM): "asked to end"
    case .signal(SIGHUP): "the terminal is gone"
    case .signal(let number): "stopped by signal \(number)"
    case .timeLimit(let limit): "not done within the time limit of \(Amount.seconds(limit / .seconds(1)))"
    }
  }
}

/// Waits for a reason to stop: a signal or the time limit. Then the copy gets a moment to end by itself, with its
/// report; a call that does not come back (a disk that hangs, a flush that takes long) does not keep the process.
final class Stop: Sendable {
  private let first = Guarded<StopReason?>(nil)

  /// How long a copy may take to end: cleaning up is a few calls.
  private static let grace = Duration.seconds(1)

  private var reason: StopReason { first.withLock { $0 } ?? .signal(SIGINT) }

  /// Why a copy that was cancelled was: nobody else cancels it.
  var sentence: String { reason.sentence }
  var exitStatus: Int32 { reason.exitStatus }

  /// - Parameters:
  ///   - cancel: asks the copy to end.
  ///   - giveUp: called when it does not, right before the process ends without it.
  func watch(
    timeLimit: Duration?, cancel: @escaping @Sendable () -> Void, giveUp: @escaping @Sendable () -> Void
  ) {
    Task {
      var isFirst = true
      for await request in Signals.requests {
        // Whoever asks twice does not want to wait.
        if !isFirst { self.endNow(giveUp) }
        isFirst = false
        self.stop(.signal(request.signal), cancel, giveUp)
      }
    }
    guard let timeLimit else { return }
    Task {
      try? await Task.sleep(for: timeLimit)
      self.stop(.timeLimit(timeLimit), cancel, giveUp)
    }
  }

  private func stop(
    _ reason: StopReason, _ cancel: @Sendable () -> Void, _ giveUp: @escaping @Sendable () -> Void
  ) {
    first.withLock { $0 = $0 ?? reason }
    cancel()
    Task {
      try? await Task.sleep(for: Self.grace)
      self.endNow(giveUp)
    }
  }

  private func endNow(_ giveUp: @Sendable () -> Void) {
    giveUp()
    // Not exit(3): its handlers would wait for the call that does not come back.
    _exit(exitStatus)
  }
}
