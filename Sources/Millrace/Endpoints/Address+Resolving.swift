import LinuxCalls
import Reactors
import Synchronization

extension Address {
  /// The addresses of a name, in the order of RFC 6724. Runs in the blocking pool. getaddrinfo(3)
  ///
  /// The resolver cannot be interrupted. After `timeout`, or when the task is cancelled, this throws (ETIMEDOUT,
  /// ECANCELED), and the resolver's answer is thrown away when it comes. Names beyond a quarter of the pool's threads
  /// queue; one that is given up while it does is never asked for.
  public static func resolve(
    host: String, port: UInt16, timeout: Duration? = nil
  ) async throws(EndpointError) -> [Address] {
    try await resolve(host: host, timeout: timeout) { () throws(ResolveError) in
      try Linux.resolve(host: host, port: port)
    }
  }

  static func resolve(
    host: String, timeout: Duration?, by lookUp: @escaping @Sendable () throws(ResolveError) -> [RawAddress]
  ) async throws(EndpointError) -> [Address] {
    let answer = FirstAnswer()
    let reactor = Reactor.current ?? Reactors.shared.next()
    Task(executorPreference: reactor) {
      answer.give(
        await blocking(waitingFor: .resolver) { () throws(ResolveError) in answer.isGiven ? [] : try lookUp() }
          .mapError { EndpointError("find", host, reason: $0.sentence) })
    }
    let alarm = timeout.map { timeout in
      Task(executorPreference: reactor) {
        try await reactor.sleep(for: timeout)
        answer.give(.failure(CallFailure.interrupted(.deadline).endpointError("find", host)))
      }
    }
    let found = await withTaskCancellationHandler {
      await answer.first()
    } onCancel: {
      answer.give(.failure(CallFailure.interrupted(.cancelled).endpointError("find", host)))
    }
    alarm?.cancel()
    return try found.get().map(Address.init(raw:))
  }
}

/// The first of several answers; the others come too late.
private final class FirstAnswer: Sendable {
  typealias Answer = Result<[RawAddress], EndpointError>

  private enum State {
    case open
    case awaited(CheckedContinuation<Answer, Never>)
    case given(Answer)
  }

  private let state = Guarded(State.open)

  var isGiven: Bool {
    state.withLock { if case .given = $0 { true } else { false } }
  }

  func give(_ answer: Answer) {
    let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
      switch state {
      case .open: state = .given(answer)
      case .awaited(let continuation):
        state = .given(answer)
        return continuation
      case .given: break
      }
      return nil
    }
    waiting?.resume(returning: answer)
  }

  func first() async -> Answer {
    await withCheckedContinuation { continuation in
      let answer: Answer? = state.withLock { state in
        if case .given(let answer) = state { return answer }
        state = .awaited(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}
