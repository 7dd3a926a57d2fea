import LinuxCalls
public import Reactors
public import SystemPackage

/// A stream socket: TCP or Unix.
///
/// A connection lives on the reactor it was made on (that of the task, or the next of ``Reactors/shared``); calls
/// from elsewhere are legal and cost a hop. One task at a time reads and one writes (EBUSY otherwise).
///
/// Closed by ``close()``, or when the last reference goes.
public final class Connection: Sendable {
  let descriptor: Descriptor

  init(_ number: Int32, _ ownership: Ownership, kind: EndKind, reactor: Reactor?) {
    descriptor = Descriptor(
      number, ownership, kind: kind, reactor: reactor ?? Reactor.current ?? Reactors.shared.next())
  }

  /// Takes over a connected stream socket, makes it non-blocking, and closes it in the end. It has to stay non-blocking:
  /// a process that shares the open file must not clear O_NONBLOCK.
  public convenience init(taking fileDescriptor: FileDescriptor) throws(EndpointError) {
    let number = fileDescriptor.rawValue
    let kind = try Self.streamKind(of: number)
    do throws(Errno) {
      try Linux.setFlags(of: number, to: try Linux.flags(of: number).union(.nonBlocking))
    } catch {
      throw EndpointError("use", "descriptor \(number)", error)
    }
    self.init(number, .owned, kind: kind, reactor: nil)
  }

  /// Borrows a connected stream socket: not closed, its flags and options left as they are. One that blocks
  /// (O_NONBLOCK not set) gets the buffered route alone, for a kernel route would block its reactor. A use that waits holds
  /// a duplicate until it ends; between two uses the owner's close(2) is the end for the peer.
  public convenience init(lending fileDescriptor: FileDescriptor) throws(EndpointError) {
    let number = fileDescriptor.rawValue
    self.init(number, .lent, kind: try Self.streamKind(of: number), reactor: nil)
  }

  private static func streamKind(of number: Int32) throws(EndpointError) -> EndKind {
    let kind: EndKind
    do throws(Errno) { kind = try EndFacts.socketKind(number) } catch {
      throw EndpointError("use", "descriptor \(number)", reason: "it is not a socket (\(error))", errno: error)
    }
    guard kind.isStreamSocket else {
      throw EndpointError("use", "descriptor \(number)", reason: "its socket carries messages, not a stream")
    }
    return kind
  }

  /// Two Unix stream sockets connected to each other. socketpair(2)
  public static func pair() throws(EndpointError) -> (Connection, Connection) {
    do throws(Errno) {
      let (first, second) = try Linux.socketPair(SocketType.stream)
      return (
        Connection(first, .owned, kind: .unix, reactor: nil), Connection(second, .owned, kind: .unix, reactor: nil)
      )
    } catch {
      throw EndpointError("make", "a socket pair", error)
    }
  }

  /// The descriptor, for calls that Millrace does not make. It stays this connection's.
  public var fileDescriptor: FileDescriptor { FileDescriptor(rawValue: descriptor.number) }

  /// The reactor it lives on.
  public var reactor: Reactor? { descriptor.home?.reactor }

  /// This side's address; nil once the connection is closed. getsockname(2)
  public var localAddress: Address? {
    try? descriptor.using { (number) throws(Errno) in Address(raw: try Linux.localAddress(of: number)) }
  }

  /// The peer's address; nil once either side has closed. getpeername(2)
  public var remoteAddress: Address? {
    try? descriptor.using { (number) throws(Errno) in Address(raw: try Linux.remoteAddress(of: number)) }
  }

  /// Says to the peer that nothing more will be written; reading goes on. shutdown(2)
  public func finishWriting() throws(EndpointError) {
    do throws(Errno) {
      try descriptor.using { (number) throws(Errno) in try Linux.shutdown(number, .write) }
    } catch {
      throw EndpointError("finish writing to", "the connection", error)
    }
  }

  /// Closes it. Copies under way end with an error that says so; what the kernel has not sent yet it still sends.
  public func close() { descriptor.close() }

  /// Closes it with a reset: the peer reads an error, and what was not sent yet is thrown away. socket(7), SO_LINGER
  public func reset() {
    try? descriptor.using { (number) throws(Errno) in try Linux.resetOnClose(number) }
    descriptor.close()
  }
}
