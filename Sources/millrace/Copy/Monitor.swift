import LinuxCalls
import Millrace
import Synchronization

/// Where the copy stands, for those who want to look at any time: the copy writes it, the progress line and whoever
/// ends the process without the copy read it.
final class Monitor: Sendable {
  struct State: Sendable {
    enum Phase: Sendable {
      case opening
      case copying
      case flushing
    }

    var phase = Phase.opening
    /// How far it got in the source, in bytes; holes count. The copy may be a little further.
    var done = 0
    /// How far it has to go, if the source has as much; nil where nobody knows.
    var total: Int?
    var route: Route?
    var since = ContinuousClock.now
    /// When the first byte could move.
    var began: ContinuousClock.Instant?
    /// Both sides, once they are open.
    var ends: Ends?
    /// What becomes of the destination when the copy is given up now: the end of a sentence.
    var fate = ""
  }

  private let state = Guarded(State())

  var now: State { state.withLock { $0 } }

  func beginCopying(_ ends: Ends, total: Int?, fate: String) {
    state.withLock {
      let now = ContinuousClock.now
      $0 = State(phase: .copying, total: total, since: now, began: now, ends: ends, fate: fate)
    }
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

  func notePlaced(_ fate: String) { state.withLock { $0.fate = fate } }
}
