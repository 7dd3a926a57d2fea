import Millrace
import Testing

/// What stands against a way of one's own, and what the report says then.
struct OwnWayObstacle: Sendable, CustomTestStringConvertible {
  var name: String
  var reason: String
  var options = CopyOptions()
  var source: @Sendable (TunnelSource) -> any ByteSource = { $0 }
  var sink: @Sendable (TunnelSink) -> any ByteSink = { $0 }
  /// What stands in front of the source's own bytes.
  var head: [UInt8] = []

  var testDescription: String { name }

  private static let watched = "a wrapper wants to see or to pace the bytes"
  private static let timed = "it knows no deadline"

  static let all: [OwnWayObstacle] = [
    .init(
      name: "another route", reason: "another route was asked for", options: CopyOptions(routes: .only(.buffered))),
    .init(
      name: "its exclusion", reason: "excluded by the caller",
      options: CopyOptions(routes: .without([.sendfile, .own]))),
    .init(name: "a progress call", reason: watched, options: CopyOptions(progress: { _ in })),
    .init(name: "an observed source", reason: watched, source: { $0.observed { _ in } }),
    .init(name: "an observed sink", reason: watched, sink: { $0.observed { _ in } }),
    .init(name: "a throttled source", reason: watched, source: { $0.throttled(to: 1 << 33) }),
    .init(name: "a throttled sink", reason: watched, sink: { $0.throttled(to: 1 << 33) }),
    .init(name: "a hashed source", reason: watched, source: { $0.hashed(into: Checksum64()) }),
    .init(name: "a hashed sink", reason: watched, sink: { $0.hashed(into: Checksum64()) }),
    .init(
      name: "a prefix", reason: "a prefix goes before it", source: { $0.prefixed(by: [1, 2, 3]) }, head: [1, 2, 3]),
    .init(name: "a deadline", reason: timed, options: CopyOptions(deadline: .now + .seconds(3600))),
    .init(name: "an idle timeout", reason: timed, options: CopyOptions(idleTimeout: .seconds(3600))),
    .init(name: "an end to pass on", reason: "it does not pass the end on", options: CopyOptions(passesEnd: true)),
  ]
}

@Suite("A way of one's own that is not taken")
struct DeclinedOwnWayTests {
  private static let bytes = Pattern.bytes(1000)

  /// given both ends with a way of their own, and something against it; when they are copied; then neither is asked, the
  /// bytes go by the routes, and the report has the reason.
  @Test("is not even asked for, and the report says why", arguments: OwnWayObstacle.all)
  func obstacle(_ obstacle: OwnWayObstacle) async throws {
    let source = TunnelSource(.moves(1000), Self.bytes)
    let sink = TunnelSink(.moves(1000))
    let report = try await copy(from: obstacle.source(source), to: obstacle.sink(sink), options: obstacle.options)
    #expect(source.log.limits == [])
    #expect(sink.log.limits == [])
    #expect(sink.writer.bytes == obstacle.head + Self.bytes)
    #expect(sink.writer.isFinished == obstacle.options.passesEnd)
    #expect(report.bytesByRoute[.own] == nil)
    #expect(report.bytesByRoute[.buffered] == 1000)
    #expect(report.delivered == obstacle.head.count + 1000)
    #expect(report.ownRoute == nil)
    #expect(report.declined.filter { $0.route == .own }.map(\.reason) == [obstacle.reason])
  }

  @Test("because a second sink is to get the bytes", arguments: [CopyError.Side.source, .sink])
  func teed(_ side: CopyError.Side) async throws {
    let source = TunnelSource(.moves(1000), Self.bytes)
    let sink = TunnelSink(.moves(1000))
    let second = try SecondSink(0)
    func copyTeed(_ second: some ByteSink) async throws -> CopyReport {
      side == .source
        ? try await copy(from: source.teed(to: second), to: sink)
        : try await copy(from: source, to: sink.teed(to: second))
    }
    let report = try await copyTeed(second.sink)
    #expect(source.log.limits == [])
    #expect(sink.log.limits == [])
    #expect(sink.writer.bytes == Self.bytes)
    #expect(report.declined.map(\.reason) == ["a wrapper wants to see or to pace the bytes"])
    #expect(await second.problems(Self.bytes, report.tees.first) == [])
  }

  /// given two ends neither of which has a way to the other; when they are copied; then both were asked, and the bytes go
  /// by the routes.
  @Test("because there is none for this other end")
  func none() async throws {
    let source = TunnelSource(.hasNone, Self.bytes)
    let sink = TunnelSink(.hasNone)
    let report = try await copy(from: source, to: sink)
    #expect(source.log.limits == [nil])
    #expect(sink.log.limits == [nil])
    #expect(sink.writer.bytes == Self.bytes)
    #expect(report.bytesByRoute == [.buffered: 1000])
    #expect(report.declined.map(\.route) == [.own])
    #expect(report.declined.map(\.reason) == ["the type that brings it has none for this other end"])
  }

  @Test("is an error where nothing else was asked for, and nothing is moved")
  func onlyOwn() async throws {
    let sink = TunnelSink(.hasNone)
    let error = try await #require(throws: CopyError.self) {
      try await copy(from: TunnelSource(.hasNone, Self.bytes), to: sink, options: CopyOptions(routes: .only(.own)))
    }
    guard case .routeUnavailable(.own, _) = error.cause else { throw Missing("\(error)") }
    #expect(error.report.consumed == 0)
    #expect(sink.writer.bytes == [])
  }
}
