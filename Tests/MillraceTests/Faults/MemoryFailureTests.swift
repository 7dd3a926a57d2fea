import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("Bytes in memory whose sink fails", .serialized)
struct MemoryFailureTests {
  /// A call that bytes in memory leave by.
  struct Way: Sendable, CustomTestStringConvertible {
    var sink: EndRole
    var call: SystemCall
    var errnos: [Errno]
    var testDescription: String { "memory → \(sink) by \(call.name)" }
  }

  static let ways = [
    Way(sink: .tcp, call: .send, errnos: [.connectionReset, .brokenPipe, .timedOut, .noBufferSpace, .noMemory]),
    Way(sink: .unix, call: .send, errnos: [.brokenPipe]),
    Way(sink: .pipe, call: .write, errnos: [.brokenPipe]),
    Way(sink: .file, call: .pwrite, errnos: [.noSpace, .diskQuotaExceeded, .fileTooLarge, .ioError, .notPermitted]),
    Way(sink: .appending, call: .write, errnos: [.noSpace, .ioError]),
  ]

  /// Copies more than two turns from memory, with a fault lying in wait at the sink.
  private func copy(
    _ way: Way, at moment: Moment, _ effect: FaultEffect, times: Int? = 1
  ) async throws -> Outcome {
    try await Rig.onReactor { _ in
      let lane = Lane(.file, way.sink, by: .memory)
      let original = Pattern.bytes(lane.payload)
      let sink = try WatchedSink(way.sink)
      let ambush = Ambush(
        .init(way.call, on: sink.fd, effect, times: times),
        after: moment.bytes(of: lane.payload, stride: lane.stride))
      let options = CopyOptions(progress: { ambush.progress($0) })
      let result = await Rig.attempt(Bytes(original), sink.endpoint, options)
      return Outcome(
        original: original, result: result, received: try await sink.received(), rest: [], struck: ambush.lift())
    }
  }

  @Test("are given back to the byte, and the call is named with its errno", arguments: ways, Moment.allCases)
  func failing(_ way: Way, _ moment: Moment) async throws {
    for errno in way.errnos {
      let outcome = try await copy(way, at: moment, .error(errno))

      outcome.expectEveryByteAccountedFor()
      let error = try #require(outcome.error, "\(errno) struck \(outcome.struck) times")
      guard case .call(way.call.name, errno) = error.cause else { throw Missing("\(error)") }
      #expect(error.side == .sink)
      #expect(error.report.delivered + error.residue.count == outcome.original.count)
      #expect((error.report.delivered > 0) == (moment != .beforeTheFirstByte))
    }
  }

  @Test("go on where a signal interrupted the call, or where it took few", arguments: ways)
  func partial(_ way: Way) async throws {
    for effect in [FaultEffect.error(.interrupted), .short(1), .short(4095)] {
      let outcome = try await copy(way, at: .beforeTheFirstByte, effect, times: 50)

      outcome.expectEveryByteAccountedFor()
      #expect(outcome.error == nil)
      #expect(outcome.struck == 50)
      #expect(outcome.report.bytesByRoute == [.memory: outcome.original.count])
    }
  }
}
