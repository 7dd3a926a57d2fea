import LinuxCalls
import SystemPackage
import Testing

/// Descriptors of every sort, ready for one call of any kind.
final class Bench {
  let file: Int32
  let sink: Int32
  let full: (read: Int32, write: Int32)
  let empty: (read: Int32, write: Int32)
  let pair: (Int32, Int32)
  let spare: Int32
  let socket: Int32
  let listener: Int32
  let epoll: Int32
  let path = temporaryPath()
  let otherPath = temporaryPath()
  private var more: [Int32] = []

  init() throws {
    file = try temporaryFile(pattern(100))
    sink = try temporaryFile()
    full = try Linux.pipe()
    empty = try Linux.pipe()
    pair = try Linux.socketPair(SocketType.stream)
    spare = try Linux.open("/dev/null", .readWrite)
    socket = try Linux.socket(SocketFamily.unix, SocketType.stream)
    listener = try Linux.socket(SocketFamily.unix, SocketType.stream)
    epoll = try Linux.epollCreate()
    more = [try Linux.open(path, [.create, .exclusive, .write])]
    try put(pattern(10), into: full.write)
    try put(pattern(10), into: pair.0)
  }

  var unixAddress: RawAddress {
    RawAddress(bytes: [UInt8(SocketFamily.unix), 0] + Array((path + "-socket").utf8) + [0])
  }

  /// Makes `listener` one that `socket` is connecting to.
  func listen() throws {
    try Linux.bind(listener, to: unixAddress)
    try Linux.listen(listener, backlog: 1)
  }

  /// Closes `descriptors` at the end.
  func keep(_ descriptors: Int32...) { more += descriptors }

  /// The last one kept, for the caller to close.
  func takeBack() -> Int32 { more.popLast() ?? -1 }

  deinit {
    release(
      file, sink, full.read, full.write, empty.read, empty.write, pair.0, pair.1, spare, socket, listener, epoll)
    for descriptor in more { release(descriptor) }
    for path in [path, otherPath, path + "-socket"] { try? Linux.unlink(path) }
  }
}

/// A call of one kind, on a bench that `prepare` has made ready.
struct CountedCall: Sendable, CustomTestStringConvertible {
  let name: String
  let kind: SystemCall
  /// The descriptor under which a fault finds the call; nil where the call has none or no fault reaches it.
  let descriptor: (@Sendable (Bench) -> Int32)?
  var prepare: @Sendable (Bench) throws -> Void = { _ in }
  let make: @Sendable (Bench) throws -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ kind: SystemCall, on descriptor: (@Sendable (Bench) -> Int32)? = nil,
    prepare: @escaping @Sendable (Bench) throws -> Void = { _ in }, _ make: @escaping @Sendable (Bench) throws -> Void
  ) {
    self.name = name
    self.kind = kind
    self.descriptor = descriptor
    self.prepare = prepare
    self.make = make
  }

  /// Where a fault must be armed to find the call.
  func target(on bench: Bench) throws -> Int32 {
    let find = try #require(descriptor)
    return find(bench)
  }
}
