import CLinux
import Synchronization
package import SystemPackage

/// What an injected fault does to the call it strikes.
package enum FaultEffect: Sendable, Equatable {
  /// The call is not made and fails with this.
  case error(Errno)
  /// The call is made with at most this many bytes asked for.
  case short(Int)
  /// The call is not made and answers zero.
  case zero
}

/// The seam where tests make the kernel fail: a fault belongs to one descriptor, so tests that run side by side
/// do not meet each other's faults. Costs one relaxed load a call while nothing is armed.
package final class Faults: Sendable {
  package static let shared = Faults()

  /// A fault to inject.
  package struct Fault: Sendable {
    /// The call it waits for; nil means every kind.
    package var call: SystemCall?
    /// Either descriptor of the call.
    package var descriptor: Int32
    package var effect: FaultEffect
    /// How many calls pass unharmed first.
    package var skipping: Int
    /// How many calls it strikes; nil means all.
    package var times: Int?

    package init(
      _ call: SystemCall?, on descriptor: Int32, _ effect: FaultEffect, skipping: Int = 0, times: Int? = 1
    ) {
      self.call = call
      self.descriptor = descriptor
      self.effect = effect
      self.skipping = skipping
      self.times = times
    }
  }

  private struct Armed {
    let token: Int
    var fault: Fault
    var struck = 0
  }

  private struct State {
    var armed: [Armed] = []
    var nextToken = 0
  }

  private let state = Guarded(State())

  private init() {}

  /// Arms `fault` until `disarm` is called with the token.
  package func arm(_ fault: Fault) -> Int {
    state.withLock { state in
      state.nextToken += 1
      state.armed.append(Armed(token: state.nextToken, fault: fault))
      clinux_arm_faults(1)
      return state.nextToken
    }
  }

  /// Takes the fault back; answers how often it struck.
  @discardableResult
  package func disarm(_ token: Int) -> Int {
    state.withLock { state in
      guard let index = state.armed.firstIndex(where: { $0.token == token }) else { return 0 }
      let struck = state.armed.remove(at: index).struck
      if state.armed.isEmpty { clinux_arm_faults(0) }
      return struck
    }
  }

  func strike(_ call: SystemCall, _ first: Int32, _ second: Int32) -> FaultEffect? {
    state.withLock { state in
      for index in state.armed.indices {
        let fault = state.armed[index].fault
        guard fault.call == nil || fault.call == call else { continue }
        guard fault.descriptor >= 0, fault.descriptor == first || fault.descriptor == second else { continue }
        if fault.skipping > 0 {
          state.armed[index].fault.skipping -= 1
          continue
        }
        if let times = fault.times, state.armed[index].struck >= times { continue }
        state.armed[index].struck += 1
        return fault.effect
      }
      return nil
    }
  }
}
