import Millrace
import Testing

@Suite("A way of one's own")
struct OwnWayTests {
  /// given a source with a way of its own; when it is copied; then it goes that way, and the report has its name.
  @Test("of the source is taken, and the report names it", arguments: [RouteChoice.automatic, .only(.own)])
  func ofTheSource(_ routes: RouteChoice) async throws {
    let source = TunnelSource(.moves(1000), Pattern.bytes(1000))
    let writer = ArrayWriter()
    let report = try await copy(from: source, to: WriterSink(writer: writer), options: CopyOptions(routes: routes))
    #expect(report.bytesByRoute == [.own: 1000])
    #expect(report.ownRoute == "a tunnel")
    #expect(report.delivered == 1000)
    #expect(report.consumed == 1000)
    #expect(report.end == .sourceEnded)
    #expect(report.declined == [])
    #expect(source.log.limits == [nil])
    // Nobody wrote the bytes a second time.
    #expect(writer.bytes == [])
  }

  @Test("of the sink is taken, and the report names it")
  func ofTheSink() async throws {
    let sink = TunnelSink(.moves(1000))
    let report = try await copy(from: Bytes(Pattern.bytes(1000)), to: sink)
    #expect(report.bytesByRoute == [.own: 1000])
    #expect(report.ownRoute == "a tunnel")
    #expect(sink.log.limits == [nil])
    #expect(sink.writer.bytes == [])
  }

  @Test("of the source is asked before that of the sink, which is asked where the source has none")
  func order() async throws {
    let sink = TunnelSink(.moves(7))
    _ = try await copy(from: TunnelSource(.moves(5)), to: sink)
    #expect(sink.log.limits == [])
    let source = TunnelSource(.hasNone)
    let report = try await copy(from: source, to: sink)
    #expect(source.log.limits == [nil])
    #expect(sink.log.limits == [nil])
    #expect(report.bytesByRoute == [.own: 7])
  }

  /// given limits of the call, of the options and of a wrapper; then the way is asked with the smallest, and the report says
  /// that it was reached.
  @Test("is told of the smallest limit", arguments: [(300, 400, 500), (400, 300, 500), (500, 400, 300)])
  func limit(_ limits: (call: Int, options: Int, wrapper: Int)) async throws {
    let source = TunnelSource(.moves(1000))
    let sink = WriterSink(writer: ArrayWriter())
    let report = try await copy(
      from: source.limited(to: limits.wrapper), to: sink, limit: limits.call,
      options: CopyOptions(limit: limits.options))
    #expect(source.log.limits == [300])
    #expect(report.delivered == 300)
    #expect(report.end == .limitReached)
  }

  @Test("is counted by the reactor")
  func metrics() async throws {
    let reactors = try Reactors(count: 1)
    _ = try await reactors.all[0].task {
      try await copy(from: TunnelSource(.moves(1000)), to: WriterSink(writer: ArrayWriter()))
    }.value
    #expect(await reactors.all[0].metrics().bytesByRoute == [Route.own.rawValue: 1000])
    await reactors.shutdown()
  }

  @Test("that fails is the failure of the side that brought it", arguments: [CopyError.Side.source, .sink])
  func failure(_ side: CopyError.Side) async throws {
    let way = OwnWay.fails(OwnWay.Refused())
    let error = try await #require(throws: CopyError.self) {
      side == .source
        ? try await copy(from: TunnelSource(way), to: WriterSink(writer: ArrayWriter()))
        : try await copy(from: Bytes("x"), to: TunnelSink(way))
    }
    #expect(error.side == side)
    guard case .custom(let inner) = error.cause else { throw Missing("\(error)") }
    #expect(inner is OwnWay.Refused)
    #expect(error.report.end == .failed)
    #expect(error.report.delivered == 0)
    #expect(error.residue.count == 0)
  }

  /// given a way that copies by itself, and whose copy fails; then its error is told as it is, with its account.
  @Test("that fails in a copy of its own keeps the account of that copy", arguments: [CopyError.Side.source, .sink])
  func innerFailure(_ side: CopyError.Side) async throws {
    let inner = CopyError(
      side: .sink, cause: .call("sendfile", .brokenPipe), report: CopyReport(), residue: Bytes([1, 2, 3]))
    let way = OwnWay.fails(inner)
    let error = try await #require(throws: CopyError.self) {
      side == .source
        ? try await copy(from: TunnelSource(way), to: WriterSink(writer: ArrayWriter()))
        : try await copy(from: Bytes("x"), to: TunnelSink(way))
    }
    #expect(error.side == .sink)
    #expect(error.errno == .brokenPipe)
    #expect(error.residue.array == [1, 2, 3])
  }
}
