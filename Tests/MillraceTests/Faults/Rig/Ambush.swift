import LinuxCalls
import Millrace
import Synchronization

/// When a fault strikes.
enum Moment: String, CaseIterable, Sendable, CustomStringConvertible {
  case beforeTheFirstByte, afterTheFirst, nearTheEnd
  var description: String { rawValue }

  /// How many bytes must have been delivered before, where at most `stride` are delivered at once.
  func bytes(of total: Int, stride: Int) -> Int {
    switch self {
    case .beforeTheFirstByte: 0
    case .afterTheFirst: 1
    case .nearTheEnd: total - stride - 1
    }
  }
}

/// Faults that lie in wait until so many bytes are delivered. Until then every call of their kind is cut short, so that
/// a copy does not pass them in one stride.
final class Ambush: Sendable {
  private struct State {
    var tokens: [Int] = []
    var hasSprung = false
    var struck = 0
  }

  private let faults: [Faults.Fault]
  private let threshold: Int
  private let state = Guarded(State())

  init(_ faults: [Faults.Fault], after threshold: Int = 0, stride: Int = 64 * 1024) {
    self.faults = faults
    self.threshold = threshold
    if threshold == 0 {
      spring()
    } else {
      state.withLock { state in
        state.tokens = faults.map { Faults.shared.arm(.init($0.call, on: $0.descriptor, .short(stride), times: nil)) }
      }
    }
  }

  convenience init(_ faults: Faults.Fault..., after threshold: Int = 0) { self.init(faults, after: threshold) }

  /// To be called as the copy goes on.
  func progress(_ progress: CopyProgress) {
    if progress.delivered >= threshold { spring() }
  }

  private func spring() {
    state.withLock { state in
      guard !state.hasSprung else { return }
      state.hasSprung = true
      for token in state.tokens { Faults.shared.disarm(token) }
      state.tokens = faults.map { Faults.shared.arm($0) }
    }
  }

  /// Takes the faults back; answers how often they struck.
  @discardableResult
  func lift() -> Int {
    state.withLock { state in
      for token in state.tokens {
        let struck = Faults.shared.disarm(token)
        if state.hasSprung { state.struck += struck }
      }
      state.tokens = []
      return state.struck
    }
  }

  deinit { lift() }
}
