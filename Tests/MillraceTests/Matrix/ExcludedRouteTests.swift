import Millrace
import Testing

@Suite("A route that was left out")
struct ExcludedRouteTests {
  /// given two sockets and a flow that stays small, which would go through the buffer; when that is left out; then every byte
  /// is spliced.
  @Test("is not taken by a copy between sockets", arguments: [EndRole.tcp, .unix])
  func buffered(_ role: EndRole) async throws {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(10_000)
      let source = try FedSource(role, original)
      let sink = try WatchedSink(role)

      let report = try await Rig.attempt(
        source.endpoint, sink.endpoint, CopyOptions(routes: .without([.buffered]))
      ).get()

      #expect(report.bytesByRoute == [.pipedSplice: original.count])
      #expect(try await sink.received() == original)
      _ = try await source.rest()
    }
  }

  /// given a sink that nothing but the buffer can write to; when that is left out; then it is taken all the same.
  @Test("is taken where nothing else works")
  func lastResort() async throws {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(10_000)
      let source = try FedSource(.unix, original)
      let sink = try WatchedSink(.appending)

      let report = try await Rig.attempt(
        source.endpoint, sink.endpoint, CopyOptions(routes: .without([.buffered]))
      ).get()

      #expect(report.bytesByRoute == [.buffered: original.count])
      #expect(try await sink.received() == original)
      _ = try await source.rest()
    }
  }
}
