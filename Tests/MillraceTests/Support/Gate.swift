import Dispatch
import LinuxCalls
import Synchronization

/// Holds back whoever comes to it until it is opened: a task or a thread.
final class Gate: Sendable {
  private struct State {
    var isOpen: Bool
    var tasks: [CheckedContinuation<Void, Never>] = []
    var threads: [DispatchSemaphore] = []
    var arrivals = 0
  }

  private let state: Guarded<State>

  init(isOpen: Bool = false) { state = Guarded(State(isOpen: isOpen)) }

  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// How many have come so far.
  var arrivals: Int { state.withLock { $0.arrivals } }

  func pass() async {
    await withCheckedContinuation { task in
      let isOpen = state.withLock { state in
        state.arrivals += 1
        if !state.isOpen { state.tasks.append(task) }
        return state.isOpen
      }
      if isOpen { task.resume() }
    }
  }

  /// The same for a thread, which blocks.
  func passOnThread() {
    let thread = DispatchSemaphore(value: 0)
    let isOpen = state.withLock { state in
      state.arrivals += 1
      if !state.isOpen { state.threads.append(thread) }
      return state.isOpen
    }
    if !isOpen { thread.wait() }
  }

  func close() { state.withLock { $0.isOpen = false } }

  func open() {
    let (tasks, threads) = state.withLock { state in
      state.isOpen = true
      defer { (state.tasks, state.threads) = ([], []) }
      return (state.tasks, state.threads)
    }
    for task in tasks { task.resume() }
    for thread in threads { thread.signal() }
  }
}
