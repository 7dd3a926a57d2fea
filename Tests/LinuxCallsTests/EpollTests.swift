import LinuxCalls
import SystemPackage
import Testing

@Suite("epoll, eventfd and poll")
struct EpollTests {
  /// What one wait of at most `timeout` nanoseconds brings.
  private func events(of epoll: Int32, timeout: Int64? = 0) throws -> [(identity: UInt64, what: ReadinessEvents)] {
    var precision = WaitPrecision.nanoseconds
    return try events(of: epoll, timeout: timeout, precision: &precision)
  }

  private func events(
    of epoll: Int32, timeout: Int64?, precision: inout WaitPrecision
  ) throws -> [(identity: UInt64, what: ReadinessEvents)] {
    let buffer = UnsafeMutableBufferPointer<ReadinessEvent>.allocate(capacity: 8)
    defer { buffer.deallocate() }
    let count = try Linux.epollWait(epoll, into: buffer, timeout: timeout, precision: &precision)
    return buffer.prefix(count).map { ($0.identity, $0.readiness) }
  }

  @Test("an event names the registration that it belongs to")
  func identity() throws {
    let epoll = try Linux.epollCreate()
    let pipes = (try Linux.pipe(), try Linux.pipe())
    defer { release(epoll, pipes.0.read, pipes.0.write, pipes.1.read, pipes.1.write) }
    try Linux.epollAdd(epoll, pipes.0.read, .readable, data: 7)
    try Linux.epollAdd(epoll, pipes.1.read, .readable, data: .max)

    try put([1], into: pipes.1.write)

    let found = try events(of: epoll, timeout: nil)
    #expect(found.map(\.identity) == [.max])
    #expect(found.first?.what == .readable)
  }

  @Test("an edge comes once; the next one comes with the next bytes")
  func edges() throws {
    let epoll = try Linux.epollCreate()
    let pipe = try Linux.pipe()
    defer { release(epoll, pipe.read, pipe.write) }
    try Linux.epollAdd(epoll, pipe.read, [.readable, .edgeTriggered], data: 1)

    try put([1], into: pipe.write)
    #expect(try events(of: epoll).count == 1)
    #expect(try events(of: epoll).isEmpty)
    try put([2], into: pipe.write)
    #expect(try events(of: epoll).count == 1)
  }

  @Test("a peer that finished, a peer that hung up and a reader that is gone are told apart")
  func ends() throws {
    let epoll = try Linux.epollCreate()
    let half = try Linux.socketPair(SocketType.stream)
    let gone = try Linux.socketPair(SocketType.stream)
    let pipe = try Linux.pipe()
    defer { release(epoll, half.0, half.1, gone.0, pipe.write) }
    try Linux.shutdown(half.1, .write)
    try Linux.close(gone.1)
    try Linux.close(pipe.read)
    try Linux.epollAdd(epoll, half.0, [.readable, .peerFinished], data: 1)
    try Linux.epollAdd(epoll, gone.0, [.readable, .peerFinished], data: 2)
    try Linux.epollAdd(epoll, pipe.write, [.writable], data: 3)

    let found = Dictionary(uniqueKeysWithValues: try events(of: epoll).map { ($0.identity, $0.what) })

    #expect(found[1] == [.readable, .peerFinished])
    #expect(found[2] == [.readable, .peerFinished, .hungUp])
    #expect(found[3] == [.writable, .failed])
  }

  @Test("a regular file cannot be waited for: EPERM")
  func regularFile() throws {
    let epoll = try Linux.epollCreate()
    let file = try temporaryFile()
    defer { release(epoll, file) }

    #expect(throws: Errno.notPermitted) { try Linux.epollAdd(epoll, file, .readable, data: 1) }
  }

  @Test("a second registration is EEXIST, a removed one brings nothing, a second removal is ENOENT")
  func registration() throws {
    let epoll = try Linux.epollCreate()
    let pipe = try Linux.pipe()
    defer { release(epoll, pipe.read, pipe.write) }
    try Linux.epollAdd(epoll, pipe.read, .readable, data: 1)

    #expect(throws: Errno.fileExists) { try Linux.epollAdd(epoll, pipe.read, .readable, data: 2) }
    try put([1], into: pipe.write)
    try Linux.epollRemove(epoll, pipe.read)
    #expect(try events(of: epoll).isEmpty)
    #expect(throws: Errno.noSuchFileOrDirectory) { try Linux.epollRemove(epoll, pipe.read) }
  }

  @Test("a wait with nothing to come ends after its time, not before")
  func timeout() throws {
    let epoll = try Linux.epollCreate()
    defer { release(epoll) }
    let start = Linux.now

    #expect(try events(of: epoll, timeout: 1_500_000).isEmpty)

    #expect(Linux.now - start >= 1_500_000)
  }

  /// given a kernel or a sandbox that refuses epoll_pwait2; when a time is waited for, twice; then it is asked once,
  /// and both waits end after their time, rounded up.
  @Test(
    "without epoll_pwait2, time is waited for in milliseconds",
    arguments: [Errno.noFunction, .notPermitted], [1, 999_999, 1_000_001] as [Int64])
  func coarseTimeout(refusal: Errno, timeout: Int64) throws {
    let epoll = try Linux.epollCreate()
    defer { release(epoll) }
    var precision = WaitPrecision.nanoseconds
    let fault = Faults.Fault(.epollWait, on: epoll, .error(refusal), times: nil)
    let start = Linux.now

    let (count, struck) = try striking(fault) {
      try events(of: epoll, timeout: timeout, precision: &precision).count
        + events(of: epoll, timeout: timeout, precision: &precision).count
    }

    #expect(count == 0)
    #expect(Linux.now - start >= 2 * timeout)
    #expect(precision == .milliseconds)
    #expect(struck == 1)
  }

  @Test("a coarse wait sees events, is over at once with no time, and does not overflow")
  func coarseEvents() throws {
    let epoll = try Linux.epollCreate()
    let pipe = try Linux.pipe()
    defer { release(epoll, pipe.read, pipe.write) }
    try Linux.epollAdd(epoll, pipe.read, .readable, data: 1)
    var precision = WaitPrecision.milliseconds

    #expect(try events(of: epoll, timeout: 0, precision: &precision).isEmpty)
    try put([1], into: pipe.write)
    for timeout in [nil, 1, Int64.max] {
      #expect(try events(of: epoll, timeout: timeout, precision: &precision).count == 1)
    }
  }

  @Test("an event descriptor is readable from its signal until it is cleared")
  func eventDescriptor() throws {
    let event = try Linux.eventDescriptor()
    defer { release(event) }

    #expect(try !Linux.wait(for: event, .readable, milliseconds: 0))
    Linux.signal(event: event)
    Linux.signal(event: event)
    #expect(try Linux.wait(for: event, .readable, milliseconds: 0))
    Linux.clear(event: event)
    #expect(try !Linux.wait(for: event, .readable, milliseconds: 0))
    Linux.clear(event: event)
  }

  @Test("poll answers for the direction it was asked for")
  func poll() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }

    #expect(try !Linux.wait(for: pipe.read, .readable, milliseconds: 0))
    #expect(try Linux.wait(for: pipe.write, .writable, milliseconds: 0))
    try put(pattern(try Linux.pipeCapacity(of: pipe.write)), into: pipe.write)
    #expect(try Linux.wait(for: pipe.read, .readable, milliseconds: 0))
    #expect(try !Linux.wait(for: pipe.write, .writable, milliseconds: 0))
  }
}
