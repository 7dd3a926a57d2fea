import Glibc
import Millrace
import Testing

@Suite("A terminal", .enabled(if: access("/dev/ptmx", R_OK | W_OK) == 0, "there is no /dev/ptmx"))
struct TerminalTests {
  /// given a terminal on which someone types now and then; when it is copied up to a limit; then what was typed arrives,
  /// read and written, and what was typed behind the limit is still there.
  @Test("is copied from as it is typed on")
  func source() async throws {
    let terminal = try Terminal()
    let file = File(taking: FileDescriptor(rawValue: terminal.slave))
    let (engine, peer) = try PlainPair.unix()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    let master = terminal.master
    let typing = startThread {
      var got: [UInt8] = []
      for line in ["one\n", "two\n", "three\n"] {
        try master.write(Array(line.utf8))
        got += try peer.read(line.utf8.count)
      }
      try master.write(Array("rest".utf8))
      return got
    }
    let report = try await copy(from: file, to: connection, limit: 14)
    #expect(try await typing.value == Array("one\ntwo\nthree\n".utf8))
    #expect(report.bytesByRoute == [.buffered: 14])
    #expect(try await onThread { try PlainDescriptor.duplicate(of: terminal.slave).read(4) } == Array("rest".utf8))
  }

  /// given a terminal that nobody types on; when the task is cancelled; then the copy ends, and the terminal is usable.
  @Test("that nobody types on does not keep a copy that is cancelled")
  func cancelled() async throws {
    let terminal = try Terminal()
    let file = File(taking: FileDescriptor(rawValue: terminal.slave))
    let reactors = try Reactors(count: 1)
    let (_, sink) = try PipeEnd.pair()
    let task = reactors.all[0].task { try await copy(from: file, to: sink) }
    while await reactors.all[0].metrics().tasks.waiting == 0 {}
    task.cancel()
    let error = try await #require(throws: CopyError.self) { try await task.value }
    guard case .cancelled = error.cause else {
      Issue.record("it ended for another reason: \(error)")
      return
    }
    try terminal.master.write(Array("still there".utf8))
    #expect(try await onThread { try PlainDescriptor.duplicate(of: terminal.slave).read(11) }.count == 11)
    await reactors.shutdown()
  }

  /// given more bytes than a terminal holds; when they are copied to it; then all of them are shown, in order.
  @Test("is copied to at its own pace")
  func sink() async throws {
    let terminal = try Terminal()
    let file = File(taking: FileDescriptor(rawValue: terminal.slave))
    let bytes = Pattern.bytes(100_000)
    let master = terminal.master
    let shown = startThread { try master.read(bytes.count) }
    let report = try await copy(from: Bytes(bytes), to: file)
    #expect(Pattern.difference(try await shown.value, bytes) == nil)
    #expect(report.bytesByRoute == [.memory: bytes.count])
  }
}
