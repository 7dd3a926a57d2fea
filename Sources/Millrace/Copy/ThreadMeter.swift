import LinuxCalls
import Reactors

/// A reading of a reactor's thread: what it had to do, and the CPU it got for that.
///
/// The thread's CPU clock is a system call of a microsecond, as much as a small echo's receive: asked each time a copy
/// goes on, it made a relay of small messages a sixth dearer. So a copy adds up its stretches of work by the clock that
/// is no system call, and the CPU clock is read when it begins and when it ends, for the share that the thread got.
struct ThreadMeter {
  let cpu: Int64
  let busy: Int64
  let usage: ThreadUsage

  /// On the reactor's thread.
  init(of reactor: Reactor) {
    cpu = Linux.threadCPU
    busy = reactor.busyTime
    usage = .ofThisThread
  }

  /// Nanoseconds of CPU for `work` nanoseconds of a stretch in which the thread `had` so many, and `needed` so many.
  /// Never more than `work`: the thread's own housekeeping is nobody's.
  static func cpu(of work: Int64, had: Int64, needed: Int64) -> Int64 {
    guard needed > 0, had < needed else { return work }
    return Int64(Double(work) * Double(had) / Double(needed))
  }
}
