import Glibc
import LinuxCalls
@testable import Millrace
import Reactors
import Testing

@Suite("An exchange: both directions in one task")
struct ExchangeTests {
  private static let request = Pattern.bytes(700_003)
  private static let answer = Pattern.bytes(3_000_001, from: 64)

  /// given two peers that talk at the same time; when one ends long before the other; then each gets every byte and
  /// then the end of the other, and the reports count both ways.
  @Test("passes every byte and each end, whichever comes first", arguments: [true, false])
  func bothWays(clientFirst: Bool) async throws {
    let joined = try await Joined()
    let (client, server) = (joined.client, joined.server)
    let gate = startThread {
      if clientFirst {
        try client.write(Self.request)
        client.finishWriting()
      }
    }
    let serving = startThread {
      let request = try clientFirst ? server.read() : []
      try server.write(Self.answer)
      server.finishWriting()
      return try clientFirst ? request : server.read()
    }
    let answer = try await startThread { try client.read() }.value
    if !clientFirst {
      try await startThread {
        try client.write(Self.request)
        client.finishWriting()
      }.value
    }
    try await gate.value
    #expect(Pattern.difference(answer, Self.answer) == nil)
    #expect(Pattern.difference(try await serving.value, Self.request) == nil)
    let report = try await joined.end()
    #expect(report.failure == nil)
    #expect(try report.forth.get().delivered == Self.request.count)
    #expect(try report.back.get().delivered == Self.answer.count)
    #expect(try report.forth.get().end == .sourceEnded)
  }

  /// given exchanges in a row, each of which ends because one end is closed while the other direction waits; then each begins
  /// and relays, undisturbed by what was still on its way to the one before.
  @Test("that has ended disturbs none that comes after it")
  func oneAfterTheOther() async throws {
    let reactors = try Reactors(count: 1)
    let reactor = reactors.all[0]
    try await reactor.task {
      var ends: [(client: Connection, one: Connection, other: Connection, server: Connection)] = []
      for _ in 0..<8 {
        let (left, right) = (try Connection.pair(), try Connection.pair())
        ends.append((left.0, left.1, right.0, right.1))
      }
      let row = ends
      let running = reactor.task {
        var failures = 0
        for end in row where await exchange(between: end.one, and: end.other).failure != nil { failures += 1 }
        return failures
      }
      for end in row {
        try await end.client.write([1, 2])
        #expect(try await end.server.read() == [1, 2])
        end.one.close()
      }
      #expect(try await running.value == 8)
    }.value
    let metrics = await reactor.metrics()
    #expect(metrics.tasks.waiting == 0)
    await reactors.shutdown()
  }

  /// given an exchange nobody talks on; when it is looked at; then both directions wait, with no buffer and no pipe,
  /// and its task has been woken for nothing but its beginning.
  @Test("holds nothing while nobody talks")
  func idle() async throws {
    let joined = try await Joined()
    await joined.isIdle()
    let metrics = await joined.reactors.group.all[0].metrics()
    #expect(metrics.pipesLeased == 0)
    #expect(metrics.buffersLeased == 0)
    joined.client.close()
    joined.server.close()
    let report = try await joined.end()
    #expect(report.failure == nil, "\(report)")
  }

  /// given messages that go back and forth; when they have gone; then each direction made one call for each message on
  /// either side, and none for the other direction's.
  @Test("a message one way costs the other way nothing")
  func calls() async throws {
    let joined = try await Joined()
    let (client, server) = (joined.client, joined.server)
    try await startThread {
      for round in 0..<50 {
        try client.write([UInt8(round)])
        #expect(try server.read(1) == [UInt8(round)])
        try server.write([UInt8(round), 1])
        #expect(try client.read(2) == [UInt8(round), 1])
      }
      client.close()
      server.close()
    }.value
    let report = try await joined.end()
    for direction in [try report.forth.get(), try report.back.get()] {
      #expect(direction.systemCalls["send"] == 50)
      // One more finds the end; before the first one there may have been nothing, and a Unix socket is asked again.
      #expect((51...102).contains(direction.systemCalls["recv", default: 0]), "\(direction.systemCalls)")
      #expect(direction.waits.source <= 52)
    }
  }

  /// given an exchange under way; when its task is cancelled; then both directions end as cancelled.
  @Test("cancelling the task ends both directions")
  func cancelled() async throws {
    let joined = try await Joined()
    await joined.isIdle()
    joined.exchanging.cancel()
    let report = try await joined.end()
    for direction in [report.forth, report.back] {
      let error = #expect(throws: CopyError.self) { try direction.get() }
      guard case .cancelled? = error?.cause else { Issue.record("\(direction)"); continue }
    }
    #expect(report.failure != nil)
  }

  /// given a direction without a byte for longer than the idle timeout, and one that had its last byte later; when the
  /// timer of the silent one fires; then it comes again when the other would be idle too, and not before.
  @Test("bytes either way count against the idle timeout")
  func idleTogether() async throws {
    let reactors = try MatrixReactor()
    try await reactors.group.all[0].task {
      let options = CopyOptions(idleTimeout: .seconds(10))
      let reactor = try #require(Reactor.current)
      let silent = Transfer(CopyRequest(Bytes("x"), MemorySink(collector: Collector()), options), on: reactor)
      let busy = Transfer(CopyRequest(Bytes("x"), MemorySink(collector: Collector()), options), on: reactor)
      silent.otherDirection = busy
      (silent.lastProgress, busy.lastProgress) = (1_000_000_000, 5_000_000_000)
      #expect(silent.timerFired(at: 11_000_000_000) == 15_000_000_000)
      #expect(silent.parker.interrupt == nil)
      #expect(silent.timerFired(at: 15_000_000_000) == nil)
      #expect(silent.parker.interrupt == .idle)
      for transfer in [silent, busy] { _ = transfer.conclude() }
    }.value
    try await reactors.expectNothingLeased()
  }

  /// given a client that resets its connection; when the exchange notices; then the server's silence does not keep the
  /// other direction: it ends too, and says why.
  @Test("a source that fails takes the other direction along")
  func sourceFails() async throws {
    let joined = try await Joined()
    await joined.isIdle()
    joined.client.reset()
    let report = try await joined.end()
    let failure = try #require(report.failure)
    #expect(failure.side == .source)
    #expect(failure.errno == .connectionReset)
    let other = #expect(throws: CopyError.self) { try report.back.get() }
    guard case .otherDirection? = other?.cause else { Issue.record("\(report)"); return }
  }

  /// given a server that takes no more but still has an answer; when the client's bytes are refused; then the answer
  /// comes whole, and the failed direction gives its bytes back.
  @Test("a sink that fails does not take the answer with it")
  func sinkFails() async throws {
    let joined = try await Joined()
    let (client, server) = (joined.client, joined.server)
    await joined.isIdle()
    try await startThread {
      server.stopReading()
      try client.write(Pattern.bytes(100))
      try server.write(Self.answer)
      server.finishWriting()
      let answer = try client.read()
      #expect(Pattern.difference(answer, Self.answer) == nil)
    }.value
    let report = try await joined.end()
    let error = #expect(throws: CopyError.self) { try report.forth.get() }
    #expect(error?.side == .sink)
    #expect(error?.errno == .brokenPipe)
    #expect(error?.residue.count == 100)
    #expect(try report.back.get().delivered == Self.answer.count)
  }

  /// given a server that resets the connection in the middle of its answer; when the direction that writes to it is the one
  /// that the kernel tells; then the other one does not take what follows for the end of the answer, and the client does
  /// not see one.
  @Test("a reset that the writing direction hears of first is no end of what comes back")
  func resetHeardInWriting() async throws {
    let joined = try await Joined()
    let (client, server) = (joined.client, joined.server)
    try server.write([1, 2, 3])
    #expect(try client.read(3) == [1, 2, 3])
    await joined.isIdle()
    let token = Faults.shared.arm(
      Faults.Fault(.send, on: joined.back.fileDescriptor.rawValue, .error(.connectionReset)))
    try client.write([9])
    while await joined.reactors.group.all[0].metrics().tasks.waiting > 1 { await Task.yield() }
    server.close()
    _ = try await joined.exchanging.value
    var byte: UInt8 = 0
    #expect(recv(client.number, &byte, 1, Int32(MSG_DONTWAIT)) == -1, "the client sees an end")
    #expect(errno == EAGAIN)
    #expect(Faults.shared.disarm(token) == 1)
    let report = try await joined.end()
    let forth = #expect(throws: CopyError.self) { try report.forth.get() }
    let back = #expect(throws: CopyError.self) { try report.back.get() }
    #expect(forth?.side == .sink)
    #expect(forth?.residue.count == 1)
    #expect(back?.side == .source)
    #expect(back?.errno == .connectionReset)
    #expect(back?.report.delivered == 3)
  }

  /// given a client that has said its last word, and a server that answers a little and then no more; when no byte has come
  /// for as long as a half-closed connection may be silent; then the answer ends, with what had come delivered. Before the
  /// half-close it may be silent for longer.
  @Test("a half-closed connection has an idle time of its own")
  func halfClosedTimeout() async throws {
    var options = CopyOptions(passesEnd: true)
    options.idleTimeout = .seconds(3600)
    let joined = try await Joined(options, halfClosedTimeout: .milliseconds(30))
    await joined.isIdle()
    #expect(await joined.reactors.group.all[0].metrics().timers == 2)
    joined.client.finishWriting()
    #expect(try joined.server.read() == [])
    try joined.server.write([7])
    let report = try await joined.end()
    #expect(try joined.client.read() == [7])
    #expect(try report.forth.get().end == .sourceEnded)
    let back = #expect(throws: CopyError.self) { try report.back.get() }
    guard case .idle? = back?.cause else { Issue.record("\(report)"); return }
    #expect(back?.report.delivered == 1)
  }

  /// given an exchange that waits; when one of its connections is closed by someone else; then both directions end.
  @Test("closing a connection ends both directions")
  func closed() async throws {
    let joined = try await Joined()
    await joined.isIdle()
    joined.front.close()
    let report = try await joined.end()
    #expect(throws: CopyError.self) { try report.forth.get() }
    #expect(throws: CopyError.self) { try report.back.get() }
  }

  /// given a caller that is on no reactor, and wrappers around an end; when it exchanges; then the bytes in front go
  /// first, and everything arrives.
  @Test("works from outside a reactor, with wrappers")
  func outside() async throws {
    let (front, client) = try PlainPair.unix()
    let (back, server) = try PlainPair.unix()
    let one = try Connection(taking: FileDescriptor(rawValue: front))
    let other = try Connection(taking: FileDescriptor(rawValue: back))
    let talking = startThread {
      try client.write([2, 3])
      client.finishWriting()
      let got = try server.read()
      try server.write([9])
      server.finishWriting()
      return (got, try client.read())
    }
    let report = await exchange(
      CopyDirection(from: one.prefixed(by: [1]), to: other), CopyDirection(from: other, to: one))
    let (got, answer) = try await talking.value
    #expect(got == [1, 2, 3])
    #expect(answer == [9])
    #expect(report.failure == nil)
    #expect(report.description.contains("back: "))
    one.close()
    other.close()
  }

  /// given an end that writes by itself; when it is to take part; then it is refused with a sentence, and the other
  /// direction ends at once.
  @Test("an end that reads or writes by itself is refused")
  func ownEnds() async throws {
    let (front, client) = try PlainPair.unix()
    let one = try Connection(taking: FileDescriptor(rawValue: front))
    let report = await exchange(
      CopyDirection(from: one, to: WriterSink(writer: ArrayWriter())), CopyDirection(from: Bytes("x"), to: one))
    let failure = try #require(report.failure)
    guard case .unsupported = failure.cause else { Issue.record("\(failure)"); return }
    #expect(throws: CopyError.self) { try report.back.get() }
    one.close()
    client.close()
  }
}

extension PlainDescriptor {
  /// What the peer sends from now on is refused with EPIPE, over a Unix socket.
  fileprivate func stopReading() { shutdown(number, Int32(SHUT_RD)) }
}
