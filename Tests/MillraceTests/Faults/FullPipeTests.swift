import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A sink that goes away while much is held for it", .serialized)
struct FullPipeTests {
  enum Leaving: CaseIterable { case reset, closed }

  @Test("gives back every byte that the leased pipe held", arguments: Leaving.allCases)
  func spliced(_ leaving: Leaving) async throws {
    let error = try await failWithStalledSink(.only(.pipedSplice), leaving)
    #expect(error.residue.count >= 128 * 1024, "\(error.residue.count) bytes were in the pipe")
    #expect(error.report.mainRoute == .pipedSplice)
  }

  @Test("gives back every byte that the buffer held", arguments: Leaving.allCases)
  func buffered(_ leaving: Leaving) async throws {
    let error = try await failWithStalledSink(.only(.buffered), leaving)
    #expect(error.residue.count > 0)
    #expect(error.report.mainRoute == .buffered)
  }

  /// Checks the accounts, and completes the copy with another sink.
  private func failWithStalledSink(_ routes: RouteChoice, _ leaving: Leaving) async throws -> CopyError {
    try await Rig.onReactor { reactor in
      // Given a source with megabytes ready, and a sink that takes a little and then nothing.
      let original = Pattern.bytes(6 << 20)
      let (sourceEnd, feeder) = try PlainPair.tcp(buffer: 1 << 20)
      let (sinkEnd, staller) = try PlainPair.tcp(buffer: 4096)
      let source = try Connection(taking: FileDescriptor(rawValue: sourceEnd))
      let sink = try Connection(taking: FileDescriptor(rawValue: sinkEnd))
      feeder.feed(original)
      try await Rig.untilReadable(512 * 1024, in: sourceEnd)
      let copying = reactor.task { await Rig.attempt(source, sink, CopyOptions(routes: routes)) }
      try await Rig.untilSinkStalls(from: sourceEnd, on: reactor)

      // When the sink's peer goes.
      switch leaving {
      case .reset: staller.reset()
      case .closed: staller.close()
      }

      // Then the sink is blamed, and what it did not take is there to the byte.
      let result = try await copying.value
      guard case .failure(let error) = result else { throw Missing("the copy ended well: \(result)") }
      #expect(error.side == .sink)
      #expect(error.errno == .connectionReset || error.errno == .brokenPipe, "\(error)")
      let report = error.report
      #expect(report.consumed == report.delivered + error.residue.count)
      let isResidue = error.residue.array == Array(original[report.delivered..<report.consumed])
      #expect(isResidue, "the residue is what comes after the delivered bytes")

      // And another sink gets the residue and the rest.
      let other = try WatchedSink(.unix)
      try await copyAny(error.residue, other.endpoint)
      try await copyAny(source, other.endpoint)
      let isCompleted = try await other.received() == Array(original[report.delivered...])
      #expect(isCompleted, "residue and rest complete the original")
      source.close()
      sink.close()
      return error
    }
  }

  private func copyAny(_ source: some ByteSource, _ sink: some ByteSink) async throws {
    try await Millrace.copy(from: source, to: sink)
  }
}

/// Something that had to be there for the test to go on.
struct Missing: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
