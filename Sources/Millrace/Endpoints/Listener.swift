package import LinuxCalls
public import Reactors
import Synchronization
public import SystemPackage

/// A socket that accepts connections: TCP or Unix.
///
/// It lives on one reactor, and so does every connection it accepts. A server listens once for each reactor with
/// `reusePort`, and the kernel spreads the connections.
public final class Listener: Sendable {
  /// Where it listens; with the port the kernel chose when 0 was asked for.
  public let address: Address
  private let descriptor: Descriptor
  private let kind: EndKind
  private let options: ConnectionOptions
  private let pauses = Atomic<Int>(0)
  private let isFinishing = Atomic<Bool>(false)

  private init(descriptor: Descriptor, address: Address, kind: EndKind, options: ConnectionOptions) {
    self.descriptor = descriptor
    self.address = address
    self.kind = kind
    self.options = options
  }

  /// Listens at `address`. socket(7), tcp(7)
  ///
  /// - Parameters:
  ///   - backlog: connections that may wait to be accepted; the kernel bounds it by /proc/sys/net/core/somaxconn.
  ///   - reusePort: others may listen at the same port, in this process or another of the same user (SO_REUSEPORT).
  ///   - options: what each connection that is accepted has. Of a TCP listener they are set on the socket that listens, and
  ///     inherited.
  ///   - reactor: where it lives; nil is the task's own, or the next of ``Reactors/shared``.
  ///
  /// Throws EADDRINUSE when someone else listens there, EACCES for a port below 1024 without the right to it. The
  /// path of a Unix socket must not exist; it stays when the listener is closed.
  public static func bind(
    to address: Address, backlog: Int = 4096, reusePort: Bool = false,
    options: ConnectionOptions = ConnectionOptions(), on reactor: Reactor? = nil
  ) throws(EndpointError) -> Listener {
    do throws(Errno) {
      let isUnix = address.raw.family == SocketFamily.unix
      let kind: EndKind = isUnix ? .unix : .tcp
      let number = try Linux.socket(address.raw.family, SocketType.stream)
      let descriptor = Descriptor(
        number, .owned, kind: .message, reactor: reactor ?? Reactor.current ?? Reactors.shared.next())
      if !isUnix { try Linux.setOption(.reuseAddress, of: number, to: 1) }
      if reusePort { try Linux.setOption(.reusePort, of: number, to: 1) }
      // Every connection that it accepts begins with the listener's.
      if !isUnix {
        try Congestion.apply(options, to: number, for: address)
        try options.apply(toListener: number)
      }
      try Linux.bind(number, to: address.raw)
      try Linux.listen(number, backlog: backlog)
      return Listener(
        descriptor: descriptor, address: Address(raw: try Linux.localAddress(of: number)), kind: kind,
        options: options)
    } catch {
      throw EndpointError("listen on", "\(address)", error)
    }
  }

  /// Listens at the first of `addresses` whose family this machine has: a kernel without IPv6, or one where it is switched
  /// off, has the other.
  package static func bind(
    toFirstOf addresses: [Address], backlog: Int = 4096, reusePort: Bool = false,
    options: ConnectionOptions = ConnectionOptions(), on reactor: Reactor? = nil
  ) throws(EndpointError) -> Listener {
    var rest = addresses[...]
    while true {
      guard let address = rest.popFirst() else {
        throw EndpointError("listen", "anywhere", reason: "there is no address to listen on")
      }
      do throws(EndpointError) {
        return try bind(to: address, backlog: backlog, reusePort: reusePort, options: options, on: reactor)
      } catch {
        let lacksFamily = error.errno == .addressFamilyNotSupported || error.errno == .addressNotAvailable
        guard lacksFamily, !rest.isEmpty else { throw error }
      }
    }
  }

  /// Takes over a socket that listens already, such as one that a supervisor opened (`LISTEN_FDS`, sd_listen_fds(3)) or an
  /// earlier process passed on. It becomes non-blocking and is closed with this listener; its path, if it has one, stays.
  ///
  /// Throws EINVAL for what does not listen or is no stream socket; the descriptor is closed then, too.
  public convenience init(
    taking descriptor: FileDescriptor, options: ConnectionOptions = ConnectionOptions(), on reactor: Reactor? = nil
  ) throws(EndpointError) {
    let number = descriptor.rawValue
    let owned = Descriptor(
      number, .owned, kind: .message, reactor: reactor ?? Reactor.current ?? Reactors.shared.next())
    do throws(Errno) {
      guard try Linux.option(.acceptsConnections, of: number) == 1,
        try Linux.option(.type, of: number) == Int(SocketType.stream)
      else { throw .invalidArgument }
      try Linux.setFlags(of: number, to: try Linux.flags(of: number).union(.nonBlocking))
      let address = Address(raw: try Linux.localAddress(of: number))
      let isUnix = address.raw.family == SocketFamily.unix
      if !isUnix { try options.apply(toListener: number) }
      self.init(descriptor: owned, address: address, kind: isUnix ? .unix : .tcp, options: options)
    } catch {
      throw EndpointError("listen on", "descriptor \(number)", error)
    }
  }

  /// Lets others of this user listen at its port from now on, if they ask for it with `reusePort` (SO_REUSEPORT, socket(7)). So
  /// every reactor can listen at a port that was nobody's when the first of them was bound; who binds without `reusePort` is
  /// refused as before. For TCP.
  public func sharePort() throws(EndpointError) {
    do throws(Errno) {
      try descriptor.using { (number) throws(Errno) in try Linux.setOption(.reusePort, of: number, to: 1) }
    } catch {
      throw EndpointError("share the port of", "\(address)", error)
    }
  }

  /// Another listener at the same socket, for another reactor: whoever is first gets the connection. For Unix sockets,
  /// whose path cannot be bound twice; TCP has `reusePort`.
  public func shared(on reactor: Reactor) throws(EndpointError) -> Listener {
    let copy: Int32
    do throws(Errno) {
      copy = try descriptor.using { (number) throws(Errno) in try Linux.duplicate(number) }
    } catch {
      throw EndpointError("share", "\(address)", error)
    }
    return try Listener(taking: FileDescriptor(rawValue: copy), options: options, on: reactor)
  }

  /// Another number for the same socket, for a process that is to have it; close-on-exec, not below `least`, and the
  /// caller's to close.
  package func duplicate(from least: Int32) throws(EndpointError) -> Int32 {
    do throws(Errno) {
      return try descriptor.using { (number) throws(Errno) in try Linux.duplicate(number, from: least) }
    } catch {
      throw EndpointError("share", "\(address)", error)
    }
  }

  /// How often accepting paused because the process or the machine had no descriptors or memory left.
  public var pausesForLackOfDescriptors: Int { pauses.load(ordering: .relaxed) }

  /// The next connection. Suspends until there is one.
  ///
  /// When descriptors or memory run out (EMFILE, ENFILE, ENOBUFS, ENOMEM) it pauses, 10 ms at first and at most one
  /// second, and tries again: connections wait in the backlog meanwhile. A connection that broke before it was
  /// accepted is skipped. Throws when the listener is closed, when nobody waits any more after ``closeWhenEmpty()``, or
  /// when the task is cancelled.
  public func accept() async throws(EndpointError) -> Connection {
    var peer = InternetAddress()
    return try await accept(from: &peer) { _ in }
  }

  /// The same, with the peer's address, and telling why it pauses each time it does.
  package func accept(
    from peer: inout InternetAddress, pausing: (Errno) -> Void
  ) async throws(EndpointError) -> Connection {
    var pause = Duration.milliseconds(10)
    while true {
      do throws(CallFailure) {
        let kind = kind
        let options = options
        let reactor = descriptor.home?.reactor
        let accepted = try await descriptor.repeating(.reading) { (number) throws(Errno) in
          var peer = InternetAddress()
          let accepted = try self.acceptNow(number, from: &peer)
          let connection = Connection(accepted, .owned, kind: kind, reactor: reactor)
          // Of a TCP listener they are the connection's already.
          if kind != .tcp { try options.apply(to: accepted, kind: kind) }
          return (connection: connection, peer: peer)
        }
        peer = accepted.peer
        return accepted.connection
      } catch {
        guard case .errno(let errno) = error else {
          // Woken to look once more whether somebody waits.
          if case .interrupted(.closed) = error, isFinishing.load(ordering: .acquiring), !descriptor.isClosing {
            continue
          }
          throw error.endpointError("accept on", "\(address)")
        }
        switch AcceptFailure(errno) {
        case .ofOneConnection: continue
        case .final: throw EndpointError("accept on", "\(address)", errno)
        case .exhaustion:
          pauses.wrappingAdd(1, ordering: .relaxed)
          pausing(errno)
          do {
            try await (descriptor.home?.reactor ?? Reactors.shared.next()).sleep(for: pause)
          } catch {
            throw CallFailure.interrupted(.cancelled).endpointError("accept on", "\(address)")
          }
          pause = min(pause * 2, .seconds(1))
        }
      }
    }
  }

  /// EBADF, and the socket is closed, where nobody waits and it is to end then.
  private func acceptNow(_ number: Int32, from peer: inout InternetAddress) throws(Errno) -> Int32 {
    do throws(Errno) {
      return try Linux.accept(number, peer: &peer)
    } catch {
      let nobodyWaits = error == .wouldBlock || error == .resourceTemporarilyUnavailable
      guard nobodyWaits, isFinishing.load(ordering: .acquiring) else { throw error }
      descriptor.close()
      throw .badFileDescriptor
    }
  }

  /// Whether it has been closed.
  package var isClosed: Bool { descriptor.isClosing }

  /// Stops listening. Connections in the backlog are reset by the kernel, unless another listener shares the socket, here
  /// or in another process; a task in ``accept()`` goes on with an error.
  public func close() { descriptor.close() }

  /// Stops listening once nobody waits: ``accept()`` gives the connections that are in the backlog, as long as there are
  /// any, and then it throws and the listener is closed. Somebody must call it, or ``close()``.
  ///
  /// A connection that comes between the last look and the close is reset by the kernel all the same. Without that are a
  /// socket that another process shares, and `net.ipv4.tcp_migrate_req`, which gives what waits to another listener at the
  /// same port (SO_REUSEPORT).
  public func closeWhenEmpty() {
    isFinishing.store(true, ordering: .releasing)
    // After the flag: whoever looked before it is woken, whoever looks after it sees it.
    descriptor.home?.readiness.interruptWaitersFromAnywhere()
  }

  private enum AcceptFailure {
    case ofOneConnection, exhaustion, final

    /// accept(2), "Error handling": what the new connection suffered is reported by the call that accepts it.
    init(_ errno: Errno) {
      switch errno {
      case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory: self = .exhaustion
      case .connectionAbort, .connectionReset, .notPermitted, .timedOut, .notSupportedOnSocket, .networkDown,
        .protocolError, .protocolNotAvailable, .hostIsDown,
        .noRouteToHost, .networkUnreachable:
        self = .ofOneConnection
      default: self = .final
      }
    }
  }
}
