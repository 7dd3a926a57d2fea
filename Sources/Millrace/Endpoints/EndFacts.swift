import LinuxCalls
import SystemPackage

/// What the kernel says an end of a copy is.
public enum EndKind: String, Sendable, Codable, CaseIterable {
  /// A regular file, with positions.
  case regular = "file"
  /// A TCP stream, of either version.
  case tcp
  /// A Unix stream socket.
  case unix
  /// A stream socket of another family.
  case stream
  /// A pipe or FIFO.
  case pipe
  /// A terminal.
  case terminal
  /// Another character device, such as `/dev/zero`.
  case device
  /// A block device.
  case blockDevice = "block device"
  /// A socket that carries messages, not a stream.
  case message
  /// A directory.
  case directory
  /// Bytes in this process.
  case memory
  /// A type of someone else's that reads or writes by itself.
  case custom
  /// Something that no route knows.
  case unknown

  var isStreamSocket: Bool {
    switch self {
    case .tcp, .unix, .stream: true
    default: false
    }
  }

  /// Whether there is one stream of bytes in each direction, that only one copy can take from at a time.
  var isStream: Bool { self != .regular && self != .blockDevice }
}

/// The facts of a descriptor at the time of a copy.
struct EndFacts: Sendable {
  var kind: EndKind
  /// O_NONBLOCK is not set: a call on this end may block the thread.
  var blocks = false
  /// O_APPEND is set: writes go to the end, whatever offset they name.
  var appends = false
  /// What a regular file has besides; apart, for a relay's ends are none.
  private var file: RegularFile?

  private final class RegularFile: Sendable {
    let size: Int64
    let device: UInt64
    let inode: UInt64

    init(_ facts: FileFacts) { (size, device, inode) = (facts.size, facts.device, facts.inode) }
  }

  /// Of a regular file; of /proc files a lie.
  var size: Int64 { file?.size ?? 0 }
  var device: UInt64 { file?.device ?? 0 }
  var inode: UInt64 { file?.inode ?? 0 }

  /// Asks the kernel, and nobody else: a size that a server has changed meanwhile may be old, and no copy takes it for the
  /// truth. What can never change is asked once in a descriptor's life; flags and size are asked each time, but for the
  /// flags of sockets and pipes of our own, which are non-blocking since they came.
  init(of descriptor: Descriptor, for direction: Descriptor.Direction) throws(Errno) {
    if let fixed = descriptor.fixedKind, descriptor.ownership == .owned {
      kind = fixed
      return
    }
    let number = descriptor.number
    let facts = try Linux.knownFacts(of: number)
    kind =
      switch facts.kind {
      case .regular: .regular
      case .directory: .directory
      case .pipe: .pipe
      case .blockDevice: .blockDevice
      case .characterDevice: Linux.isTerminal(number) ? .terminal : .device
      case .socket: try Self.socketKind(number)
      case .link, .other: .unknown
      }
    if kind == .regular { file = RegularFile(facts) }
    // What reads a file that has bytes is told nothing by them: no flag makes that wait, or begin elsewhere.
    if kind == .regular, direction == .reading, facts.size > 0 { return }
    let flags = try Linux.flags(of: number)
    blocks = !flags.contains(.nonBlocking)
    appends = flags.contains(.append)
  }

  /// Takes a regular file's size as it is now.
  mutating func note(_ now: FileFacts) {
    if kind == .regular, now.size != size { file = RegularFile(now) }
  }

  static func socketKind(_ number: Int32) throws(Errno) -> EndKind {
    guard try Linux.option(.type, of: number) == Int(SocketType.stream),
      try Linux.option(.acceptsConnections, of: number) == 0
    else { return .message }
    switch Int32(try Linux.option(.domain, of: number)) {
    case SocketFamily.unix: return .unix
    case SocketFamily.v4, SocketFamily.v6: return .tcp
    default: return .stream
    }
  }
}
