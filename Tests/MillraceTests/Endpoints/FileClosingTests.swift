import LinuxCalls
import Millrace
import Reactors
import SystemPackage
import Testing

@Suite("Closing a file on a reactor", .timeLimit(.minutes(8)))
struct FileClosingTests {
  /// How often this thread calls close(2) while it closes `file`, by its own call or with the last reference.
  private static func closes(_ file: consuming File, _ letGo: Bool) -> Int {
    let before = SystemCallCounts.ofThisThread
    if !letGo { file.close() }
    _ = consume file
    var calls = SystemCallCounts()
    calls.add(from: before, to: .ofThisThread)
    return calls[.close]
  }

  @Test("frees one without a name in the blocking pool", arguments: [true, false])
  func unnamed(letGo: Bool) async throws {
    let reactors = try Reactors(count: 1)
    let (closes, name) = try await reactors.all[0].task {
      let file = File(taking: FileDescriptor(rawValue: try PlainFile.make([1, 2, 3])))
      let name = try #require(Descriptors.name(of: file.fileDescriptor.rawValue))
      return (Self.closes(file, letGo), name)
    }.value

    #expect(closes == 0)
    while !Descriptors.stillOpen([name]).isEmpty { await Task.yield() }
    await reactors.shutdown()
  }

  @Test("closes one with a name at once", arguments: [true, false])
  func named(letGo: Bool) async throws {
    let folder = try TempFolder()
    let path = try folder.write([1, 2, 3], to: "file")
    let reactors = try Reactors(count: 1)
    let closes = try await reactors.all[0].task {
      Self.closes(try await File.open(FilePath(path)), letGo)
    }.value

    #expect(closes == 1)
    #expect(Descriptors.stillOpen([path]).isEmpty)
    await reactors.shutdown()
  }
}
