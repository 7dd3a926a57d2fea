import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A peer of a connection", .serialized)
struct PeerTests {
  static let routes: [RouteChoice] = [.automatic, .only(.pipedSplice), .only(.buffered)]

  @Test("that resets the source is the source's failure, after what came before was delivered", arguments: routes)
  func sourceReset(_ routes: RouteChoice) async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.tcp()
      let source = try Connection(taking: FileDescriptor(rawValue: end))
      let sink = try WatchedSink(.unix)
      try peer.write(Pattern.bytes(5000))
      let copying = reactor.task { await Rig.attempt(source, sink.endpoint, CopyOptions(routes: routes)) }
      try await Rig.untilTaken(from: end)
      try await Rig.untilWaiting(on: reactor)

      peer.reset()

      guard case .failure(let error) = try await copying.value else { throw Missing("a reset passed for an end") }
      #expect(error.side == .source)
      #expect(error.errno == .connectionReset)
      #expect(error.report.delivered == 5000)
      #expect(error.residue.count == 0)
      #expect(try await sink.received() == Pattern.bytes(5000))
      source.close()
    }
  }

  @Test(
    "that is gone does not kill the process, by any route",
    arguments: [
      Lane(.file, .tcp, by: .sendfile), Lane(.file, .unix, by: .sendfile), Lane(.file, .pipe, by: .splice),
      Lane(.pipe, .tcp, by: .splice), Lane(.pipe, .unix, by: .splice), Lane(.pipe, .pipe, by: .splice),
      Lane(.tcp, .pipe, by: .splice), Lane(.unix, .tcp, by: .pipedSplice, choice: .only(.pipedSplice)),
      Lane(.tcp, .unix, by: .pipedSplice, choice: .only(.pipedSplice)),
      Lane(.tcp, .pipe, by: .buffered, choice: .only(.buffered)),
      Lane(.file, .unix, by: .buffered, choice: .only(.buffered)),
    ])
  func brokenPipe(_ lane: Lane) async throws {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(lane.payload)
      let source = try FedSource(lane.source, original)
      let (end, peer) =
        try lane.sink == .pipe ? PlainPair.pipeFromEngine() : lane.sink == .tcp ? PlainPair.tcp() : PlainPair.unix()
      let sink = File(taking: FileDescriptor(rawValue: end))
      try Linux.setFlags(of: end, to: try Linux.flags(of: end).union(.nonBlocking))
      peer.close()

      let result = await Rig.attempt(source.endpoint, sink, CopyOptions(routes: lane.choice))

      guard case .failure(let error) = result else { throw Missing("it was delivered to nobody") }
      #expect(error.side == .sink)
      #expect(error.errno == .brokenPipe || error.errno == .connectionReset, "\(error)")
      let report = error.report
      #expect(report.consumed == report.delivered + error.residue.count)
      let isWhole = try await Array(original.prefix(report.delivered)) + error.residue.array + source.rest() == original
      #expect(isWhole)
      sink.close()
    }
  }

  @Test("that has finished still gets everything in the other direction, for as long as it takes")
  func halfClose() async throws {
    try await Rig.onReactor { reactor in
      // Given a proxy between two peers, and a client that asks and finishes at once.
      let (clientEnd, client) = try PlainPair.tcp()
      let (serverEnd, server) = try PlainPair.tcp()
      let (left, right) = (
        try Connection(taking: FileDescriptor(rawValue: clientEnd)),
        try Connection(taking: FileDescriptor(rawValue: serverEnd))
      )
      try client.write(Array("request".utf8))
      client.finishWriting()
      let upstream = reactor.task {
        try await Millrace.copy(from: left, to: right, options: CopyOptions(passesEnd: true))
      }
      let downstream = reactor.task {
        try await Millrace.copy(from: right, to: left, options: CopyOptions(passesEnd: true))
      }

      // When the request has gone through with its end.
      #expect(try await upstream.value.delivered == 7)
      #expect(try await server.drain().value == Array("request".utf8))

      // Then the answer comes piece by piece, and much, long after.
      var answer: [UInt8] = []
      for size in [1, 100, 3 << 20, 1] {
        let piece = Pattern.bytes(size, from: answer.count)
        server.feed(piece, thenFinish: false)
        let arrived = try await onThread { try client.read(size) }
        #expect(Pattern.difference(arrived, piece) == nil)
        answer += piece
        try await Rig.untilWaiting(on: reactor)
      }
      server.finishWriting()
      #expect(try await downstream.value.delivered == answer.count)
      #expect(try await onThread { try client.read() } == [])
      left.close()
      right.close()
    }
  }

  @Test("and another: a two-way proxy passes both streams through at once")
  func proxy() async throws {
    try await Rig.onReactor { reactor in
      let (firstEnd, first) = try PlainPair.tcp()
      let (secondEnd, second) = try PlainPair.unix()
      let left = try Connection(taking: FileDescriptor(rawValue: firstEnd))
      let right = try Connection(taking: FileDescriptor(rawValue: secondEnd))
      let options = CopyOptions(passesEnd: true)
      let there = reactor.task { try await Millrace.copy(from: left, to: right, options: options) }
      let back = reactor.task { try await Millrace.copy(from: right, to: left, options: options) }
      let arrived = (first.drain(), second.drain())

      first.feed(Pattern.bytes(5 << 20))
      second.feed(Pattern.bytes(4 << 20, from: 9))

      #expect(Pattern.difference(try await arrived.1.value, Pattern.bytes(5 << 20)) == nil)
      #expect(Pattern.difference(try await arrived.0.value, Pattern.bytes(4 << 20, from: 9)) == nil)
      #expect(try await there.value.delivered == 5 << 20)
      #expect(try await back.value.delivered == 4 << 20)
      left.close()
      right.close()
    }
  }

  @Test("is read by one task at a time: the second is told so, and the first goes on")
  func twoReaders() async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.tcp()
      let connection = try Connection(taking: FileDescriptor(rawValue: end))
      let (sink, other) = (try WatchedSink(.unix), try WatchedSink(.unix))
      let copying = reactor.task { await Rig.attempt(connection, sink.endpoint) }
      try await Rig.untilWaiting(on: reactor)

      // When a second copy and a read want the same bytes.
      let second = await Rig.attempt(connection, other.endpoint)
      let read = await #expect(throws: EndpointError.self) { try await connection.read() }

      // Then both are turned away, and the first gets everything.
      guard case .failure(let error) = second, case .unsupported(let reason) = error.cause else {
        throw Missing("two readers shared a stream")
      }
      #expect(error.side == .source)
      #expect(reason == "another task reads from it at the same time")
      #expect(read?.errno == .resourceBusy)
      peer.feed(Pattern.bytes(100_000))
      #expect(try await copying.value.get().delivered == 100_000)
      #expect(try await sink.received() == Pattern.bytes(100_000))
      connection.close()
    }
  }
}
