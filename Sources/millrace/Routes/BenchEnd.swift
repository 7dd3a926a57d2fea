import LinuxCalls
import Millrace
import Reactors

/// One end of a measured copy.
enum BenchEnd: Sendable {
  case file(File)
  case connection(Connection)
  case pipe(PipeEnd)
  case memory(Bytes)

  var source: any ByteSource {
    switch self {
    case .file(let file): file.section(offset: 0)
    case .connection(let connection): connection
    case .pipe(let pipe): pipe
    case .memory(let bytes): bytes
    }
  }

  /// Nil for memory, which nothing is copied to.
  var sink: (any ByteSink)? {
    switch self {
    case .file(let file): file.section(offset: 0)
    case .connection(let connection): connection
    case .pipe(let pipe): pipe
    case .memory: nil
    }
  }

  func close() {
    switch self {
    case .file, .memory: break
    case .connection(let connection): connection.close()
    case .pipe(let pipe): pipe.close()
    }
  }
}

extension Bench {
  /// A source on the measured reactor, with a task on the other one that fills it; nil where nothing needs filling.
  func source(_ end: EndPair.End) async throws(Failure) -> (BenchEnd, Task<Void, any Error>?) {
    switch end {
    case .file: return (.file(file), nil)
    case .memory: return (.memory(Bytes(data)), nil)
    default:
      let (near, distant) = try await joined(end, toward: .near)
      let data = data
      let feeding: Task<Void, any Error> = far.all[0].task {
        guard let sink = distant.sink else { return }
        _ = try await copy(from: Bytes(data), to: sink, options: CopyOptions(passesEnd: true))
        distant.close()
      }
      return (near, feeding)
    }
  }

  /// A sink on the measured reactor, with a task that sums up what arrives at its far end; nil for a file, which is
  /// summed up afterwards.
  func sink(_ end: EndPair.End) async throws(Failure) -> (BenchEnd, Task<UInt64, any Error>?) {
    if end == .file {
      return (.file(try await Self.temporaryFile(in: directory)), nil)
    }
    let (near, distant) = try await joined(end, toward: .far)
    let collecting: Task<UInt64, any Error> = far.all[0].task {
      defer { distant.close() }
      return try await Self.sum(of: distant.source)
    }
    return (near, collecting)
  }

  /// The checksum of everything that comes from `source`.
  static func sum(of source: any ByteSource) async throws(CopyError) -> UInt64 {
    let checksum = Checksum64()
    _ = try await copy(from: source.hashed(into: checksum), to: Discarding())
    return checksum.value
  }

  enum Direction: Sendable { case near, far }

  /// Two ends of one stream, the first on the measured reactor and the second on the other; `toward` is the way the
  /// bytes go, which a pipe has only one of.
  private func joined(_ end: EndPair.End, toward direction: Direction) async throws(Failure) -> (BenchEnd, BenchEnd) {
    do {
      switch end {
      case .pipe:
        let ends = try Linux.pipe()
        let (near, distant) = direction == .near ? (ends.read, ends.write) : (ends.write, ends.read)
        return (.pipe(try await pipe(near, on: measured)), .pipe(try await pipe(distant, on: far)))
      case .unix:
        let ends = try Linux.socketPair(SocketType.stream)
        return (
          .connection(try await connection(ends.0, on: measured)), .connection(try await connection(ends.1, on: far))
        )
      case .tcp:
        let listener = try Listener.bind(to: .loopback(port: 0), on: far.all[0])
        defer { listener.close() }
        let connecting = measured.all[0].task { try await Connection.connect(to: listener.address) }
        let accepted = try await listener.accept()
        return (.connection(try await connecting.value), .connection(accepted))
      case .file, .memory:
        throw Failure("\(end.rawValue) has no far end")
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("cannot make the ends of a \(end.rawValue) stream: \(error)")
    }
  }

  private func pipe(_ number: Int32, on reactors: Reactors) async throws -> PipeEnd {
    try await reactors.all[0].task { try PipeEnd(taking: FileDescriptor(rawValue: number)) }.value
  }

  private func connection(_ number: Int32, on reactors: Reactors) async throws -> Connection {
    try await reactors.all[0].task { try Connection(taking: FileDescriptor(rawValue: number)) }.value
  }
}

/// Takes everything and keeps nothing.
struct Discarding: ByteSink, ByteWriter {
  var sinkShape: SinkShape { .writer(self) }

  func write(_ bytes: ArraySlice<UInt8>) async throws -> Int { bytes.count }
}
