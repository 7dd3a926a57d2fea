import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// A route that the kernel refuses.
struct RefusalCase: Sendable, CustomTestStringConvertible {
  var lane: Lane
  var call: SystemCall
  /// Whose descriptor the refused call is on.
  var onSink: Bool
  var errno: Errno
  var moment: Moment

  var testDescription: String { "\(lane): \(call.name) says \(errno) \(moment)\(onSink ? ", sink" : ", source")" }

  static let all: [RefusalCase] =
    expand(
      Lane(.file, .tcp, by: .sendfile), .sendfile, onSink: true,
      [.invalidArgument, .noFunction, .notSupported, .overflow, .illegalSeek, .noMemory, .badFileDescriptor, .ioError])
    + expand(Lane(.file, .unix, by: .sendfile), .sendfile, onSink: true, [.invalidArgument, .ioError])
    + expand(
      Lane(.file, .file, by: .copyFileRange), .copyFileRange, onSink: true,
      [
        .improperLink, .invalidArgument, .noFunction, .notSupportedOnSocket, .notPermitted, .textFileBusy, .overflow,
        .badFileDescriptor, .isDirectory, .noMemory, .ioError,
      ])
    + expand(Lane(.file, .pipe, by: .splice), .splice, onSink: false, oneEnd)
    + expand(Lane(.unix, .pipe, by: .splice), .splice, onSink: false, oneEnd)
    + expand(Lane(.pipe, .tcp, by: .splice), .splice, onSink: true, oneEnd)
    + expand(Lane(.pipe, .file, by: .splice), .splice, onSink: true, oneEnd)
    + expand(Lane(.pipe, .pipe, by: .splice), .splice, onSink: false, [.invalidArgument])
    + expand(spliced, .splice, onSink: false, oneEnd)
    + expand(spliced, .splice, onSink: true, oneEnd)
    + expand(Lane(.tcp, .file, by: .pipedSplice), .splice, onSink: false, oneEnd)
    + expand(Lane(.tcp, .file, by: .pipedSplice), .splice, onSink: true, oneEnd)
    + expand(Lane(.tcp, .tcp, by: .pipedSplice), .splice, onSink: false, oneEnd)
    + expand(Lane(.tcp, .tcp, by: .pipedSplice), .splice, onSink: true, oneEnd)
    + expand(Lane(.unix, .file, by: .pipedSplice), .splice, onSink: true, [.invalidArgument])

  /// File to file, where copy_file_range is not for it.
  private static let spliced = Lane(.file, .file, by: .pipedSplice, choice: .without([.copyFileRange]))

  /// splice(2), ERRORS.
  private static let oneEnd: [Errno] = [
    .invalidArgument, .noFunction, .notSupportedOnSocket, .illegalSeek, .noMemory, .badFileDescriptor,
  ]

  private static func expand(_ lane: Lane, _ call: SystemCall, onSink: Bool, _ errnos: [Errno]) -> [RefusalCase] {
    errnos.flatMap { errno in
      Moment.allCases.map { RefusalCase(lane: lane, call: call, onSink: onSink, errno: errno, moment: $0) }
    }
  }
}

@Suite("A route that the kernel refuses", .serialized)
struct RouteRefusalTests {
  @Test("goes on by the next one with every byte, and the report has the reason", arguments: RefusalCase.all)
  func goesOn(_ refusal: RefusalCase) async throws {
    let outcome = try await Rig.copy(over: refusal.lane, at: refusal.moment) { source, sink in
      [.init(refusal.call, on: refusal.onSink ? sink : source, .error(refusal.errno), times: nil)]
    }

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil, "\(String(describing: outcome.error))")
    #expect(outcome.received.count == outcome.original.count)
    #expect(outcome.struck > 0, "the fault was never met, so nothing is proven")
    let reason = outcome.report.declined.first { $0.route == refusal.lane.route }?.reason ?? ""
    #expect(reason.contains("\(refusal.errno)") && reason.contains(refusal.call.name), "\(outcome.report.declined)")
    if refusal.moment != .beforeTheFirstByte {
      #expect((outcome.report.bytesByRoute[refusal.lane.route] ?? 0) > 0 || refusal.lane.isAdaptive)
    }
    #expect(outcome.report.bytesByRoute.contains { $0.key != refusal.lane.route && $0.value > 0 })
  }

  @Test(
    "is an error when it was the only one asked for",
    arguments: [
      Lane(.file, .tcp, by: .sendfile, choice: .only(.sendfile)),
      Lane(.pipe, .tcp, by: .splice, choice: .only(.splice)),
      Lane(.tcp, .tcp, by: .pipedSplice, choice: .only(.pipedSplice)),
    ])
  func isAnErrorAlone(_ lane: Lane) async throws {
    let outcome = try await Rig.copy(over: lane, at: .afterTheFirst) { _, sink in
      [.init(lane.route == .sendfile ? .sendfile : .splice, on: sink, .error(.invalidArgument), times: nil)]
    }

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    guard case .routeUnavailable(lane.route, let reason) = error.cause else {
      Issue.record("\(error)")
      return
    }
    #expect(reason.contains("\(Errno.invalidArgument)"))
    #expect(error.report.delivered > 0)
  }
}
