import LinuxCalls
import Millrace
import Testing

/// A call that every lane makes, with the lane.
struct CallOnLane: Sendable, CustomTestStringConvertible {
  var lane: Lane
  var call: SystemCall
  var onSink: Bool
  var testDescription: String { "\(lane): \(call.name)\(onSink ? ", sink" : ", source")" }

  static let all: [CallOnLane] = [
    .init(lane: Lane(.file, .tcp, by: .sendfile), call: .sendfile, onSink: true),
    .init(lane: Lane(.file, .file, by: .copyFileRange), call: .copyFileRange, onSink: true),
    .init(lane: Lane(.file, .pipe, by: .splice), call: .splice, onSink: true),
    .init(lane: Lane(.pipe, .file, by: .splice), call: .splice, onSink: true),
    .init(lane: Lane(.pipe, .pipe, by: .splice), call: .splice, onSink: false),
    .init(lane: Lane(.tcp, .pipe, by: .splice), call: .splice, onSink: false),
    .init(lane: Lane(.pipe, .unix, by: .splice), call: .splice, onSink: true),
    .init(lane: Lane(.file, .file, by: .pipedSplice, choice: .only(.pipedSplice)), call: .splice, onSink: false),
    .init(lane: Lane(.file, .file, by: .pipedSplice, choice: .only(.pipedSplice)), call: .splice, onSink: true),
    .init(lane: Lane(.tcp, .file, by: .pipedSplice), call: .splice, onSink: false),
    .init(lane: Lane(.tcp, .file, by: .pipedSplice), call: .splice, onSink: true),
    .init(lane: Lane(.unix, .tcp, by: .pipedSplice, choice: .only(.pipedSplice)), call: .splice, onSink: false),
    .init(lane: Lane(.unix, .tcp, by: .pipedSplice, choice: .only(.pipedSplice)), call: .splice, onSink: true),
    .init(lane: Lane(.tcp, .unix, by: .buffered, choice: .only(.buffered)), call: .recv, onSink: false),
    .init(lane: Lane(.tcp, .unix, by: .buffered, choice: .only(.buffered)), call: .send, onSink: true),
    .init(lane: Lane(.file, .file, by: .buffered, choice: .only(.buffered)), call: .pread, onSink: false),
    .init(lane: Lane(.file, .file, by: .buffered, choice: .only(.buffered)), call: .pwrite, onSink: true),
    .init(lane: Lane(.pipe, .pipe, by: .buffered, choice: .only(.buffered)), call: .read, onSink: false),
    .init(lane: Lane(.pipe, .appending, by: .buffered), call: .write, onSink: true),
  ]

  func on(_ source: Int32, _ sink: Int32) -> Int32 { onSink ? sink : source }
}

@Suite("A call that does less than it was asked for", .serialized)
struct PartialCallTests {
  @Test("is made again when a signal interrupted it, which nobody sees but the counters", arguments: CallOnLane.all)
  func interrupted(_ place: CallOnLane) async throws {
    let outcome = try await Rig.copy(over: place.lane) { source, sink in
      [.init(place.call, on: place.on(source, sink), .error(.interrupted), times: 50)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.received.count == outcome.original.count)
    #expect(outcome.struck == 50)
    #expect(outcome.report.mainRoute == place.lane.route)
    #expect((outcome.report.systemCalls[place.call.name] ?? 0) > 50, "each try counts")
  }

  /// Not recv: a stream socket that gives less than asked is empty, and nothing is lost by believing it (epoll(7)).
  @Test(
    "goes on where it stopped when the kernel moved few bytes",
    arguments: CallOnLane.all.filter { $0.call != .recv }, [1, 4095])
  func short(_ place: CallOnLane, _ most: Int) async throws {
    let outcome = try await Rig.copy(over: place.lane) { source, sink in
      [.init(place.call, on: place.on(source, sink), .short(most), times: 100)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.received.count == outcome.original.count)
    #expect(outcome.struck == 100)
    #expect(outcome.report.mainRoute == place.lane.route)
  }

  @Test("waits for readiness when it is told to at first", arguments: CallOnLane.all.filter { $0.lane.canWait($0) })
  func wouldBlock(_ place: CallOnLane) async throws {
    let outcome = try await Rig.copy(over: place.lane) { source, sink in
      [.init(place.call, on: place.on(source, sink), .error(.wouldBlock))]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.received.count == outcome.original.count)
    #expect(outcome.struck == 1)
    // EAGAIN from a call between two ends does not say whose it is: both are asked, and neither has to be waited for.
    let asksBoth = outcome.report.mainRoute == .splice || outcome.report.mainRoute == .sendfile
    #expect(outcome.report.waits.source + outcome.report.waits.sink > 0 || asksBoth)
  }
}

extension Lane {
  /// Whether the side of the call is one that can say "not now".
  fileprivate func canWait(_ place: CallOnLane) -> Bool {
    let role = place.onSink ? sink : source
    return role != .file && role != .appending
  }
}
