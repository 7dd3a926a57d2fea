import LinuxCalls
import Millrace

/// A side of the copy, opened.
struct OpenEnd: Sendable {
  enum Handle: Sendable {
    case file(File)
    case connection(Connection)
  }

  let handle: Handle
  /// What it is called in a sentence.
  let name: String
  let kind: EndKind
  /// What fstat(2) said; nil for a connection.
  let facts: FileFacts?
  /// Someone else's descriptor: standard input or output.
  let isLent: Bool

  init(_ connection: Connection, name: String) {
    handle = .connection(connection)
    self.name = name
    kind = connection.localAddress?.path == nil && connection.localAddress?.port != nil ? .tcp : .unix
    facts = nil
    isLent = false
  }

  init(_ file: File, name: String, isLent: Bool = false) throws(Failure) {
    guard !isLent || !StandardStreams.wasClosed(file.fileDescriptor) else { throw Failure("\(name) is closed") }
    let number = file.fileDescriptor.rawValue
    do throws(Errno) {
      let facts = try Linux.facts(of: number)
      kind = try EndKind(facts, of: number)
      self.facts = facts
    } catch {
      throw Failure("cannot use \(name): \(error)", errno: error)
    }
    handle = .file(file)
    self.name = name
    self.isLent = isLent
  }

  var source: any ByteSource {
    switch handle {
    case .file(let file): file
    case .connection(let connection): connection
    }
  }

  var sink: any ByteSink {
    switch handle {
    case .file(let file): file
    case .connection(let connection): connection
    }
  }

  var file: File? {
    if case .file(let file) = handle { file } else { nil }
  }

  /// The file behind it, if bytes in it have positions.
  var fileWithPositions: File? { kind == .regular || kind == .blockDevice ? file : nil }

  func close() {
    switch handle {
    case .file(let file): file.close()
    case .connection(let connection): connection.close()
    }
  }

  /// Moves the position that a lent descriptor shares with the shell to where this copy ended, so that the next
  /// command goes on there.
  func handBackPosition() async {
    guard isLent, let file = fileWithPositions else { return }
    // One that appends has its position at the end, whatever is said.
    if let flags = try? Linux.flags(of: file.fileDescriptor.rawValue), flags.contains(.append) { return }
    try? await file.publishPosition()
  }
}

extension EndKind {
  /// What the kernel says stands behind a descriptor.
  init(_ facts: FileFacts, of number: Int32) throws(Errno) {
    switch facts.kind {
    case .regular: self = .regular
    case .directory: self = .directory
    case .pipe: self = .pipe
    case .blockDevice: self = .blockDevice
    case .characterDevice: self = Linux.isTerminal(number) ? .terminal : .device
    case .link, .other: self = .unknown
    case .socket:
      guard try Linux.option(.type, of: number) == Int(SocketType.stream) else {
        self = .message
        return
      }
      switch Int32(try Linux.option(.domain, of: number)) {
      case SocketFamily.unix: self = .unix
      case SocketFamily.v4, SocketFamily.v6: self = .tcp
      default: self = .stream
      }
    }
  }
}
