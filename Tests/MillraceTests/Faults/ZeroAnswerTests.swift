import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A call that answers zero", .serialized)
struct ZeroAnswerTests {
  private static let onSource = CallOnLane.all.filter { !$0.onSink && $0.lane.source != .file }
  private static let onSink = CallOnLane.all.filter { $0.onSink && $0.call != .sendfile && $0.call != .copyFileRange }

  @Test("is the end of a stream", arguments: onSource)
  func endOfStream(_ place: CallOnLane) async throws {
    let outcome = try await Rig.copy(over: place.lane, at: .afterTheFirst) { source, _ in
      [.init(place.call, on: source, .zero)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.report.end == .sourceEnded)
    #expect(outcome.struck == 1)
  }

  @Test(
    "is no end at the start of a file: those in /proc say so",
    arguments: [
      (Lane(.file, .tcp, by: .sendfile), SystemCall.sendfile),
      (Lane(.file, .file, by: .copyFileRange), .copyFileRange),
      (Lane(.file, .pipe, by: .splice), .splice),
    ])
  func startOfFile(_ lane: Lane, _ call: SystemCall) async throws {
    let outcome = try await Rig.copy(over: lane) { source, _ in [.init(call, on: source, .zero)] }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.received.count == outcome.original.count)
    #expect(outcome.report.declined.contains { $0.route == lane.route })
  }

  @Test("fails a sink that would be asked for ever", arguments: onSink)
  func sinkThatTakesNothing(_ place: CallOnLane) async throws {
    let outcome = try await Rig.copy(over: place.lane, at: .afterTheFirst) { _, sink in
      [.init(place.call, on: sink, .zero, times: 1000)]
    }

    outcome.expectEveryByteAccountedFor()
    // Straight between a pipe and a sink, zero is what the end of the pipe says: nothing is in between to be lost.
    if place.lane.route == .splice {
      #expect(outcome.error == nil)
    } else {
      let error = try #require(outcome.error)
      #expect(error.side == .sink)
      #expect(error.errno == .ioError)
      #expect(error.residue.count > 0)
    }
    #expect(outcome.struck == 1)
  }
}
