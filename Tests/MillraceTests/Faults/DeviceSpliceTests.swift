import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A splice from a pipe to a device", .serialized, .enabled(if: Terminal.isPossible, "there is no /dev/ptmx"))
struct DeviceSpliceTests {
  /// Copies pipe → terminal with a fault lying in wait at the terminal's splice.
  private func copy(
    _ effect: FaultEffect, at moment: Moment = .beforeTheFirstByte, times: Int? = 1, _ choice: RouteChoice = .automatic
  ) async throws -> Outcome {
    try await Rig.onReactor { _ in
      let original = Pattern.bytes(300_000)
      let source = try FedSource(.pipe, original)
      let terminal = try Terminal()
      let file = File(taking: FileDescriptor(rawValue: terminal.slave))
      let shown = terminal.master.drain()
      let ambush = Ambush(
        .init(.splice, on: terminal.slave, effect, times: times), after: moment.bytes(of: original.count, stride: 65536)
      )
      let options = CopyOptions(routes: choice, progress: { ambush.progress($0) })
      let result = await Rig.attempt(source.endpoint, file, options)
      let struck = ambush.lift()
      file.close()
      return Outcome(
        original: original, result: result, received: try await shown.value, rest: try await source.rest(),
        struck: struck)
    }
  }

  @Test("moves everything where nothing is in the way")
  func whole() async throws {
    let outcome = try await copy(.short(1), times: 0)
    outcome.expectEveryByteAccountedFor()
    #expect(outcome.report.bytesByRoute == [.splice: outcome.original.count])
  }

  /// splice(2), ERRORS, and what a device may say that has no splice of its own.
  @Test(
    "goes on by writes where the device refuses", arguments: [Errno.invalidArgument, .noFunction, .noMemory],
    Moment.allCases)
  func refused(_ errno: Errno, _ moment: Moment) async throws {
    let outcome = try await copy(.error(errno), at: moment, times: nil)

    outcome.expectEveryByteAccountedFor()
    #expect(outcome.error == nil)
    #expect(outcome.struck == 1)
    #expect(outcome.report.delivered == outcome.original.count)
    #expect(outcome.report.declined.map(\.reason) == ["splice: \(errno)"])
    #expect((outcome.report.bytesByRoute[.splice] ?? 0 > 0) == (moment != .beforeTheFirstByte))
    #expect(outcome.report.bytesByRoute[.buffered] ?? 0 > 0)
  }

  @Test("that fails is the failure of the device", arguments: [Errno.ioError, .noSpace], Moment.allCases)
  func failing(_ errno: Errno, _ moment: Moment) async throws {
    let outcome = try await copy(.error(errno), at: moment)

    outcome.expectEveryByteAccountedFor()
    let error = try #require(outcome.error)
    guard case .call("splice", errno) = error.cause else { throw Missing("\(error)") }
    #expect(error.side == .sink)
    #expect(error.residue.count == 0)
    #expect((error.report.delivered > 0) == (moment != .beforeTheFirstByte))
  }

  @Test("goes on where a signal interrupted it, or where it moved few bytes")
  func partial() async throws {
    for effect in [FaultEffect.error(.interrupted), .short(1), .short(4095)] {
      let outcome = try await copy(effect, times: 20)

      outcome.expectEveryByteAccountedFor()
      #expect(outcome.error == nil)
      #expect(outcome.struck == 20)
      #expect(outcome.report.bytesByRoute == [.splice: outcome.original.count])
    }
  }
}
