import LinuxCalls
import Millrace

/// Both ends of a copy that never has to wait: the source has all of its bytes, and the sink has room for them. Each call
/// moves one chunk.
struct ReadyEnds: Sendable {
  /// A chunk takes a page of it, however small it is.
  private static let pipeCapacity = 1 << 20

  let bytes: [UInt8]
  let source: any ByteSource
  let sink: any ByteSink
  private let chunk: Int
  /// Where the sink's bytes come out again.
  private let other: any ByteSource
  private let numbers: [Int32]
  private let closes: [@Sendable () -> Void]

  /// - Parameter file: what a source that is a file reads.
  init(_ from: String, _ to: String, _ bytes: [UInt8], of chunk: Int, in file: File) async throws {
    self.chunk = chunk
    self.bytes = bytes
    var numbers: [Int32] = []
    var closes: [@Sendable () -> Void] = []
    switch from {
    case "memory": source = Bytes(bytes)
    case "file":
      source = file.section(offset: 0, length: bytes.count)
      numbers.append(file.fileDescriptor.rawValue)
    case "unix":
      let (ours, theirs) = try Connection.pair()
      try await theirs.write(bytes)
      source = ours
      numbers.append(ours.fileDescriptor.rawValue)
      closes += [ours.close, theirs.close]
    case "pipe":
      let (ours, theirs) = try PipeEnd.pair(capacity: Self.pipeCapacity)
      try await copy(from: Bytes(bytes), to: theirs)
      source = ours
      numbers.append(ours.fileDescriptor.rawValue)
      closes += [ours.close, theirs.close]
    default: throw AllocationProbe.Misuse()
    }
    switch to {
    case "file":
      let file = try await File.temporary()
      (sink, other) = (file, file.section(offset: 0))
      numbers.append(file.fileDescriptor.rawValue)
      closes.append(file.close)
    case "unix":
      let (ours, theirs) = try Connection.pair()
      (sink, other) = (ours, theirs)
      numbers.append(ours.fileDescriptor.rawValue)
      closes += [ours.close, theirs.close]
    case "pipe":
      let (theirs, ours) = try PipeEnd.pair(capacity: Self.pipeCapacity)
      (sink, other) = (ours, theirs)
      numbers.append(ours.fileDescriptor.rawValue)
      closes += [ours.close, theirs.close]
    default: throw AllocationProbe.Misuse()
    }
    self.numbers = numbers
    self.closes = closes
  }

  /// Lets every call on both ends move a chunk at most, until what is answered is disarmed.
  func cutShort() -> [Int] {
    numbers.map { Faults.shared.arm(.init(nil, on: $0, .short(chunk), times: nil)) }
  }

  /// What the sink got.
  func arrived() async throws -> [UInt8] {
    func read(_ source: some ByteSource) async throws -> [UInt8] {
      try await readAll(from: source.limited(to: bytes.count))
    }
    return try await read(other)
  }

  func close() { for close in closes { close() } }

  static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
}
