import Glibc
import LinuxCalls
import Millrace
import SystemPackage

/// What stands at one end of a copy under test.
enum EndRole: String, Sendable, CustomStringConvertible {
  case file, appending, tcp, unix, pipe
  var description: String { rawValue }
}

/// A source with a known content that feeds itself, and says afterwards what is left in it.
final class FedSource: Sendable {
  let endpoint: any ByteSource
  let fd: Int32
  let peer: PlainDescriptor?
  private let close: @Sendable () -> Void

  /// - Parameter ends: whether a stream is finished after `content`.
  init(_ role: EndRole, _ content: [UInt8], ends: Bool = true) throws {
    switch role {
    case .file, .appending:
      fd = try PlainFile.make(content)
      let file = File(taking: FileDescriptor(rawValue: fd))
      (endpoint, peer) = (file, nil)
      close = { file.close() }
    case .tcp, .unix:
      let (ours, other) = try role == .tcp ? PlainPair.tcp() : PlainPair.unix()
      let connection = try Connection(taking: FileDescriptor(rawValue: ours))
      (endpoint, fd, peer) = (connection, ours, other)
      close = { connection.close() }
    case .pipe:
      let (ours, other) = try PlainPair.pipeToEngine()
      let end = try PipeEnd(taking: FileDescriptor(rawValue: ours))
      (endpoint, fd, peer) = (end, ours, other)
      close = { end.close() }
    }
    peer?.feed(content, thenFinish: ends)
  }

  /// What nobody has taken yet, until the stream ends. Closes the source.
  func rest() async throws -> [UInt8] {
    func read(_ source: some ByteSource) async throws -> [UInt8] { try await readAll(from: source) }
    defer { close() }
    return try await read(endpoint)
  }
}

/// A sink that says afterwards what really arrived.
final class WatchedSink: Sendable {
  let endpoint: any ByteSink
  let fd: Int32
  private let close: @Sendable () -> Void
  private let arrived: Task<[UInt8], any Error>?

  init(_ role: EndRole) throws {
    switch role {
    case .file, .appending:
      fd = try PlainFile.make([], appending: role == .appending)
      let file = File(taking: FileDescriptor(rawValue: fd))
      (endpoint, arrived) = (file, nil)
      close = { file.close() }
    case .tcp, .unix:
      let (ours, peer) = try role == .tcp ? PlainPair.tcp() : PlainPair.unix()
      let connection = try Connection(taking: FileDescriptor(rawValue: ours))
      (endpoint, fd, arrived) = (connection, ours, peer.drain())
      close = { connection.close() }
    case .pipe:
      let (ours, peer) = try PlainPair.pipeFromEngine()
      let end = try PipeEnd(taking: FileDescriptor(rawValue: ours))
      (endpoint, fd, arrived) = (end, ours, peer.drain())
      close = { end.close() }
    }
  }

  /// Closes the sink and answers what came out of its other side.
  func received() async throws -> [UInt8] {
    guard let arrived else {
      defer { close() }
      return try PlainFile.contents(of: fd)
    }
    close()
    return try await arrived.value
  }
}
