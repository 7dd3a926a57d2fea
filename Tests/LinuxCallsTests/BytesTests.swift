import LinuxCalls
import SystemPackage
import Testing

@Suite("Calls that pass bytes through memory")
struct BytesTests {
  @Test("read and write use and move the position; at an offset they leave it alone")
  func positions() throws {
    let file = try temporaryFile()
    defer { release(file) }

    #expect(try put([1, 2, 3, 4], into: file) == 4)
    #expect(try [UInt8]([8, 9]).withUnsafeBytes { try Linux.write(file, at: 1, $0) } == 2)
    #expect(try Linux.position(of: file) == 4)
    #expect(try get(9, from: file) == [])
    #expect(try get(9, from: file, at: 1) == [8, 9, 4])
    try Linux.setPosition(of: file, to: 0)
    #expect(try get(2, from: file) == [1, 8])
    #expect(try Linux.position(of: file) == 2)
  }

  @Test("an empty non-blocking pipe is EAGAIN, a full one too, a finished one gives zero bytes")
  func nonBlockingPipe() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read) }

    #expect(throws: Errno.resourceTemporarilyUnavailable) { try get(1, from: pipe.read) }
    let capacity = try Linux.pipeCapacity(of: pipe.write)
    #expect(try put(pattern(capacity + 1), into: pipe.write) == capacity)
    #expect(throws: Errno.resourceTemporarilyUnavailable) { try put([1], into: pipe.write) }
    #expect(try get(capacity, from: pipe.read) == pattern(capacity))
    try Linux.close(pipe.write)
    // A process that another test is about to start has the other end, too, until it runs its program.
    while try !Linux.wait(for: pipe.read, .readable, milliseconds: 1000) {}
    #expect(try get(1, from: pipe.read) == [])
  }

  @Test("readNoWait and writeNoWait never wait, though the pipe is a blocking one", .enabled(if: pipesKnowNoWait))
  func noWaitOnBlockingPipe() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }
    for end in [pipe.read, pipe.write] {
      try Linux.setFlags(of: end, to: try Linux.flags(of: end).subtracting(.nonBlocking))
    }

    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      try collect(10) { try Linux.readNoWait(pipe.read, at: -1, into: $0) }
    }
    #expect(try [UInt8]([1, 2, 3]).withUnsafeBytes { try Linux.writeNoWait(pipe.write, $0) } == 3)
    #expect(try collect(10) { try Linux.readNoWait(pipe.read, at: -1, into: $0) } == [1, 2, 3])
    try put(pattern(try Linux.pipeCapacity(of: pipe.write)), into: pipe.write)
    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      try [UInt8]([1]).withUnsafeBytes { try Linux.writeNoWait(pipe.write, $0) }
    }
  }

  @Test("readNoWait gives the bytes of a file that are in the page cache, and leaves the position alone")
  func noWaitOnFile() throws {
    let file = try temporaryFile(pattern(5_000))
    defer { release(file) }

    #expect(try collect(100) { try Linux.readNoWait(file, at: 4_950, into: $0) } == Array(pattern(5_000)[4_950...]))
    #expect(try Linux.position(of: file) == 0)
  }

  @Test("receive and send never wait, though the socket is a blocking one")
  func socketsNeverBlock() throws {
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(pair.0, pair.1) }
    for end in [pair.0, pair.1] {
      try Linux.setFlags(of: end, to: try Linux.flags(of: end).subtracting(.nonBlocking))
    }

    #expect(throws: Errno.resourceTemporarilyUnavailable) { try collect(1) { try Linux.receive(pair.1, into: $0) } }
    #expect(try [UInt8]([1, 2]).withUnsafeBytes { try Linux.send(pair.0, $0, more: true) } == 2)
    #expect(try collect(9) { try Linux.receive(pair.1, into: $0) } == [1, 2])
    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      while try pattern(4_096).withUnsafeBytes({ try Linux.send(pair.0, $0) }) > 0 {}
    }
  }

  @Test("send to a peer that is gone is EPIPE without a signal; receive from it is the end")
  func peerGone() throws {
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(pair.0) }
    try Linux.close(pair.1)

    #expect(throws: Errno.brokenPipe) { try [UInt8]([1]).withUnsafeBytes { try Linux.send(pair.0, $0) } }
    #expect(try collect(1) { try Linux.receive(pair.0, into: $0) } == [])
  }

  @Test("a descriptor that is not open, or not open for this, is EBADF; a file is no socket")
  func wrongDescriptor() throws {
    let pipe = try Linux.pipe()
    let file = try temporaryFile()
    defer { release(pipe.read, pipe.write, file) }

    #expect(throws: Errno.badFileDescriptor) { try get(1, from: -1) }
    #expect(throws: Errno.badFileDescriptor) { try get(1, from: pipe.write) }
    #expect(throws: Errno.badFileDescriptor) { try put([1], into: pipe.read) }
    #expect(throws: Errno.illegalSeek) { try get(1, from: pipe.read, at: 0) }
    #expect(throws: Errno.notSocket) { try collect(1) { try Linux.receive(file, into: $0) } }
  }
}

/// Pipes take RWF_NOWAIT since Linux 6.4 and answer EOPNOTSUPP before.
private let pipesKnowNoWait: Bool = {
  guard let pipe = try? Linux.pipe() else { return false }
  defer { release(pipe.read, pipe.write) }
  do {
    _ = try collect(1) { try Linux.readNoWait(pipe.read, at: -1, into: $0) }
    return true
  } catch {
    return error as? Errno == .resourceTemporarilyUnavailable
  }
}()
