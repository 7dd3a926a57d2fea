import LinuxCalls
import SystemPackage
import Testing

@Suite("tee duplicates what a pipe holds")
struct TeeTests {
  @Test("both pipes hold the bytes afterwards")
  func duplicates() throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    defer { release(source.read, source.write, sink.read, sink.write) }
    try put(pattern(500), into: source.write)

    #expect(try Linux.tee(from: source.read, to: sink.write, upTo: 1_000) == 500)

    #expect(try get(1_000, from: source.read) == pattern(500))
    #expect(try get(1_000, from: sink.read) == pattern(500))
  }

  @Test("no more than asked for is duplicated")
  func bounded() throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    defer { release(source.read, source.write, sink.read, sink.write) }
    try put(pattern(500), into: source.write)

    #expect(try Linux.tee(from: source.read, to: sink.write, upTo: 100) == 100)

    #expect(try get(1_000, from: sink.read) == pattern(100))
    #expect(try Linux.readableBytes(in: source.read) == 500)
  }

  @Test("an empty pipe is EAGAIN, a finished one zero, a pipe onto itself and a socket EINVAL")
  func refused() throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(source.read, sink.read, sink.write, pair.0, pair.1) }

    #expect(throws: Errno.resourceTemporarilyUnavailable) {
      try Linux.tee(from: source.read, to: sink.write, upTo: 10)
    }
    #expect(throws: Errno.invalidArgument) { try Linux.tee(from: source.read, to: source.write, upTo: 10) }
    #expect(throws: Errno.invalidArgument) { try Linux.tee(from: source.read, to: pair.0, upTo: 10) }
    try Linux.close(source.write)
    #expect(try Linux.tee(from: source.read, to: sink.write, upTo: 10) == 0)
  }
}
