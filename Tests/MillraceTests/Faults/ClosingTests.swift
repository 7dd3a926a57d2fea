import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("An endpoint that is closed by another task during a copy", .serialized)
struct ClosingTests {
  enum Which: CaseIterable, Sendable { case source, sink }
  enum Waiting: CaseIterable, Sendable { case forSource, forSink }
  /// Where the copy runs: on the reactor where the endpoints live, or on another.
  enum Place: CaseIterable, Sendable { case atHome, abroad }

  @Test("ends the copy with that side named, whatever it waits for", arguments: Which.allCases, Waiting.allCases)
  func atHome(_ which: Which, _ waiting: Waiting) async throws { try await close(which, waiting, .atHome) }

  @Test("ends a copy that runs on another reactor too", arguments: Which.allCases, Waiting.allCases)
  func abroad(_ which: Which, _ waiting: Waiting) async throws { try await close(which, waiting, .abroad) }

  private func close(_ which: Which, _ waiting: Waiting, _ place: Place) async throws {
    try await Rig.onReactor { reactor in
      let (sourceEnd, feeder) = try PlainPair.tcp()
      let (sinkEnd, staller) = try PlainPair.unix(buffer: 4096)
      let ends = {
        (
          try Connection(taking: FileDescriptor(rawValue: sourceEnd)),
          try Connection(taking: FileDescriptor(rawValue: sinkEnd))
        )
      }
      let (source, sink) = place == .atHome ? try ends() : try await Task.detached { try ends() }.value
      let original = Pattern.bytes(2 << 20)
      let copying = reactor.task { await Rig.attempt(source, sink) }
      switch waiting {
      case .forSource: try await Rig.untilWaiting(on: reactor)
      case .forSink:
        feeder.feed(original)
        try await Rig.untilSinkStalls(from: sourceEnd, on: reactor)
      }
      let names = [sourceEnd, sinkEnd].compactMap(Descriptors.name)

      // When one of the two is closed from outside the reactor.
      await Task.detached { which == .source ? source.close() : sink.close() }.value

      // Then the copy ends and says which, and the descriptor is closed only now.
      guard case .failure(let error) = try await copying.value else { throw Missing("the copy went on") }
      #expect(error.side == (which == .source ? .source : .sink))
      guard case .closed = error.cause else { throw Missing("\(error)") }
      let report = error.report
      #expect(report.consumed == report.delivered + error.residue.count)
      #expect(error.residue.array == Array(original[report.delivered..<report.consumed]))
      source.close()
      sink.close()
      #expect(Descriptors.stillOpen(Set(names)).isEmpty)
      withExtendedLifetime(staller) {}
    }
  }

  @Test("keeps its number until the copy has let go of it")
  func numberIsNotReused() async throws {
    try await Rig.onReactor { reactor in
      // Given a copy that is busy on the reactor when its sink is closed.
      let source = try FedSource(.file, Pattern.bytes(4 << 20))
      let (sinkEnd, peer) = try PlainPair.tcp()
      let arrived = peer.drain()
      let sink = try Connection(taking: FileDescriptor(rawValue: sinkEnd))
      let name = try #require(Descriptors.name(of: sinkEnd))
      // When the next bite begins, it is still the same open socket that the number stands for.
      let options = CopyOptions(progress: { _ in
        sink.close()
        #expect(Descriptors.name(of: sinkEnd) == name)
      })

      let result = await Rig.attempt(source.endpoint, sink, options)

      guard case .failure(let error) = result, case .closed = error.cause else { throw Missing("\(result)") }
      #expect(error.side == .sink)
      #expect(Descriptors.stillOpen([name]).isEmpty)
      #expect(try await arrived.value.count == error.report.delivered)
      _ = try await source.rest()
    }
  }

  @Test("ends a copy from a FIFO that was opened as a file")
  func fifo() async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.pipeToEngine()
      let source = File(taking: FileDescriptor(rawValue: end))
      let sink = try WatchedSink(.unix)
      let copying = reactor.task { await Rig.attempt(source, sink.endpoint) }
      try await Rig.untilWaiting(on: reactor)

      source.close()

      guard case .failure(let error) = try await copying.value, case .closed = error.cause else {
        throw Missing("it did not end")
      }
      #expect(error.side == .source)
      withExtendedLifetime(peer) {}
    }
  }

  @Test("cannot be used afterwards, and says so")
  func usedAfterClose() async throws {
    try await Rig.onReactor { _ in
      let (first, second) = try Connection.pair()
      first.close()
      await #expect(throws: EndpointError.self) { try await first.read() }
      let result = await Rig.attempt(first, second)
      guard case .failure(let error) = result, case .closed = error.cause else { throw Missing("\(result)") }
      #expect(error.side == .source)
      #expect(error.description == "the source was closed meanwhile (0 bytes delivered)")
      second.close()
    }
  }
}
