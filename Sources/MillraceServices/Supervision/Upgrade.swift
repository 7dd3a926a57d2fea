import Dispatch
import LinuxCalls
package import Logging
import Synchronization

/// The change from this process to its successor, which takes over the listening sockets: one at a time, and again when one
/// has failed.
package final class Upgrade: Sendable {
  private enum Stage: Sendable {
    /// Nothing is under way; `failed` is the last that ended without having listened.
    case none(failed: Int32?)
    /// It has begun and does not listen yet.
    case under(successor: Int32)
    /// It listens: this process is not needed any more.
    case done(successor: Int32)
    /// This process ends without one; `abandoned` is one that was under way, and ends, too.
    case refused(abandoned: Int32?)
  }

  /// Who asked this process to end, as far as it matters here.
  package enum Ending: Sendable, Equatable {
    /// The successor listens.
    case succeeded(by: Int32)
    /// Somebody else: there is no successor, or it ends, too.
    case stopped
    /// The successor, which has ended since, or has said so before: nothing is to be done.
    case stale
  }

  private let stage = Guarded(Stage.none(failed: nil))
  private let reception: Reception
  private let logger: Logger
  /// Waits for a successor's end, one at a time.
  private let watch = DispatchQueue(label: "millrace.successor")

  package init(of reception: Reception, logger: Logger) {
    self.reception = reception
    self.logger = logger
  }

  /// Starts a successor, and says in the log what becomes of it.
  package func begin() {
    if let refusal {
      logger.error("no successor was started: \(refusal)")
      return
    }
    let successor: Int32
    do {
      // Under the lock: its word that it listens must not come before it is known.
      successor = try stage.withLock { stage in
        let successor = try reception.startSuccessor()
        stage = .under(successor: successor)
        return successor
      }
    } catch {
      logger.error("no successor was started: \(error)")
      return
    }
    logger.info("a successor was started", metadata: ["process": "\(successor)"])
    watch.async { self.waitForEnd(of: successor) }
    Task { await self.limit(successor) }
  }

  /// One that neither listens nor ends would keep others from being started.
  private func limit(_ successor: Int32) async {
    guard (try? await Task.sleep(for: reception.terms.upgradeTimeout)) != nil else { return }
    let isLate = stage.withLock { stage in
      guard case .under(successor: successor) = stage else { return false }
      // It is reaped only when the stage is another one, so the number is its own still.
      try? Linux.send(signal: 9 /* SIGKILL */, to: successor)
      return true
    }
    if isLate {
      logger.error("the successor did not listen in time, and was killed", metadata: ["process": "\(successor)"])
    }
  }

  private var refusal: String? {
    // The kernel ends every process of a container with its first. pid_namespaces(7)
    if Linux.process == 1 { return "this process is the first of its container, which would end with it" }
    return stage.withLock { stage in
      switch stage {
      case .none: nil
      case .under(let successor): "one is under way already, process \(successor)"
      case .done, .refused: "this process is about to end"
      }
    }
  }

  private func waitForEnd(of successor: Int32) {
    try? Linux.awaitEnd(of: successor)
    // Before it is reaped: until then its number is its own, and whoever sends a signal by it holds the lock.
    let isFailure = stage.withLock { stage in
      guard case .under(successor: successor) = stage else { return false }
      stage = .none(failed: successor)
      return true
    }
    let end = try? Linux.wait(for: successor)
    guard isFailure else { return }
    logger.error(
      "the successor ended before it listened, and this process goes on",
      metadata: ["process": "\(successor)", "end": "\(end.map { "\($0)" } ?? "unknown")"])
  }

  /// What it means that `sender` asks this process to end.
  package func end(askedBy sender: Int32) -> Ending {
    stage.withLock { stage in
      switch stage {
      case .under(successor: sender):
        stage = .done(successor: sender)
        return .succeeded(by: sender)
      case .none(failed: sender), .done(successor: sender), .refused(abandoned: sender): return .stale
      case .under(let successor):
        // A service manager that knows this process alone means both.
        try? Linux.send(signal: 15 /* SIGTERM */, to: successor)
        stage = .refused(abandoned: successor)
        return .stopped
      case .none:
        stage = .refused(abandoned: nil)
        return .stopped
      case .done, .refused: return .stopped
      }
    }
  }
}
