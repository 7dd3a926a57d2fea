import Millrace
import Testing

/// An actor that copies in its own isolation.
private actor Copier {
  private(set) var copied = 0

  func copyAll(from source: Connection, to sink: Connection) async throws -> CopyReport {
    let report = try await copy(from: source, to: sink)
    // Back in the actor's isolation.
    copied += report.delivered
    return report
  }

  func echo(_ connection: Connection, rounds: Int) async throws {
    for _ in 0..<rounds { try await connection.write(try await connection.read(upTo: 100)) }
  }

  func exchangeAll(_ one: Connection, _ other: Connection) async -> ExchangeReport {
    await exchange(between: one, and: other)
  }

  /// What others ask it meanwhile: whoever asks may be the one whose thread runs the actor next.
  func status() -> Int { copied }
}

@Suite("Copies from anywhere")
struct CallerTests {
  /// Two connections on a reactor of their own, with a thread that feeds and one that drains.
  private struct Line {
    let source: Connection
    let sink: Connection
    let arrived: Task<[UInt8], any Error>
    static let bytes = Pattern.bytes(2_000_003)

    init(on reactor: Reactor) async throws {
      let (first, feeder) = try PlainPair.tcp()
      let (second, drain) = try PlainPair.unix()
      (source, sink) = try await reactor.task {
        (
          try Connection(taking: FileDescriptor(rawValue: first)),
          try Connection(taking: FileDescriptor(rawValue: second))
        )
      }.value
      detachThread {
        try? feeder.write(Self.bytes)
        feeder.finishWriting()
      }
      arrived = startThread { try drain.read() }
    }

    func expectArrived(_ report: CopyReport) async throws {
      #expect(report.delivered == Self.bytes.count)
      sink.close()
      source.close()
      #expect(Pattern.difference(try await arrived.value, Self.bytes) == nil)
    }
  }

  /// given connections on a reactor; when the main actor copies; then it works, and the caller is on the main actor again.
  @Test("the main actor copies")
  @MainActor
  func mainActor() async throws {
    let reactors = try MatrixReactor()
    let line = try await Line(on: reactors.group.all[0])
    let report = try await copy(from: line.source, to: line.sink)
    MainActor.assertIsolated()
    #expect(Reactor.current == nil)
    try await line.expectArrived(report)
    try await reactors.expectNothingLeased()
  }

  @Test("an actor copies, and is in its own isolation afterwards")
  func actor() async throws {
    let reactors = try MatrixReactor()
    let line = try await Line(on: reactors.group.all[0])
    let copier = Copier()
    let report = try await copier.copyAll(from: line.source, to: line.sink)
    #expect(await copier.copied == report.delivered)
    try await line.expectArrived(report)
    try await reactors.expectNothingLeased()
  }

  /// given an actor whose task prefers a reactor, and that others talk to all the time, so that now their threads run it and
  /// now the reactor's; when it copies, exchanges, reads and writes; then none of that leaves the reactor's thread (the
  /// engine looks, in a build for debugging), and every byte arrives.
  @Test("an actor that others are talking to copies on the reactor all the same")
  func contendedActor() async throws {
    let reactors = try MatrixReactor()
    let reactor = reactors.group.all[0]
    let copier = Copier()
    let line = try await Line(on: reactor)
    let (near, far) = try await reactor.task { try Connection.pair() }.value
    let (left, client) = try PlainPair.unix()
    let (right, server) = try PlainPair.unix()
    let joined = try await reactor.task {
      [try Connection(taking: FileDescriptor(rawValue: left)), try Connection(taking: FileDescriptor(rawValue: right))]
    }.value

    let talking = Task.detached {
      for _ in 0..<5000 {
        _ = await copier.status()
        await Task.yield()
      }
    }
    let exchanging = reactor.task { await copier.exchangeAll(joined[0], joined[1]) }
    let echoing = reactor.task { try await copier.echo(near, rounds: 300) }
    let copying = reactor.task { try await copier.copyAll(from: line.source, to: line.sink) }
    let peers = startThread {
      try client.write(Line.bytes)
      client.finishWriting()
      server.finishWriting()
    }
    let served = startThread { try server.read() }
    for round in 0..<300 {
      try await far.write([UInt8(truncatingIfNeeded: round)])
      #expect(try await far.read() == [UInt8(truncatingIfNeeded: round)])
    }
    try await echoing.value
    try await line.expectArrived(try await copying.value)
    try await peers.value
    #expect(Pattern.difference(try await served.value, Line.bytes) == nil)
    #expect(try await exchanging.value.failure == nil)
    await talking.value
    for end in joined + [near, far] { end.close() }
    try await reactors.expectNothingLeased()
  }

  /// given connections on one reactor; when a task on another copies between them, many times small and once in bulk;
  /// then every byte arrives, and the reactor of the connections is not used for it.
  @Test("a task on another reactor copies, as a guest")
  func guest() async throws {
    let reactors = try MatrixReactor(count: 2)
    let (home, other) = (reactors.group.all[0], reactors.group.all[1])
    let line = try await Line(on: home)
    let report = try await other.task {
      var delivered = 0
      for _ in 0..<50 { delivered += try await copy(from: line.source, to: line.sink, limit: 1000).delivered }
      #expect(delivered == 50_000)
      return try await copy(from: line.source, to: line.sink)
    }.value
    #expect(report.delivered == Line.bytes.count - 50_000)
    #expect(await home.metrics().bytesByRoute.isEmpty)
    #expect(await other.metrics().bytesByRoute.values.reduce(0, +) == Line.bytes.count)
    line.sink.close()
    line.source.close()
    #expect(Pattern.difference(try await line.arrived.value, Line.bytes) == nil)
    try await reactors.expectNothingLeased()
  }

  /// given ends on two reactors; when a task on either copies between them; then it is the same.
  @Test("the ends live on two reactors", arguments: [0, 1])
  func twoHomes(caller: Int) async throws {
    let reactors = try MatrixReactor(count: 2)
    let first = try await Line(on: reactors.group.all[0])
    let second = try await Line(on: reactors.group.all[1])
    let report = try await reactors.group.all[caller].task { try await copy(from: first.source, to: second.sink) }.value
    #expect(report.delivered == Line.bytes.count)
    second.sink.close()
    #expect(Pattern.difference(try await second.arrived.value, Line.bytes) == nil)
    for end in [first.source, first.sink, second.source] { end.close() }
    _ = try await first.arrived.value
    try await reactors.expectNothingLeased()
  }
}
