import LinuxCalls
import SystemPackage
import Testing

@Suite("sendfile sends a file's bytes from an explicit offset")
struct SendfileTests {
  @Test("to a socket, and leaves the file's position alone")
  func toSocket() throws {
    let file = try temporaryFile(pattern(8_000))
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(file, pair.0, pair.1) }
    try Linux.setPosition(of: file, to: 7)

    #expect(try Linux.sendfile(from: file, at: 1_000, to: pair.0, upTo: 2_000) == 2_000)

    #expect(try get(8_000, from: pair.1) == Array(pattern(8_000)[1_000..<3_000]))
    #expect(try Linux.position(of: file) == 7)
  }

  @Test("to a pipe and to a file, whose own position advances")
  func toPipeAndFile() throws {
    let file = try temporaryFile(pattern(100))
    let sink = try temporaryFile()
    let pipe = try Linux.pipe()
    defer { release(file, sink, pipe.read, pipe.write) }

    #expect(try Linux.sendfile(from: file, at: 90, to: pipe.write, upTo: 50) == 10)
    #expect(try Linux.sendfile(from: file, at: 0, to: sink, upTo: 60) == 60)

    #expect(try get(100, from: pipe.read) == Array(pattern(100)[90...]))
    #expect(try get(100, from: sink, at: 0) == Array(pattern(100)[..<60]))
    #expect(try Linux.position(of: sink) == 60)
  }

  @Test("past the end it is zero, into a full socket EAGAIN, from a socket, which has no offset, ESPIPE")
  func refused() throws {
    let file = try temporaryFile(pattern(100))
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(file, pair.0, pair.1) }

    #expect(try Linux.sendfile(from: file, at: 100, to: pair.0, upTo: 10) == 0)
    #expect(throws: Errno.illegalSeek) { try Linux.sendfile(from: pair.1, at: 0, to: pair.0, upTo: 10) }
    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      while try Linux.sendfile(from: file, at: 0, to: pair.0, upTo: 100) > 0 {}
    }
  }
}

@Suite("copy_file_range copies between files at explicit offsets")
struct CopyFileRangeTests {
  @Test("the range arrives and neither position moves")
  func copies() throws {
    let source = try temporaryFile(pattern(5_000))
    let sink = try temporaryFile([1, 2, 3])
    defer { release(source, sink) }
    try Linux.setPosition(of: source, to: 11)
    try Linux.setPosition(of: sink, to: 1)

    #expect(try Linux.copyFileRange(from: source, at: 1_000, to: sink, at: 2, upTo: 3_000) == 3_000)

    #expect(try get(9_000, from: sink, at: 0) == [1, 2] + pattern(5_000)[1_000..<4_000])
    #expect(try Linux.position(of: source) == 11)
    #expect(try Linux.position(of: sink) == 1)
  }

  @Test("at the end it is zero, into a file that appends EBADF, overlapping itself EINVAL, from a pipe EINVAL")
  func refused() throws {
    let source = try temporaryFile(pattern(100))
    let log = try temporaryFile([], .append)
    let pipe = try Linux.pipe()
    defer { release(source, log, pipe.read, pipe.write) }

    #expect(try Linux.copyFileRange(from: source, at: 100, to: source, at: 500, upTo: 10) == 0)
    #expect(throws: Errno.badFileDescriptor) {
      try Linux.copyFileRange(from: source, at: 0, to: log, at: 0, upTo: 10)
    }
    #expect(throws: Errno.invalidArgument) {
      try Linux.copyFileRange(from: source, at: 0, to: source, at: 5, upTo: 10)
    }
    #expect(throws: Errno.invalidArgument) {
      try Linux.copyFileRange(from: pipe.read, at: 0, to: source, at: 0, upTo: 10)
    }
  }
}
