import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A reactor without a pipe to lease", .serialized)
struct PipeShortageTests {
  static let lanes = [
    Lane(.tcp, .tcp, by: .pipedSplice), Lane(.unix, .file, by: .pipedSplice), Lane(.tcp, .file, by: .pipedSplice),
  ]

  @Test("copies through its buffers and says that the budget is used up", arguments: lanes)
  func budget(_ lane: Lane) async throws {
    try await Rig.onReactor { reactor in
      reactor.pipes.budget = 0
      let original = Pattern.bytes(lane.payload)
      let source = try FedSource(lane.source, original)
      let sink = try WatchedSink(lane.sink)

      let result = await Rig.attempt(source.endpoint, sink.endpoint)

      let outcome = Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest())
      outcome.expectEveryByteAccountedFor()
      let report = try result.get()
      #expect(report.bytesByRoute == [.buffered: original.count])
      #expect(report.declined.map(\.reason) == ["all 0 pipes of the reactor are leased"])
    }
  }

  @Test("says so when nothing but the pipe was asked for")
  func forced() async throws {
    try await Rig.onReactor { reactor in
      reactor.pipes.budget = 0
      let source = try FedSource(.unix, [1, 2, 3])
      let sink = try WatchedSink(.unix)

      let result = await Rig.attempt(source.endpoint, sink.endpoint, CopyOptions(routes: .only(.pipedSplice)))

      guard case .failure(let error) = result, case .routeUnavailable(.pipedSplice, let reason) = error.cause else {
        throw Missing("it was not refused: \(result)")
      }
      #expect(reason == "all 0 pipes of the reactor are leased")
      #expect(try await source.rest() == [1, 2, 3])
      #expect(try await sink.received() == [])
    }
  }

  @Test("leases again what the copy before gave back")
  func givenBack() async throws {
    try await Rig.onReactor { reactor in
      reactor.pipes.budget = 1
      for _ in 0..<3 {
        let source = try FedSource(.tcp, Pattern.bytes(100_000))
        let sink = try WatchedSink(.unix)
        let result = await Rig.attempt(source.endpoint, sink.endpoint, CopyOptions(routes: .only(.pipedSplice)))
        #expect(try result.get().mainRoute == .pipedSplice)
        #expect(try await sink.received().count == 100_000)
        _ = try await source.rest()
      }
    }
  }
}

@Suite("An ordinary user without pipe quota")
struct PipeQuotaTests {
  /// pipe(7): past pipe-user-pages-soft a user's pipes have two pages and do not grow.
  @Test("copies through buffers and is told why", .enabled("only root can become somebody else", { getuid() == 0 }))
  func quota() async {
    await #expect(processExitsWith: .success) {
      // Given a user who has used up the quota with pipes of the largest size.
      // A number of its own: quotas are counted by user, over all processes.
      try #require(setuid(.random(in: 100_000..<1_000_000_000)) == 0)
      var hoard: [PipeEnd] = []
      while let pair = try? PipeEnd.pair(capacity: 1 << 20) {
        hoard += [pair.reading, pair.writing]
        try #require(hoard.count < 4096, "this machine has no quota")
      }
      let original = Pattern.bytes(1 << 20)
      let source = try FedSource(.tcp, original)
      let sink = try WatchedSink(.file)

      // When a copy wants a pipe of its own.
      let report = try await Rig.attempt(source.endpoint, sink.endpoint).get()

      // Then it does without.
      #expect(report.bytesByRoute == [.buffered: original.count])
      let reason = report.declined.first?.reason ?? ""
      #expect(reason.contains("pipe-user-pages-soft"), "\(report)")
      #expect(try await sink.received() == original)
      withExtendedLifetime(hoard) {}
    }
  }
}
