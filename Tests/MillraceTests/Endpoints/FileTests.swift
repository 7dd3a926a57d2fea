import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A file")
struct FileTests {
  /// A way to get a file, what is wrong with it here, and what is said about it.
  struct Refused: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var errno: Errno
    var action: String
    var subject: String
    var open: @Sendable (TempFolder) async throws -> File
  }

  static let refused: [Refused] = [
    Refused(testDescription: "open nothing", errno: .noSuchFileOrDirectory, action: "open", subject: "nothing") {
      try await File.open(FilePath($0("nothing")))
    },
    Refused(testDescription: "open below a file", errno: .notDirectory, action: "open", subject: "there/x") {
      try await File.open(FilePath($0("there/x")))
    },
    Refused(testDescription: "write to a directory", errno: .isDirectory, action: "open", subject: "") {
      try await File.open(FilePath($0("")), for: .write)
    },
    Refused(testDescription: "create what is there", errno: .fileExists, action: "create", subject: "there") {
      try await File.create(FilePath($0("there")))
    },
    Refused(testDescription: "create in no folder", errno: .noSuchFileOrDirectory, action: "create", subject: "no/x") {
      try await File.create(FilePath($0("no/x")), replacing: true)
    },
    Refused(testDescription: "append in no folder", errno: .noSuchFileOrDirectory, action: "append to", subject: "no/x")
    {
      try await File.append(to: FilePath($0("no/x")))
    },
    Refused(
      testDescription: "temporary in no folder", errno: .noSuchFileOrDirectory, action: "make a temporary file in",
      subject: "no"
    ) { try await File.temporary(in: FilePath($0("no"))) },
    Refused(testDescription: "a name that is too long", errno: .fileNameTooLong, action: "open", subject: longName) {
      try await File.open(FilePath($0(longName)))
    },
  ]

  private static let longName = String(repeating: "n", count: 256)

  @Test("that cannot be had is refused in one sentence with the path and the reason", arguments: refused)
  func refusal(_ refused: Refused) async throws {
    let folder = try TempFolder()
    try folder.write([], to: "there")

    let error = await #expect(throws: EndpointError.self) { try await refused.open(folder) }

    #expect(error?.errno == refused.errno)
    let path = folder(refused.subject)
    #expect(error?.subject == path || error?.subject == String(path.dropLast()))
    #expect(error?.description == "cannot \(refused.action) \(error?.subject ?? ""): \(refused.errno)")
  }

  @Test("that is created has the mode asked for, and what was there before only where it is not replaced")
  func created() async throws {
    let folder = try TempFolder()
    let path = FilePath(folder("x"))
    let first = try await File.create(path, permissions: [.ownerReadWrite])
    try await Millrace.copy(from: Bytes("long content"), to: first)
    #expect(try Linux.facts(of: first.fileDescriptor.rawValue).permissions == 0o600)
    #expect(first.name == folder("x"))
    first.close()

    let replaced = try await File.create(path, replacing: true)
    #expect(try await replaced.size() == 0)
    try await Millrace.copy(from: Bytes("short"), to: replaced)
    #expect(try await replaced.size() == 5)
    replaced.close()

    let appending = try await File.append(to: path)
    try await Millrace.copy(from: Bytes(" and more"), to: appending)
    appending.close()
    #expect(try folder.read("x") == Array("short and more".utf8))
  }

  @Test("without a name is gone when it is closed, and nobody sees it")
  func temporary() async throws {
    let folder = try TempFolder()
    let file = try await File.temporary(in: FilePath(folder.path))
    try await Millrace.copy(from: Bytes("secret"), to: file)
    #expect(try Linux.facts(of: file.fileDescriptor.rawValue).links == 0)
    #expect(try Linux.facts(of: file.fileDescriptor.rawValue).permissions == 0o600)
    file.position = 0
    #expect(try await readAll(from: file) == Array("secret".utf8))
    file.close()
  }

  @Test("moves its position by what is taken and by what is delivered, and a section moves nothing")
  func positions() async throws {
    let source = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(1000))))
    let sink = try await File.temporary()

    try await Millrace.copy(from: source, to: sink, limit: 100)
    #expect((source.position, sink.position) == (100, 100))
    try await Millrace.copy(from: source, to: sink, limit: 50)
    #expect((source.position, sink.position) == (150, 150))
    try await Millrace.copy(from: source.section(offset: 900, length: 100), to: sink.section(offset: 500))
    #expect((source.position, sink.position) == (150, 150))
    try await Millrace.copy(from: source.limited(to: 0), to: sink)
    #expect((source.position, sink.position) == (150, 150))

    let contents = try PlainFile.contents(of: sink.fileDescriptor.rawValue)
    #expect(contents.count == 600)
    #expect(Array(contents.prefix(150)) == Pattern.bytes(150))
    #expect(Array(contents.suffix(100)) == Pattern.bytes(100, from: 900))
    // The kernel's own positions are untouched until one is published.
    #expect(PlainFile.position(of: source.fileDescriptor.rawValue) == 0)
    try await source.publishPosition()
    #expect(PlainFile.position(of: source.fileDescriptor.rawValue) == 150)
    for file in [source, sink] { file.close() }
  }

  @Test("section as sink takes no more than its length, and leaves the rest as it is")
  func sectionAsSink() async throws {
    let source = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(100))))
    let sink = File(taking: FileDescriptor(rawValue: try PlainFile.make([UInt8](repeating: 0, count: 100))))

    let report = try await Millrace.copy(from: source, to: sink.section(offset: 20, length: 30))

    #expect(report.delivered == 30)
    #expect(report.consumed == 30)
    #expect(report.end == .limitReached)
    #expect(source.position == 30)
    let zeros = { [UInt8](repeating: 0, count: $0) }
    #expect(try PlainFile.contents(of: sink.fileDescriptor.rawValue) == zeros(20) + Pattern.bytes(30) + zeros(50))
    for file in [source, sink] { file.close() }
  }

  @Test("serves many sections at once")
  func manySections() async throws {
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(1 << 20))))
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<16 {
        group.addTask {
          let section = file.section(offset: Int64(index) << 16, length: 1 << 16)
          return try await readAll(from: section) == Pattern.bytes(1 << 16, from: index << 16)
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(file.position == 0)
    file.close()
  }

  @Test("can be cut off, flushed and asked for its size, until it is closed")
  func calls() async throws {
    let file = try await File.temporary()
    try await file.truncate(to: 12345)
    #expect(try await file.size() == 12345)
    try await file.sync()
    file.close()
    let error = await #expect(throws: EndpointError.self) { try await file.size() }
    #expect(error?.action == "ask the size of")
    #expect(error?.errno == .badFileDescriptor)
    await #expect(throws: EndpointError.self) { try await file.sync() }
  }

  @Test("opened for reading cannot be written, and the other way round: the side and the errno say so")
  func wrongAccess() async throws {
    let folder = try TempFolder()
    let path = FilePath(try folder.write([1, 2, 3], to: "x"))
    let reading = try await File.open(path)
    let writing = try await File.open(path, for: .write)
    let other = try await File.temporary()

    for (side, result) in [
      (CopyError.Side.sink, await Rig.attempt(Bytes("abc"), reading)), (.sink, await Rig.attempt(other, reading)),
      (.source, await Rig.attempt(writing, other)),
    ] {
      if side == .sink, case .success(let report) = result, report.delivered == 0 { continue }
      guard case .failure(let error) = result else { throw Missing("\(side): \(result)") }
      #expect(error.side == side)
      #expect(error.errno == .badFileDescriptor)
    }
    for file in [reading, writing, other] { file.close() }
  }
}
