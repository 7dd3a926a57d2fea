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
