import LinuxCalls
public import SystemPackage

extension File {
  /// What an open file may be used for.
  public enum Access: Sendable { case read, write, readWrite }

  /// Opens what exists at `path`. open(2)
  ///
  /// Opening a FIFO waits for its other side, in the blocking pool, half of whose threads may wait like that. FIFOs
  /// beyond these queue until one of the others is open, even if their own other side is there. Once open it does not
  /// block (O_NONBLOCK), so that a copy can be interrupted while the other side stalls.
  public static func open(_ path: FilePath, for access: Access = .read) async throws(EndpointError) -> File {
    let flags: OpenFlags =
      switch access {
      case .read: .read
      case .write: .write
      case .readWrite: .readWrite
      }
    return try await open(path, flags, "open")
  }

  /// Creates the file at `path`, for reading and writing. Fails with EEXIST when there is one, unless `replacing`
  /// says to empty it.
  public static func create(
    _ path: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o666), replacing: Bool = false
  ) async throws(EndpointError) -> File {
    try await open(
      path, [.readWrite, .create, replacing ? .truncate : .exclusive], "create",
      mode: UInt32(permissions.rawValue))
  }

  /// Opens the file at `path` so that every write goes to its end, creating it if need be. No kernel route can append:
  /// copies to it are buffered.
  public static func append(
    to path: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o666)
  ) async throws(EndpointError) -> File {
    try await open(path, [.write, .create, .append], "append to", mode: UInt32(permissions.rawValue))
  }

  /// A file without a name in `directory`, gone when it is closed. open(2), O_TMPFILE
  public static func temporary(in directory: FilePath = "/tmp") async throws(EndpointError) -> File {
    try await open(directory, [.readWrite, .unnamed], "make a temporary file in", mode: 0o600)
  }

  private static func open(
    _ path: FilePath, _ flags: OpenFlags, _ action: String, mode: UInt32 = 0
  ) async throws(EndpointError) -> File {
    let name = path.string
    do throws(Errno) {
      let number = try await number(of: name, flags, mode: mode)
      return File(descriptor: Descriptor(number, .owned, kind: nil, reactor: nil), name: name, position: 0)
    } catch {
      throw EndpointError(action, name, error)
    }
  }

  private static func number(of path: String, _ flags: OpenFlags, mode: UInt32) async throws(Errno) -> Int32 {
    let atOnce = await blocking { () throws(Errno) -> Int32? in
      waitsForPeer(path) ? nil : try Linux.open(path, flags, mode: mode)
    }
    if let number = try atOnce.get() { return number }
    return try await blocking(waitingFor: .peer) { () throws(Errno) in
      let number = try Linux.open(path, flags, mode: mode)
      do throws(Errno) { try makeFIFONonBlocking(number) } catch {
        try? Linux.close(number)
        throw error
      }
      return number
    }.get()
  }

  /// A FIFO has no other way to say that it is full: RWF_NOWAIT is refused for what was opened by a path. Afterwards, for
  /// with O_NONBLOCK open(2) would not wait for the other side. It is our own open file, which nobody shares.
  private static func makeFIFONonBlocking(_ number: Int32) throws(Errno) {
    guard try Linux.facts(of: number).kind == .pipe else { return }
    try Linux.setFlags(of: number, to: try Linux.flags(of: number).union(.nonBlocking))
  }

  /// Whether another process decides how long opening it takes: a FIFO's other side, a line's carrier. It is asked
  /// before, for O_NONBLOCK would open a FIFO without its other side. fifo(7)
  private static func waitsForPeer(_ path: String) -> Bool {
    switch try? Linux.facts(ofPath: path).kind {
    case .pipe, .characterDevice: true
    default: false
    }
  }
}
