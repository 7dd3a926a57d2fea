import Glibc
import Millrace

/// Where a case of the matrix reads.
enum SourceKind: String, CaseIterable, Sendable {
  case file, section, tcp, unix, pipe, bytes, reader

  var isFile: Bool { self == .file || self == .section }
  var isSocket: Bool { self == .tcp || self == .unix }
  /// Whether somebody feeds it while the copy runs.
  var isStream: Bool { isSocket || self == .pipe }
}

/// A source with all the test must know of it afterwards.
struct SourceRig: Sendable {
  /// Bytes of the file in front of those that are copied.
  static let start = 100

  let kind: SourceKind
  let source: any ByteSource
  /// What a copy without a limit takes.
  let bytes: [UInt8]
  /// The other end of a stream.
  private(set) var feeder: PlainDescriptor?
  private var number: Int32 = -1
  private var file: File?
  private var reader: ArrayReader?
  private let release: @Sendable () -> Void

  /// On the reactor that the endpoints are to live on.
  init(_ kind: SourceKind, _ bytes: [UInt8], buffer: Int32? = nil) throws {
    self.kind = kind
    self.bytes = bytes
    switch kind {
    case .file:
      let file = File(
        taking: FileDescriptor(rawValue: try PlainFile.make([UInt8](repeating: 1, count: Self.start) + bytes)))
      file.position = Int64(Self.start)
      (source, self.file, number, release) = (file, file, file.fileDescriptor.rawValue, file.close)
    case .section:
      let around = [UInt8](repeating: 1, count: Self.start)
      let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(around + bytes + around)))
      source = file.section(offset: Int64(Self.start), length: bytes.count)
      (self.file, number, release) = (file, file.fileDescriptor.rawValue, file.close)
    case .tcp, .unix:
      let (engine, peer) = kind == .tcp ? try PlainPair.tcp(buffer: buffer) : try PlainPair.unix(buffer: buffer)
      let connection = try Connection(taking: FileDescriptor(rawValue: engine))
      (source, feeder, number, release) = (connection, peer, engine, connection.close)
    case .pipe:
      let (engine, peer) = try PlainPair.pipeToEngine()
      let end = try PipeEnd(taking: FileDescriptor(rawValue: engine))
      (source, feeder, number, release) = (end, peer, engine, end.close)
    case .bytes: (source, release) = (Bytes(bytes), {})
    case .reader:
      let reader = ArrayReader(bytes)
      (source, self.reader, release) = (ReaderSource(reader: reader), reader, {})
    }
  }

  /// The kernel's name of the engine's descriptor.
  var name: String? { Descriptors.name(of: number) }

  /// Bytes the kernel has for the engine to read now.
  var queued: Int {
    var count: Int32 = 0
    return ioctl(number, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }

  /// What is wrong with where the source stands after `taken` of its bytes were copied. Blocks until a stream's feeder
  /// has given all the rest.
  func problems(after taken: Int) throws -> [String] {
    var problems: [String] = []
    func expect(_ condition: Bool, _ text: @autoclosure () -> String) { if !condition { problems.append(text()) } }
    switch kind {
    case .file:
      expect(
        file?.position == Int64(Self.start + taken),
        "the source file's position is \(file?.position ?? -1), not \(Self.start + taken)")
      expect(PlainFile.position(of: number) == 0, "the kernel's position of the source moved")
    case .section:
      expect(
        file?.position == 0, "the position of the file moved to \(file?.position ?? -1) by copying a section of it")
      expect(PlainFile.position(of: number) == 0, "the kernel's position of the source moved")
    case .tcp, .unix, .pipe:
      let rest = try PlainDescriptor.duplicate(of: number).read()
      if let difference = Pattern.difference(rest, Array(bytes.dropFirst(taken))) {
        problems.append("what the source still has is wrong: \(difference)")
      }
    case .bytes: break
    case .reader:
      let given = reader?.given ?? -1
      expect(given == taken, "the reader was asked for \(given) bytes, not \(taken)")
    }
    return problems
  }

  /// A feeder that is still at it fails with EPIPE.
  func close() { release() }
}
