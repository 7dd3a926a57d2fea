import LinuxCalls
import Millrace
import Synchronization

@testable import MillraceServices

/// A resolver that knows what a test says.
final class Names: Sendable {
  private enum Entry {
    case found([Address])
    case held([CheckedContinuation<Void, Never>])
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var asked: [String: Int] = [:]
    var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
  }

  private let state = Guarded(State())

  static func address(_ number: UInt16) -> Address { .loopback(port: number) }

  /// - Parameter numbers: nil is a name that nobody knows.
  func set(_ name: String, to numbers: [UInt16]?) {
    let held: [CheckedContinuation<Void, Never>] = state.withLock { state in
      let before = state.entries[name]
      state.entries[name] = numbers.map { .found($0.map(Self.address)) }
      if case .held(let held) = before { return held }
      return []
    }
    for one in held { one.resume() }
  }

  /// Whoever asks for it waits until it is set.
  func hold(_ name: String) { state.withLock { $0.entries[name] = .held([]) } }

  /// How often it was asked for.
  func timesAsked(for name: String) -> Int { state.withLock { $0.asked[name] ?? 0 } }

  /// Suspends until it was asked for so often.
  func untilAsked(for name: String, times: Int = 1) async {
    while timesAsked(for: name) < times {
      await withCheckedContinuation { continuation in
        let isAsked = state.withLock { state in
          if state.asked[name, default: 0] >= times { return true }
          state.waiting[name, default: []].append(continuation)
          return false
        }
        if isAsked { continuation.resume() }
      }
    }
  }

  func addresses(of target: ServiceAddress) async throws(EndpointError) -> [Address] {
    guard case .tcp(let name, _) = target else { return [] }
    let waiting = state.withLock { state in
      state.asked[name, default: 0] += 1
      return state.waiting.removeValue(forKey: name) ?? []
    }
    for one in waiting { one.resume() }
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        guard case .held(let held) = state.entries[name] else { return false }
        state.entries[name] = .held(held + [continuation])
        return true
      }
      if !isHeld { continuation.resume() }
    }
    guard case .found(let addresses) = state.withLock({ $0.entries[name] }) else {
      throw EndpointError("find", name, reason: "nobody knows it")
    }
    return addresses
  }
}
