import LinuxCalls
import Millrace
import Synchronization

/// What a way of one's own was asked for.
final class WayLog: Sendable {
  private let entries = Guarded<[Int?]>([])

  /// The limits it was asked with, in order.
  var limits: [Int?] { entries.withLock { $0 } }

  func note(_ limit: Int?) { entries.withLock { $0.append(limit) } }
}

/// What a way of one's own does.
enum OwnWay: Sendable {
  case moves(Int)
  case hasNone
  case fails(any Error)

  struct Refused: Error, Equatable {}

  func go(_ log: WayLog, _ limit: Int?) throws -> DirectCopy? {
    log.note(limit)
    switch self {
    case .moves(let count): return DirectCopy(delivered: min(count, limit ?? count), name: "a tunnel")
    case .hasNone: return nil
    case .fails(let error): throw error
    }
  }
}

/// A source that reads by itself, and has a way of its own.
struct TunnelSource: DirectByteSource {
  let way: OwnWay
  let bytes: [UInt8]
  let log = WayLog()

  init(_ way: OwnWay, _ bytes: [UInt8] = []) {
    self.way = way
    self.bytes = bytes
  }

  var sourceShape: SourceShape { .reader(ArrayReader(bytes)) }

  func copyDirectly(to sink: any ByteSink, limit: Int?) async throws -> DirectCopy? { try way.go(log, limit) }
}

/// A sink that writes by itself, and has a way of its own.
struct TunnelSink: DirectByteSink {
  let way: OwnWay
  let writer = ArrayWriter()
  let log = WayLog()

  init(_ way: OwnWay) { self.way = way }

  var sinkShape: SinkShape { .writer(writer) }

  func copyDirectly(from source: any ByteSource, limit: Int?) async throws -> DirectCopy? { try way.go(log, limit) }
}
