import Glibc
import LinuxCalls
import SystemPackage
import Testing

@Suite("Pipes")
struct PipesTests {
  @Test("both ends of a new pipe are non-blocking and close-on-exec")
  func fresh() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }

    for end in [pipe.read, pipe.write] {
      #expect(try Linux.flags(of: end).contains(.nonBlocking))
      #expect(fcntl(end, F_GETFD) == FD_CLOEXEC)
    }
  }

  @Test("a capacity that is asked for is rounded up to pages, told, and the same at both ends")
  func capacity() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }

    let given = try Linux.setPipeCapacity(of: pipe.write, to: 100_000)

    #expect(given >= 100_000)
    #expect(given.nonzeroBitCount == 1)
    #expect(try Linux.pipeCapacity(of: pipe.write) == given)
    #expect(try Linux.pipeCapacity(of: pipe.read) == given)
    #expect(try put(pattern(given + 1), into: pipe.write) == given)
  }

  @Test("a pipe that holds more than the new capacity refuses with EBUSY and stays as it was")
  func shrinkingFull() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }
    let capacity = try Linux.pipeCapacity(of: pipe.write)
    try put(pattern(capacity), into: pipe.write)

    #expect(throws: Errno.resourceBusy) { try Linux.setPipeCapacity(of: pipe.write, to: 4096) }

    #expect(try Linux.pipeCapacity(of: pipe.write) == capacity)
    #expect(try Linux.readableBytes(in: pipe.read) == capacity)
  }

  @Test("the bytes that wait are counted, in a pipe and in a socket")
  func readable() throws {
    let pipe = try Linux.pipe()
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(pipe.read, pipe.write, pair.0, pair.1) }

    #expect(try Linux.readableBytes(in: pipe.read) == 0)
    try put([1, 2, 3], into: pipe.write)
    try put([1, 2], into: pair.0)
    #expect(try Linux.readableBytes(in: pipe.read) == 3)
    #expect(try Linux.readableBytes(in: pair.1) == 2)
  }

  @Test("a socket has no pipe's capacity")
  func notAPipe() throws {
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(pair.0, pair.1) }

    #expect(throws: Errno.badFileDescriptor) { try Linux.pipeCapacity(of: pair.0) }
  }
}
