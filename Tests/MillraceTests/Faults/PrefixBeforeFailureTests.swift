import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A prefix before a source that fails", .serialized)
struct PrefixBeforeFailureTests {
  private static let prefix = Pattern.bytes(1000)

  /// Copies a prefix and an empty stream, with `faults` at the two descriptors.
  private func copyPrefixed(
    _ role: EndRole, _ routes: RouteChoice, _ faults: @escaping @Sendable (Int32, Int32) -> [Faults.Fault]
  ) async throws -> Outcome {
    try await Rig.onReactor { _ in
      let source = try FedSource(role, [])
      let sink = try WatchedSink(role)
      func copyAll(_ source: some ByteSource, _ sink: some ByteSink) async -> Result<CopyReport, CopyError> {
        await Rig.attempt(source.prefixed(by: Self.prefix), sink, CopyOptions(routes: routes))
      }
      let ambush = Ambush(faults(source.fd, sink.fd))
      let result = await copyAll(source.endpoint, sink.endpoint)
      let struck = ambush.lift()
      return Outcome(
        original: Self.prefix, result: result, received: try await sink.received(), rest: try await source.rest(),
        struck: struck)
    }
  }

  private func expectDelivered(_ outcome: Outcome, _ errno: Errno, by route: Route) throws {
    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    #expect(error.side == .source)
    #expect(error.errno == errno)
    #expect(error.report.bytesByRoute == [route: Self.prefix.count], "the plain loop writes it before it reads")
    #expect(error.residue.count == 0)
  }

  static let ways: [(RouteChoice, Route)] = [(.automatic, .memory), (.only(.buffered), .buffered)]

  /// given a prefix that waits for what the source has already; when the first read fails; then the prefix is delivered
  /// before that is told.
  @Test("is delivered", arguments: [EndRole.tcp, .unix], ways)
  func delivered(_ role: EndRole, _ way: (routes: RouteChoice, route: Route)) async throws {
    let outcome = try await copyPrefixed(role, way.routes) { source, _ in
      [.init(.recv, on: source, .error(.connectionReset))]
    }
    #expect(outcome.struck == 1)
    try expectDelivered(outcome, .connectionReset, by: way.route)
  }

  /// given a sink that has no room at that moment; then the failure is told all the same when it has: a socket tells it
  /// once, and at the next read it would look like the end.
  @Test("is delivered when the sink has room again", arguments: [EndRole.tcp, .unix], ways)
  func afterWaiting(_ role: EndRole, _ way: (routes: RouteChoice, route: Route)) async throws {
    let outcome = try await copyPrefixed(role, way.routes) { source, sink in
      [
        .init(.recv, on: source, .error(.connectionReset)),
        .init(.send, on: sink, .error(.resourceTemporarilyUnavailable)),
      ]
    }
    #expect(outcome.struck == 2)
    #expect(outcome.report.waits.sink == 1)
    try expectDelivered(outcome, .connectionReset, by: way.route)
  }

  /// given a lent pipe that blocks, on a kernel that cannot read it without waiting, and nothing in it; then a prefix does
  /// not wait for the read that waits, and the copy can be cancelled.
  @Test("is delivered before a read that has to wait")
  func beforeBlockingRead() async throws {
    try await Rig.onReactor { reactor in
      let (end, feeder) = try PlainPair.pipeToEngine()
      let owner = PlainDescriptor(end)
      let (engine, peer) = try PlainPair.unix()
      let sink = try Connection(taking: FileDescriptor(rawValue: engine))
      let ambush = Ambush(.init(.read, on: end, .error(.notSupportedOnSocket)))
      let copying = reactor.task {
        await Rig.attempt(
          PipeEnd(lending: FileDescriptor(rawValue: end)).prefixed(by: Self.prefix), sink,
          CopyOptions(routes: .only(.buffered)))
      }

      try await Rig.untilReadable(Self.prefix.count, in: peer.number)
      try await Rig.untilWaiting(on: reactor)
      copying.cancel()

      guard case .failure(let error) = try await copying.value else { throw Missing("it ended by itself") }
      guard case .cancelled = error.cause else { throw Missing("\(error)") }
      #expect(ambush.lift() == 1)
      #expect(error.report.delivered == Self.prefix.count)
      sink.close()
      withExtendedLifetime((owner, feeder)) {}
    }
  }
}
