import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// A side that really fails.
struct FailureCase: Sendable, CustomTestStringConvertible {
  var lane: Lane
  var call: SystemCall
  var side: CopyError.Side
  var errno: Errno
  var moment: Moment

  var testDescription: String { "\(lane): \(call.name) of the \(side.rawValue) says \(errno) \(moment)" }

  static let byKernel: [FailureCase] =
    expand(Lane(.file, .tcp, by: .sendfile), .sendfile, .sink, gonePeer + [.networkDown, .noRouteToHost])
    + expand(Lane(.file, .unix, by: .sendfile), .sendfile, .sink, [.brokenPipe])
    + expand(
      Lane(.file, .file, by: .copyFileRange), .copyFileRange, .sink, [.noSpace, .diskQuotaExceeded, .fileTooLarge])
    + expand(Lane(.file, .pipe, by: .splice), .splice, .sink, [.brokenPipe])
    + expand(Lane(.file, .pipe, by: .splice), .splice, .source, [.ioError])
    + expand(Lane(.unix, .pipe, by: .splice), .splice, .source, [.connectionReset, .ioError])
    + expand(Lane(.unix, .pipe, by: .splice), .splice, .sink, [.brokenPipe])
    + expand(Lane(.pipe, .tcp, by: .splice), .splice, .sink, gonePeer)
    + expand(Lane(.pipe, .file, by: .splice), .splice, .sink, fullDisk)
    + expand(Lane(.pipe, .pipe, by: .splice), .splice, .sink, [.brokenPipe])
    + expand(spliced, .splice, .source, [.ioError])
    + expand(spliced, .splice, .sink, fullDisk)
    + expand(Lane(.tcp, .file, by: .pipedSplice), .splice, .source, gonePeer)
    + expand(Lane(.tcp, .file, by: .pipedSplice), .splice, .sink, fullDisk)
    + expand(Lane(.tcp, .tcp, by: .pipedSplice), .splice, .source, gonePeer)
    + expand(Lane(.tcp, .tcp, by: .pipedSplice), .splice, .sink, gonePeer)
    + expand(Lane(.tcp, .tcp, by: .pipedSplice, choice: .only(.pipedSplice)), .splice, .source, [.connectionReset])
    + expand(Lane(.unix, .unix, by: .pipedSplice, choice: .only(.pipedSplice)), .splice, .sink, [.brokenPipe])

  static let buffered: [FailureCase] =
    expand(forced(.tcp, .tcp), .recv, .source, gonePeer + [.noMemory, .socketNotConnected])
    + expand(forced(.tcp, .tcp), .send, .sink, gonePeer + [.noBufferSpace, .noMemory])
    + expand(forced(.unix, .file), .recv, .source, [.connectionReset])
    + expand(forced(.unix, .file), .pwrite, .sink, fullDisk + [.notPermitted])
    + expand(forced(.file, .file), .pread, .source, [.ioError, .isDirectory, .staleNFSFileHandle])
    + expand(forced(.file, .file), .pwrite, .sink, fullDisk)
    + expand(forced(.file, .unix), .pread, .source, [.ioError])
    + expand(forced(.file, .appending), .write, .sink, fullDisk)
    + expand(forced(.pipe, .pipe), .read, .source, [.ioError])
    + expand(forced(.pipe, .pipe), .write, .sink, [.brokenPipe])

  private static let gonePeer: [Errno] = [.connectionReset, .timedOut, .brokenPipe]
  private static let fullDisk: [Errno] = [.noSpace, .diskQuotaExceeded, .fileTooLarge, .ioError]

  /// File to file, where copy_file_range is not for it.
  private static let spliced = Lane(.file, .file, by: .pipedSplice, choice: .without([.copyFileRange]))

  private static func forced(_ source: EndRole, _ sink: EndRole) -> Lane {
    Lane(source, sink, by: .buffered, choice: .only(.buffered))
  }

  private static func expand(
    _ lane: Lane, _ call: SystemCall, _ side: CopyError.Side, _ errnos: [Errno]
  ) -> [FailureCase] {
    errnos.flatMap { errno in
      Moment.allCases.map { FailureCase(lane: lane, call: call, side: side, errno: errno, moment: $0) }
    }
  }
}

@Suite("A side that fails", .serialized)
struct SideFailureTests {
  @Test("is named with its call and errno, and no byte is lost: kernel routes", arguments: FailureCase.byKernel)
  func kernelRoute(_ failure: FailureCase) async throws { try await expectNamed(failure) }

  @Test("is named with its call and errno, and no byte is lost: buffered", arguments: FailureCase.buffered)
  func buffered(_ failure: FailureCase) async throws { try await expectNamed(failure) }

  private func expectNamed(_ failure: FailureCase) async throws {
    let outcome = try await Rig.copy(over: failure.lane, at: failure.moment) { source, sink in
      [.init(failure.call, on: failure.side == .sink ? sink : source, .error(failure.errno))]
    }

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error, "the fault struck \(outcome.struck) times")
    #expect(error.side == failure.side)
    guard case .call(let call, let errno) = error.cause else {
      Issue.record("\(error)")
      return
    }
    #expect(call == failure.call.name)
    #expect(errno == failure.errno)
    #expect(error.report.end == .failed)
    switch failure.moment {
    case .beforeTheFirstByte: #expect(error.report.delivered == 0 || failure.lane.isAdaptive)
    case .afterTheFirst, .nearTheEnd: #expect(error.report.delivered > 0)
    }
    if error.side == .source { #expect(error.residue.count == 0, "what was taken before a source fails is delivered") }
  }

  /// given a call between two files that says what a network says; when the source cannot be read by itself either; then
  /// it is the source that failed, and otherwise the sink.
  @Test(
    "is asked by itself when a network is at fault, which either side may have",
    arguments: [Errno.timedOut, .hostIsDown, .noRouteToHost, .networkDown], [CopyError.Side.source, .sink])
  func network(_ errno: Errno, _ side: CopyError.Side) async throws {
    let lane = Lane(.file, .file, by: .copyFileRange)
    let outcome = try await Rig.copy(over: lane, at: .afterTheFirst) { source, _ in
      [SystemCall.copyFileRange, .pread].prefix(side == .source ? 2 : 1).map {
        .init($0, on: source, .error(errno), times: nil)
      }
    }

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    #expect(error.side == side)
    guard case .call(side == .source ? "pread" : "copy_file_range", errno) = error.cause else {
      throw Missing("\(error)")
    }
  }

  @Test(
    "is found by the buffered route when the kernel route cannot tell which side it was",
    arguments: [
      (Lane(.file, .tcp, by: .sendfile), SystemCall.sendfile),
      (Lane(.file, .file, by: .copyFileRange), .copyFileRange),
    ])
  func ambiguousErrno(_ lane: Lane, _ call: SystemCall) async throws {
    let outcome = try await Rig.copy(over: lane, at: .afterTheFirst) { source, _ in
      [call, .splice, .pread].map { .init($0, on: source, .error(.ioError), times: nil) }
    }

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    #expect(error.side == .source)
    #expect(error.errno == .ioError)
    #expect(error.report.declined.contains { $0.route == lane.route })
  }
}
