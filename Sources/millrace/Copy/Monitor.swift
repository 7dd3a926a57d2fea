import Millrace
import Synchronization

/// Where the copy stands, for those who want to look at any time: the copy writes it, the progress line and a signal
/// read it.
final class Monitor: Sendable {
  struct State: Sendable {
    enum Phase: Sendable {
      case opening
      case copying
      case flushing
    }

    var phase = Phase.opening
    /// How far it got in the source, in bytes; holes count.
    var done = 0
    /// How far it has to go; nil where nobody knows.
    var total: Int?
    var route: Route?
    var since = ContinuousClock.now
  }

  private let state = Mutex(State())

  var now: State { state.withLock { $0 } }

  func beginCopying(total: Int?) {
    state.withLock { $0 = State(phase: .copying, total: total) }
  }

  func note(_ progress: CopyProgress) {
    state.withLock {
      $0.done = progress.delivered
      $0.route = progress.route
    }
  }

  func beginFlushing() {
    state.withLock {
      $0.phase = .flushing
      $0.since = .now
    }
  }
}
