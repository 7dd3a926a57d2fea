import LinuxCalls
import SystemPackage
import Testing

@Suite("splice moves bytes between a pipe and anything")
struct SplicingTests {
  @Test("from a file at an offset: the offset advances, the position of the file does not")
  func fileToPipe() throws {
    let bytes = pattern(10_000)
    let file = try temporaryFile(bytes)
    let pipe = try Linux.pipe()
    defer { release(file, pipe.read, pipe.write) }
    var offset: Int64? = 1_000
    var none: Int64?

    let moved = try Linux.splice(from: file, at: &offset, to: pipe.write, at: &none, upTo: 5_000)

    #expect(moved == 5_000)
    #expect(offset == 6_000)
    #expect(none == nil)
    #expect(try Linux.position(of: file) == 0)
    #expect(try get(10_000, from: pipe.read) == Array(bytes[1_000..<6_000]))
  }

  @Test("to a file at an offset: the offset advances, what is around it stays")
  func pipeToFile() throws {
    let file = try temporaryFile([9, 9, 9, 9, 9, 9])
    let pipe = try Linux.pipe()
    defer { release(file, pipe.read, pipe.write) }
    try put([1, 2, 3], into: pipe.write)
    var none: Int64?
    var offset: Int64? = 2

    let moved = try Linux.splice(from: pipe.read, at: &none, to: file, at: &offset, upTo: 100)

    #expect(moved == 3)
    #expect(offset == 5)
    #expect(try Linux.position(of: file) == 0)
    #expect(try get(10, from: file, at: 0) == [9, 9, 1, 2, 3, 9])
  }

  @Test("without an offset a file's own position is used and moved")
  func ownPosition() throws {
    let file = try temporaryFile(pattern(100))
    let pipe = try Linux.pipe()
    defer { release(file, pipe.read, pipe.write) }
    try Linux.setPosition(of: file, to: 10)

    #expect(try Linux.splice(from: file, to: pipe.write, upTo: 20) == 20)

    #expect(try Linux.position(of: file) == 30)
    #expect(try get(100, from: pipe.read) == Array(pattern(100)[10..<30]))
  }

  @Test("socket to pipe to socket keeps every byte in order")
  func socketToSocket() throws {
    let source = try Linux.socketPair(SocketType.stream)
    let sink = try Linux.socketPair(SocketType.stream)
    let pipe = try Linux.pipe()
    defer { release(source.0, source.1, sink.0, sink.1, pipe.read, pipe.write) }
    try put(pattern(3_000), into: source.0)

    #expect(try Linux.splice(from: source.1, to: pipe.write, upTo: 1 << 20, more: true) == 3_000)
    #expect(try Linux.splice(from: pipe.read, to: sink.0, upTo: 3_000) == 3_000)

    #expect(try get(5_000, from: sink.1) == pattern(3_000))
  }

  @Test("an empty source that may still get bytes is EAGAIN, a finished one is zero")
  func emptyOrFinished() throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    defer { release(source.read, sink.read, sink.write) }

    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      try Linux.splice(from: source.read, to: sink.write, upTo: 10)
    }
    try Linux.close(source.write)
    #expect(try Linux.splice(from: source.read, to: sink.write, upTo: 10) == 0)
  }

  @Test("a full pipe is EAGAIN, and nothing of the source is taken")
  func fullPipe() throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    defer { release(source.read, source.write, sink.read, sink.write) }
    try put(pattern(10), into: source.write)
    try put(pattern(try Linux.pipeCapacity(of: sink.write)), into: sink.write)

    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      try Linux.splice(from: source.read, to: sink.write, upTo: 10)
    }
    #expect(try Linux.readableBytes(in: source.read) == 10)
  }

  @Test("neither end a pipe, or a file that appends, is EINVAL")
  func refused() throws {
    let pair = try Linux.socketPair(SocketType.stream)
    let file = try temporaryFile([1, 2, 3])
    let log = try temporaryFile([], .append)
    let pipe = try Linux.pipe()
    defer { release(pair.0, pair.1, file, log, pipe.read, pipe.write) }
    try put([1], into: pipe.write)

    #expect(throws: Errno.invalidArgument) { try Linux.splice(from: file, to: pair.0, upTo: 3) }
    #expect(throws: Errno.invalidArgument) { try Linux.splice(from: pipe.read, to: log, upTo: 1) }
    #expect(throws: Errno.badFileDescriptor) { try Linux.splice(from: pipe.read, to: -1, upTo: 1) }
    #expect(try Linux.readableBytes(in: pipe.read) == 1)
  }

  @Test("a refused call leaves the offsets where they were")
  func refusedKeepsOffsets() throws {
    let file = try temporaryFile([1, 2, 3])
    defer { release(file) }
    var from: Int64? = 1
    var to: Int64? = 2

    #expect(throws: Errno.invalidArgument) { try Linux.splice(from: file, at: &from, to: file, at: &to, upTo: 1) }

    #expect(from == 1)
    #expect(to == 2)
  }

  @Test("with waiting allowed it waits for the bytes of a blocking pipe", .timeLimit(.minutes(8)))
  func waits() async throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    defer { release(source.read, source.write, sink.read, sink.write) }
    for end in [source.read, sink.write] {
      try Linux.setFlags(of: end, to: try Linux.flags(of: end).subtracting(.nonBlocking))
    }

    async let moved = onThread { try Linux.splice(from: source.read, to: sink.write, upTo: 10, wait: .allowed) }
    try put([1, 2, 3], into: source.write)

    #expect(try await moved == 3)
    #expect(try get(10, from: sink.read) == [1, 2, 3])
  }

  @Test("to a peer that is gone it is EPIPE on a thread with signals blocked, not the end of the process")
  func brokenPipe() async throws {
    let pipe = try Linux.pipe()
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(pipe.read, pipe.write, pair.0) }
    try put([1, 2, 3], into: pipe.write)
    try Linux.close(pair.1)

    await #expect(throws: Errno.brokenPipe) {
      try await onThread {
        Linux.blockSignalsOnThisThread()
        return try Linux.splice(from: pipe.read, to: pair.0, upTo: 3)
      }
    }
    #expect(try Linux.readableBytes(in: pipe.read) == 3)
  }
}
