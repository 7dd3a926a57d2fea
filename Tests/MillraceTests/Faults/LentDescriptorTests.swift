import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// What the owner of a descriptor would notice if it were changed.
struct OwnersView: Equatable {
  var flags: Int32
  var position: Int64
  var options: [Int?]

  init(of number: Int32) {
    flags = fcntl(number, F_GETFL)
    position = PlainFile.position(of: number)
    // Not the sizes of the buffers: the kernel adapts them as bytes go through.
    let watched: [SocketOption] = [.noDelay, .notSentLowWater, .keepAlive, .zeroCopy]
    options = watched.map { try? Linux.option($0, of: number) }
  }
}

@Suite("A descriptor that was lent", .serialized)
struct LentDescriptorTests {
  enum Mode: CaseIterable, Sendable { case blocking, nonBlocking }

  private func prepare(_ number: Int32, _ mode: Mode) {
    if mode == .nonBlocking { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }
  }

  private static let blockingReason =
    "the lent socket blocks (O_NONBLOCK is not set), and its flags are not ours to change"

  @Test("a socket as source comes back as it was", arguments: Mode.allCases, [EndRole.tcp, .unix])
  func socketSource(_ mode: Mode, _ role: EndRole) async throws {
    try await Rig.onReactor { _ in
      let (end, peer) = try role == .tcp ? PlainPair.tcp() : PlainPair.unix()
      let owner = PlainDescriptor(end)
      prepare(end, mode)
      let before = OwnersView(of: end)
      peer.feed(Pattern.bytes(2 << 20))
      let sink = try WatchedSink(.file)

      let lent = try Connection(lending: FileDescriptor(rawValue: end))
      let report = try await Rig.attempt(lent, sink.endpoint).get()
      lent.close()

      #expect(OwnersView(of: end) == before)
      #expect(Pattern.difference(try await sink.received(), Pattern.bytes(2 << 20)) == nil)
      expectRoute(report, mode, .pipedSplice)
      // Still open, and it still works.
      try owner.write([1])
      #expect(try peer.read(1) == [1])
    }
  }

  @Test("a socket as sink comes back as it was", arguments: Mode.allCases, [EndRole.tcp, .unix])
  func socketSink(_ mode: Mode, _ role: EndRole) async throws {
    try await Rig.onReactor { _ in
      let (end, peer) = try role == .tcp ? PlainPair.tcp() : PlainPair.unix()
      let owner = PlainDescriptor(end)
      prepare(end, mode)
      let before = OwnersView(of: end)
      let arrived = peer.drain()
      let source = try FedSource(.file, Pattern.bytes(2 << 20))

      let lent = try Connection(lending: FileDescriptor(rawValue: end))
      let report = try await Rig.attempt(source.endpoint, lent).get()
      lent.close()

      #expect(OwnersView(of: end) == before)
      expectRoute(report, mode, .sendfile)
      owner.close()
      #expect(Pattern.difference(try await arrived.value, Pattern.bytes(2 << 20)) == nil)
    }
  }

  private func expectRoute(_ report: CopyReport, _ mode: Mode, _ route: Route) {
    switch mode {
    case .nonBlocking: #expect(report.mainRoute == route)
    case .blocking:
      #expect(report.mainRoute == .buffered)
      #expect(report.declined.map(\.route) == [route])
      #expect(report.declined.map(\.reason) == [Self.blockingReason])
    }
  }

  @Test("a pipe as source, like standard input, works as it is", arguments: Mode.allCases)
  func pipeSource(_ mode: Mode) async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.pipeToEngine()
      let owner = PlainDescriptor(end)
      prepare(end, mode)
      let before = OwnersView(of: end)
      let sink = try WatchedSink(.tcp)
      let copying = reactor.task { await Rig.attempt(PipeEnd(lending: FileDescriptor(rawValue: end)), sink.endpoint) }
      // It waits for the first byte without blocking the reactor, which still answers.
      try await Rig.untilWaiting(on: reactor)

      peer.feed(Pattern.bytes(1 << 20))
      let report = try await copying.value.get()

      #expect(OwnersView(of: end) == before)
      #expect(report.bytesByRoute == [.splice: 1 << 20])
      #expect(Pattern.difference(try await sink.received(), Pattern.bytes(1 << 20)) == nil)
      withExtendedLifetime(owner) {}
    }
  }

  @Test("a pipe as sink, like standard output, works as it is", arguments: Mode.allCases, [EndRole.file, .unix, .pipe])
  func pipeSink(_ mode: Mode, _ role: EndRole) async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.pipeFromEngine()
      let owner = PlainDescriptor(end)
      prepare(end, mode)
      let before = OwnersView(of: end)
      let source = try FedSource(role, Pattern.bytes(1 << 20))
      let copying = reactor.task {
        await Rig.attempt(source.endpoint, PipeEnd(lending: FileDescriptor(rawValue: end)))
      }
      // It waits for room without blocking the reactor.
      try await Rig.untilWaiting(on: reactor)

      let arrived = peer.drain()
      let report = try await copying.value.get()

      #expect(OwnersView(of: end) == before)
      #expect(report.bytesByRoute == [.splice: 1 << 20])
      owner.close()
      #expect(Pattern.difference(try await arrived.value, Pattern.bytes(1 << 20)) == nil)
    }
  }

  @Test("a blocking pipe is read and written through memory without blocking the reactor")
  func bufferedPipe() async throws {
    try await Rig.onReactor { reactor in
      let (sourceEnd, feeder) = try PlainPair.pipeToEngine()
      let (sinkEnd, taker) = try PlainPair.pipeFromEngine()
      let owners = [PlainDescriptor(sourceEnd), PlainDescriptor(sinkEnd)]
      let before = owners.map { OwnersView(of: $0.number) }
      let copying = reactor.task {
        await Rig.attempt(
          PipeEnd(lending: FileDescriptor(rawValue: sourceEnd)), PipeEnd(lending: FileDescriptor(rawValue: sinkEnd)),
          CopyOptions(routes: .only(.buffered)))
      }
      try await Rig.untilWaiting(on: reactor)
      feeder.feed(Pattern.bytes(1 << 20))
      try await Rig.untilWaiting(on: reactor)

      let arrived = taker.drain()

      #expect(try await copying.value.get().delivered == 1 << 20)
      #expect(owners.map { OwnersView(of: $0.number) } == before)
      owners[1].close()
      #expect(Pattern.difference(try await arrived.value, Pattern.bytes(1 << 20)) == nil)
    }
  }

  /// given a lent end whose copy had to wait, and that is kept; when its owner closes it; then the peer hears of the end,
  /// as it does without the copy.
  @Test("is let go between two uses", arguments: [EndRole.tcp, .unix, .pipe])
  func closedByItsOwner(_ role: EndRole) async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) =
        switch role {
        case .tcp: try PlainPair.tcp()
        case .pipe: try PlainPair.pipeFromEngine()
        default: try PlainPair.unix(buffer: 4096)
        }
      // Left to the kernel, the buffers of a TCP connection grow until they hold everything, and nobody has to wait.
      if role == .tcp { try Linux.setOption(.receiveBuffer, of: peer.number, to: 65_536) }
      let owner = PlainDescriptor(end)
      let lent = try PipeOrConnection(lending: end, isPipe: role == .pipe)
      let original = Pattern.bytes(8 << 20)
      for _ in 0..<2 {
        let copying = reactor.task { try await lent.copy(original) }
        try await Rig.untilWaiting(on: reactor)
        let arrived = try await onThread { try peer.read(original.count) }
        #expect(Pattern.difference(arrived, original) == nil)
        #expect(try await copying.value == original.count)
      }

      owner.close()

      var entry = pollfd(fd: peer.number, events: Int16(POLLIN), revents: 0)
      try #require(poll(&entry, 1, 5_000) == 1, "the peer hears nothing")
      #expect(try peer.read() == [])
      withExtendedLifetime(lent) {}
    }
  }

  private enum PipeOrConnection: Sendable {
    case pipe(PipeEnd)
    case connection(Connection)

    init(lending number: Int32, isPipe: Bool) throws {
      let number = FileDescriptor(rawValue: number)
      self = isPipe ? .pipe(PipeEnd(lending: number)) : .connection(try Connection(lending: number))
    }

    func copy(_ bytes: [UInt8]) async throws -> Int {
      switch self {
      case .pipe(let pipe): try await Rig.attempt(Bytes(bytes), pipe).get().delivered
      case .connection(let connection): try await Rig.attempt(Bytes(bytes), connection).get().delivered
      }
    }
  }

  @Test("a file keeps the kernel's position, unless it is published")
  func filePosition() async throws {
    try await Rig.onReactor { _ in
      let end = try PlainFile.make(Pattern.bytes(10_000))
      let owner = PlainDescriptor(end)
      lseek(end, 100, SEEK_SET)
      let before = OwnersView(of: end)
      let sink = try WatchedSink(.unix)

      // The copy starts where the descriptor stands.
      let lent = File(lending: FileDescriptor(rawValue: end))
      #expect(try await Rig.attempt(lent, sink.endpoint, CopyOptions(limit: 1000)).get().delivered == 1000)
      #expect(OwnersView(of: end) == before)
      #expect(lent.position == 1100)

      try await lent.publishPosition()
      #expect(OwnersView(of: end).position == 1100)
      lent.close()
      #expect(try owner.read(5) == Pattern.bytes(5, from: 1100))
      #expect(try await sink.received() == Pattern.bytes(1000, from: 100))
    }
  }
}
