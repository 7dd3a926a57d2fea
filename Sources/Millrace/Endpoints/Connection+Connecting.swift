import LinuxCalls
import Reactors
import SystemPackage

extension Connection {
  /// Connects to `address`. Suspends until the peer has answered; EHOSTUNREACH, ECONNREFUSED and the like as the
  /// kernel has them, ETIMEDOUT after `timeout` or after the kernel's own limit. connect(2)
  public static func connect(
    to address: Address, timeout: Duration? = nil, options: ConnectionOptions = ConnectionOptions()
  ) async throws(EndpointError) -> Connection {
    do throws(CallFailure) {
      let connection = try socket(for: address, options: options)
      let deadline = timeout.map { Linux.now + $0.nanoseconds }
      if try await callConnect(connection, address, until: deadline) { return connection }
      try await connection.awaitPeer(until: deadline)
      return connection
    } catch {
      throw error.endpointError("connect to", "\(address)")
    }
  }

  /// Begins to connect to `address` and does not wait: until the peer has answered the connection takes no byte (EAGAIN), and
  /// then it takes them or fails with what the peer said. Of a Unix socket this fails with EAGAIN while the listener's
  /// backlog is full. connect(2)
  package static func begin(
    to address: Address, options: ConnectionOptions = ConnectionOptions()
  ) throws(EndpointError) -> Connection {
    do throws(CallFailure) {
      let connection = try socket(for: address, options: options)
      do throws(Errno) {
        _ = try connection.descriptor.using { (number) throws(Errno) in try Linux.connect(number, to: address.raw) }
      } catch {
        throw .errno(error)
      }
      return connection
    } catch {
      throw error.endpointError("connect to", "\(address)")
    }
  }

  /// Whether the peer of a connection that was begun has answered: one on this machine has when connect(2) returns. Throws
  /// what it said where that is no.
  package func hasPeer(at address: Address) throws(EndpointError) -> Bool {
    do throws(Errno) {
      return try descriptor.using { (number) throws(Errno) in try Self.hasPeer(number) }
    } catch {
      throw EndpointError("connect to", "\(address)", error)
    }
  }

  private static func hasPeer(_ number: Int32) throws(Errno) -> Bool {
    if try Linux.hasPeer(number) { return true }
    // Either still on its way, or failed.
    let reason = try Linux.option(.error, of: number)
    guard reason == 0 else { throw Errno(rawValue: Int32(reason)) }
    return false
  }

  /// Suspends until the peer of a connection that was begun has answered; as ``connect(to:timeout:options:)`` does.
  package func finishConnecting(to address: Address, timeout: Duration) async throws(EndpointError) {
    do throws(CallFailure) { try await awaitPeer(until: Linux.now + timeout.nanoseconds) } catch {
      throw error.endpointError("connect to", "\(address)")
    }
  }

  /// Connects to a name. Its addresses are tried as RFC 8305 has it: IPv6 and IPv4 by turns, the next one when the
  /// last has failed or has not answered for 250 ms, and the first that answers wins.
  ///
  /// Throws the last failure when none answers. `timeout` bounds all of it, the resolver included, which runs in the
  /// blocking pool.
  public static func connect(
    host: String, port: UInt16, timeout: Duration? = nil, options: ConnectionOptions = ConnectionOptions()
  ) async throws(EndpointError) -> Connection {
    let deadline = timeout.map { Linux.now + $0.nanoseconds }
    let addresses = interleaved(try await Address.resolve(host: host, port: port, timeout: timeout))
    if addresses.count == 1 {
      return try await connect(to: addresses[0], timeout: timeLeft(until: deadline), options: options)
    }
    return try await race(addresses, subject: "\(host):\(port)", until: deadline, options: options)
  }

  private static func socket(
    for address: Address, options: ConnectionOptions
  ) throws(CallFailure) -> Connection {
    let kind: EndKind = address.raw.family == SocketFamily.unix ? .unix : .tcp
    do throws(Errno) {
      let number = try Linux.socket(address.raw.family, SocketType.stream)
      let connection = Connection(number, .owned, kind: kind, reactor: nil)
      if kind == .tcp { try Congestion.apply(options, to: number, for: address) }
      try options.apply(to: number, kind: kind)
      return connection
    } catch {
      throw .errno(error)
    }
  }

  private static func timeLeft(until deadline: Int64?) -> Duration? {
    deadline.map { .nanoseconds(max(0, $0 - Linux.now)) }
  }

  /// True when it is connected already. A Unix socket that does not block is refused with EAGAIN while the listener's
  /// backlog is full, and nothing tells when that is over: it asks again, after 1 ms at first and then up to 50 ms.
  /// connect(2)
  private static func callConnect(
    _ connection: Connection, _ address: Address, until deadline: Int64?
  ) async throws(CallFailure) -> Bool {
    var pause = Duration.milliseconds(1)
    while true {
      do throws(Errno) {
        return try connection.descriptor.using { (number) throws(Errno) in
          try Linux.connect(number, to: address.raw)
        }
      } catch {
        guard error == .wouldBlock || error == .resourceTemporarilyUnavailable,
          address.raw.family == SocketFamily.unix
        else { throw .errno(error) }
      }
      let left = timeLeft(until: deadline)
      if left == .zero { throw .interrupted(.deadline) }
      do {
        try await (connection.reactor ?? Reactors.shared.next()).sleep(for: min(pause, left ?? pause))
      } catch {
        throw .interrupted(.cancelled)
      }
      pause = min(pause * 2, .milliseconds(50))
    }
  }

  private func awaitPeer(until deadline: Int64?) async throws(CallFailure) {
    let descriptor = descriptor
    // Writability before the answer would be an edge of the unconnected socket: ask whether there is a peer.
    try await descriptor.repeating(.writing, until: deadline) { (number) throws(Errno) in
      guard try Self.hasPeer(number) else { throw .wouldBlock }
    }
  }

  /// RFC 8305 §4: the resolver's order, but the families take turns.
  static func interleaved(_ addresses: [Address]) -> [Address] {
    guard let firstFamily = addresses.first?.raw.family else { return [] }
    let preferred = addresses.filter { $0.raw.family == firstFamily }
    let others = addresses.filter { $0.raw.family != firstFamily }
    var result: [Address] = []
    for index in 0..<max(preferred.count, others.count) {
      if index < preferred.count { result.append(preferred[index]) }
      if index < others.count { result.append(others[index]) }
    }
    return result
  }

  private enum RaceEvent: Sendable {
    case connected(Connection)
    case failed(EndpointError)
    case delayPassed
  }

  /// RFC 8305 §5: the recommended Connection Attempt Delay.
  private static let attemptDelay = Duration.milliseconds(250)

  /// RFC 8305 §5: the next attempt begins when the last has failed, or after the delay; the first to connect wins.
  static func race(
    _ addresses: [Address], subject: String, until deadline: Int64?, options: ConnectionOptions
  ) async throws(EndpointError) -> Connection {
    let reactor = Reactor.current ?? Reactors.shared.next()
    let result: Result<Connection, EndpointError> = await withTaskGroup(of: RaceEvent.self) { group in
      var waiting = addresses[...]
      var running = 0
      var lastFailure = EndpointError("connect to", subject, reason: "it has no address")
      func start(_ group: inout TaskGroup<RaceEvent>) {
        guard let address = waiting.popFirst() else { return }
        running += 1
        let isLast = waiting.isEmpty
        group.addTask(executorPreference: reactor) {
          do throws(EndpointError) {
            return .connected(try await connect(to: address, timeout: timeLeft(until: deadline), options: options))
          } catch {
            return .failed(error)
          }
        }
        guard !isLast else { return }
        group.addTask(executorPreference: reactor) {
          _ = try? await reactor.sleep(for: attemptDelay)
          return .delayPassed
        }
      }
      start(&group)
      for await event in group {
        switch event {
        case .connected(let connection):
          group.cancelAll()
          return .success(connection)
        case .failed(let error):
          running -= 1
          lastFailure = error
          if running == 0, waiting.isEmpty {
            group.cancelAll()
            return .failure(lastFailure)
          }
          start(&group)
        case .delayPassed:
          start(&group)
        }
      }
      return .failure(lastFailure)
    }
    return try result.get()
  }
}
