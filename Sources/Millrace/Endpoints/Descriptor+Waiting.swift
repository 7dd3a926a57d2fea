import LinuxCalls
import Reactors
import SystemPackage

/// Why a call on an endpoint did not get through.
enum CallFailure: Error {
  case errno(Errno)
  case interrupted(Interrupt)

  func endpointError(_ action: String, _ subject: String) -> EndpointError {
    switch self {
    case .errno(let errno): EndpointError(action, subject, errno)
    case .interrupted(.cancelled): EndpointError(action, subject, reason: "the task was cancelled", errno: .canceled)
    case .interrupted(.deadline), .interrupted(.idle), .interrupted(.tooSlow):
      EndpointError(action, subject, reason: "the time is up", errno: .timedOut)
    case .interrupted(.closed):
      EndpointError(action, subject, reason: "it was closed meanwhile", errno: .badFileDescriptor)
    }
  }
}

extension Descriptor {
  /// Makes `call` until it is not refused with EAGAIN, waiting in between, on the descriptor's own reactor.
  func repeating<Value: Sendable>(
    _ direction: Direction, until deadline: Int64? = nil,
    _ call: @escaping @Sendable (Int32) throws(Errno) -> Value
  ) async throws(CallFailure) -> Value {
    guard let home else { throw .errno(.notSupported) }
    if Reactor.confining(#isolation) === home.reactor { return try await repeatingHere(direction, deadline, call) }
    return try await withTaskExecutorPreference(home.reactor) { () async throws(CallFailure) -> Value in
      try await repeatingHopped(direction, deadline, call)
    }
  }

  @concurrent
  private func repeatingHopped<Value: Sendable>(
    _ direction: Direction, _ deadline: Int64?, _ call: @escaping @Sendable (Int32) throws(Errno) -> Value
  ) async throws(CallFailure) -> Value {
    try await repeatingHere(direction, deadline, call)
  }

  private func repeatingHere<Value: Sendable>(
    _ direction: Direction, _ deadline: Int64?, _ call: @escaping @Sendable (Int32) throws(Errno) -> Value
  ) async throws(CallFailure) -> Value {
    do throws(Errno) { try begin(direction, exclusive: true) } catch { throw .errno(error) }
    defer { end(direction, exclusive: true) }
    if let reactor = home?.reactor, reactor.hasHadItsShare() { await reactor.yield() }
    while true {
      if Task.isCancelled { throw .interrupted(.cancelled) }
      if isClosing { throw .interrupted(.closed) }
      do throws(Errno) {
        return try call(number)
      } catch {
        guard error == .wouldBlock || error == .resourceTemporarilyUnavailable else { throw .errno(error) }
      }
      if case .interrupted(let cause) = try await waitOnce(direction, until: deadline) {
        throw .interrupted(cause)
      }
    }
  }

  /// Waits for readiness once; on the descriptor's own reactor.
  func waitOnce(
    _ direction: Direction, until deadline: Int64?
  ) async throws(CallFailure) -> Wake {
    guard let home else { throw .errno(.notSupported) }
    let side: Readiness.Direction = direction == .reading ? .reading : .writing
    home.readiness.noteWouldBlock(side)
    let parker = home.reactor.leaseParker()
    let timer = deadline.map { InterruptTimer(parker, cause: .deadline, at: $0) }
    let ticket = parker.ticket
    let result: Result<Wake, Errno> = await withTaskCancellationHandler {
      do throws(Errno) { return .success(try await home.readiness.wait(for: side, with: parker)) } catch {
        return .failure(error)
      }
    } onCancel: {
      ticket.interrupt(by: .cancelled)
    }
    timer?.cancel()
    home.reactor.giveBack(parker)
    switch result {
    case .success(let wake): return wake
    case .failure(let errno): throw .errno(errno)
    }
  }
}
