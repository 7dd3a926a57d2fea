import LinuxCalls
import Reactors
import Synchronization
public import SystemPackage

/// A file, or whatever stands behind a path or a descriptor: routes go by what the kernel says it is.
///
/// A file has a ``position`` of its own, in this process: copies start there and move it by what they took or
/// delivered. The kernel's position of the descriptor is neither used nor moved, so one open file serves many copies
/// at once through ``section(offset:length:)``.
///
/// Closed by ``close()``, or when the last reference goes. Calls here run in the blocking pool and suspend.
public final class File: Sendable {
  let descriptor: Descriptor
  /// The path it was opened with, or "descriptor 7".
  public let name: String
  private let cursor: Guarded<Int64>

  init(descriptor: Descriptor, name: String, position: Int64) {
    self.descriptor = descriptor
    self.name = name
    cursor = Guarded(position)
  }

  /// Takes over `fileDescriptor`, which is closed with this file. The position starts at the descriptor's own.
  public convenience init(taking fileDescriptor: FileDescriptor) {
    self.init(fileDescriptor.rawValue, .owned)
  }

  /// Borrows `fileDescriptor`: it is not closed, and neither its flags nor its position change. The position starts
  /// at the descriptor's own.
  public convenience init(lending fileDescriptor: FileDescriptor) {
    self.init(fileDescriptor.rawValue, .lent)
  }

  private convenience init(_ number: Int32, _ ownership: Ownership) {
    self.init(
      descriptor: Descriptor(number, ownership, kind: nil, reactor: nil), name: "descriptor \(number)",
      position: (try? Linux.position(of: number)) ?? 0)
  }

  /// Where the next copy from or to this file starts, in bytes from its beginning. Meaningless where the kernel has
  /// no positions (pipes, terminals, sockets).
  public var position: Int64 {
    get { cursor.withLock { $0 } }
    set { cursor.withLock { $0 = newValue } }
  }

  /// The descriptor, for calls that Millrace does not make. It stays this file's.
  public var fileDescriptor: FileDescriptor { FileDescriptor(rawValue: descriptor.number) }

  /// Its size in bytes, as fstat(2) has it: of files in /proc it says nothing.
  public func size() async throws(EndpointError) -> Int64 {
    try await call("ask the size of") { descriptor throws(Errno) in try Linux.facts(of: descriptor).size }
  }

  /// Sets the size: cuts off, or adds a hole. ftruncate(2)
  public func truncate(to size: Int64) async throws(EndpointError) {
    try await call("truncate") { descriptor throws(Errno) in try Linux.truncate(descriptor, to: size) }
  }

  /// Returns when the file's bytes are on the disk. fsync(2)
  public func sync() async throws(EndpointError) {
    try await call("flush") { descriptor throws(Errno) in try Linux.sync(descriptor) }
  }

  /// Moves the kernel's position of the descriptor to ``position``, for others who share it: the shell that lent its
  /// standard input goes on where the copy ended. lseek(2)
  public func publishPosition() async throws(EndpointError) {
    let position = position
    try await call("seek in") { descriptor throws(Errno) in try Linux.setPosition(of: descriptor, to: position) }
  }

  /// Closes it, after the copies that use it have ended. A lent descriptor is only let go.
  ///
  /// Closing a file that has no name any more gives back its room on the disk: on a reactor that is left to the
  /// blocking pool, and may happen after this returns. Everything else is closed here and now, which waits for nobody
  /// but where a network file system has written bytes to flush: call ``sync()`` first, which does that in the pool.
  /// close(2)
  public func close() { descriptor.close() }

  func call<Value: Sendable>(
    _ action: String, _ body: @escaping @Sendable (Int32) throws(Errno) -> Value
  ) async throws(EndpointError) -> Value {
    do throws(Errno) {
      try descriptor.begin(.reading, exclusive: false)
    } catch {
      throw EndpointError(action, name, error)
    }
    let number = descriptor.number
    let result: Result<Value, Errno> = await blocking { () throws(Errno) in try body(number) }
    descriptor.end(.reading, exclusive: false)
    switch result {
    case .success(let value): return value
    case .failure(let errno): throw EndpointError(action, name, errno)
    }
  }
}

/// Does `body` in the blocking pool.
func blocking<Value: Sendable, Failure: Error>(
  waitingFor awaited: BlockingPool.Awaited = .disk, _ body: @escaping @Sendable () throws(Failure) -> Value
) async -> Result<Value, Failure> {
  let pool = (Reactor.current ?? Reactors.shared.all[0]).blockingPool
  do throws(Failure) {
    return .success(try await pool.run(waitingFor: awaited, body))
  } catch {
    return .failure(error)
  }
}
