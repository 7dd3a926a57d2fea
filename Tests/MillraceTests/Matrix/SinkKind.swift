import Glibc
@testable import Millrace

/// Where a case of the matrix writes.
enum SinkKind: String, CaseIterable, Sendable {
  case file, section, append, tcp, unix, pipe, memory, writer

  var isFile: Bool { self == .file || self == .section || self == .append }
  var isSocket: Bool { self == .tcp || self == .unix }
  /// Whether somebody must take the bytes for the copy to go on.
  var isStream: Bool { isSocket || self == .pipe }
}

/// A sink with all the test must know of it afterwards.
struct SinkRig: Sendable {
  /// What stands in a file before the copy, and where in it the copy begins.
  static let before = [UInt8](repeating: 2, count: 200)
  static let start = 70

  let kind: SinkKind
  private(set) var sink: any ByteSink
  /// The other end of a stream.
  private(set) var drain: PlainDescriptor?
  private(set) var writer: ArrayWriter?
  private var number: Int32 = -1
  private var file: File?
  private var collector: Collector?
  private let release: @Sendable () -> Void

  /// On the reactor that the endpoints are to live on. `length` bounds a section.
  init(_ kind: SinkKind, length: Int?, buffer: Int32? = nil) throws {
    self.kind = kind
    switch kind {
    case .file, .section, .append:
      let number = try PlainFile.make(Self.before, appending: kind == .append)
      let file = File(taking: FileDescriptor(rawValue: number))
      (self.file, self.number, release) = (file, number, file.close)
      if kind == .file { file.position = Int64(Self.start) }
      sink = kind == .section ? file.section(offset: Int64(Self.start), length: length) : file
    case .tcp, .unix:
      let (engine, peer) = kind == .tcp ? try PlainPair.tcp(buffer: buffer) : try PlainPair.unix(buffer: buffer)
      let connection = try Connection(taking: FileDescriptor(rawValue: engine))
      (sink, drain, number, release) = (connection, peer, engine, connection.close)
    case .pipe:
      let (engine, peer) = try PlainPair.pipeFromEngine()
      let end = try PipeEnd(taking: FileDescriptor(rawValue: engine))
      (sink, drain, number, release) = (end, peer, engine, end.close)
    case .memory:
      let collector = Collector()
      (sink, self.collector, release) = (MemorySink(collector: collector), collector, {})
    case .writer:
      let writer = ArrayWriter()
      (sink, self.writer, release) = (WriterSink(writer: writer), writer, {})
    }
    drain?.makeNonBlocking()
  }

  /// Whether the kernel would take more now.
  var hasRoom: Bool {
    var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  /// The kernel's name of the engine's descriptor.
  var name: String? { Descriptors.name(of: number) }

  /// What is wrong with a file or writer after `expected` was copied to it. Streams are judged by what was drained.
  func problems(after expected: [UInt8], passedEnd: Bool) throws -> [String] {
    var problems: [String] = []
    func compare(_ got: [UInt8], _ expected: [UInt8]) {
      if let difference = Pattern.difference(got, expected) { problems.append("the sink has \(difference)") }
    }
    switch kind {
    case .file, .section:
      let tail = Self.before.dropFirst(Self.start + expected.count)
      compare(try PlainFile.contents(of: number), Self.before.prefix(Self.start) + expected + tail)
      let position = kind == .file ? Int64(Self.start + expected.count) : 0
      if file?.position != position {
        problems.append("the sink file's position is \(file?.position ?? -1), not \(position)")
      }
      if PlainFile.position(of: number) != 0 { problems.append("the kernel's position of the sink moved") }
    case .append: compare(try PlainFile.contents(of: number), Self.before + expected)
    case .writer:
      compare(writer?.bytes ?? [], expected)
      if writer?.isFinished != passedEnd { problems.append("the writer was \(passedEnd ? "not " : "")told of the end") }
    case .memory: compare(collector?.take() ?? [], expected)
    case .tcp, .unix, .pipe: break
    }
    return problems
  }

  /// Closes the engine's side of a stream: whoever drains it comes to the end.
  func end() {
    if kind.isStream { release() }
  }

  func close() {
    release()
    drain?.close()
  }
}
