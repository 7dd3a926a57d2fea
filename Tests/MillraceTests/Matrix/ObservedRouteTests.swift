import Foundation
@testable import Millrace
import Testing

/// What `CopyProbe` prints.
private struct ProbeAnswer: Codable {
  var report: CopyReport
  var isRight: Bool
}

@Suite(
  "Routes seen from outside",
  .enabled(if: Strace.works, "strace is not installed, or the kernel does not let it trace (ptrace is forbidden)"))
struct ObservedRouteTests {
  /// Pages and a bit; more than a pipe or a turn.
  private static let count = 3 * 1024 * 1024 + 17

  /// The calls that move bytes, as strace names them, with the names of the report.
  private static let movers = [
    "sendfile": "sendfile", "splice": "splice", "copy_file_range": "copy_file_range", "recvfrom": "recv",
    "sendto": "send", "tee": "tee",
  ]

  struct Observed: Sendable, CustomTestStringConvertible {
    var source: String
    var sink: String
    var route: Route
    /// The call that moves the bytes, and how often each of them goes through it.
    var call: String
    var passes = 1
    var testDescription: String { "\(source) → \(sink) by \(route)" }
  }

  /// given a process that copies; when strace looks on; then the call of the route moved every byte, no other call did,
  /// and the report counts the same calls.
  @Test(
    "the call of the route moves every byte, and the report counts it",
    arguments: [
      Observed(source: "file", sink: "tcp", route: .sendfile, call: "sendfile"),
      Observed(source: "file", sink: "unix", route: .sendfile, call: "sendfile"),
      Observed(source: "file", sink: "file", route: .copyFileRange, call: "copy_file_range"),
      Observed(source: "file", sink: "file", route: .pipedSplice, call: "splice", passes: 2),
      Observed(source: "file", sink: "pipe", route: .splice, call: "splice"),
      Observed(source: "pipe", sink: "tcp", route: .splice, call: "splice"),
      Observed(source: "pipe", sink: "pipe", route: .splice, call: "splice"),
      Observed(source: "pipe", sink: "file", route: .splice, call: "splice"),
      Observed(source: "unix", sink: "pipe", route: .splice, call: "splice"),
      Observed(source: "tcp", sink: "file", route: .pipedSplice, call: "splice", passes: 2),
      Observed(source: "tcp", sink: "tcp", route: .pipedSplice, call: "splice", passes: 2),
      Observed(source: "unix", sink: "tcp", route: .pipedSplice, call: "splice", passes: 2),
    ])
  func kernelRoute(_ observed: Observed) async throws {
    let (run, answer) = try await trace(observed.source, observed.sink, observed.route.rawValue)
    #expect(answer.isRight)
    #expect(answer.report.bytesByRoute == [observed.route: Self.count])
    #expect(run.sum(observed.call) == observed.passes * Self.count)
    for (name, reported) in Self.movers {
      #expect(
        run.calls(name).count == answer.report.systemCalls[reported] ?? 0,
        "\(name) was called \(run.calls(name).count) times, and the report has \(answer.report.systemCalls)")
      if name != observed.call { #expect(run.sum(name) == 0, "\(name) moved bytes, too") }
    }
  }

  /// given two sockets and nothing asked for; when bulk is copied; then every byte went by recv and send or through the
  /// pipe, as the report says, and most of it through the pipe.
  @Test("between sockets the report divides the bytes as the calls did", arguments: [("tcp", "tcp"), ("unix", "unix")])
  func adaptive(source: String, sink: String) async throws {
    // The first turn may go through the buffer.
    let count = 4 * Transfer.longTurn + Self.count
    let (run, answer) = try await trace(source, sink, "automatic", bytes: count)
    #expect(answer.isRight)
    #expect(run.sum("recvfrom") == answer.report.bytesByRoute[.buffered] ?? 0)
    #expect(run.sum("sendto") == answer.report.bytesByRoute[.buffered] ?? 0)
    let spliced = answer.report.bytesByRoute[.pipedSplice] ?? 0
    #expect(run.sum("splice") == 2 * spliced)
    #expect(spliced > count / 2, "only \(spliced) of \(count) bytes were spliced")
    for (name, reported) in Self.movers {
      #expect(run.calls(name).count == answer.report.systemCalls[reported] ?? 0, "\(name)")
    }
  }

  /// given the buffered route asked for; when it copies between sockets; then no kernel route is called at all.
  @Test("the buffered route makes no call of another")
  func buffered() async throws {
    let (run, answer) = try await trace("unix", "tcp", "buffered")
    #expect(answer.isRight)
    #expect(run.sum("recvfrom") == Self.count)
    #expect(run.sum("sendto") == Self.count)
    #expect(run.calls("splice").isEmpty)
    #expect(run.calls("recvfrom").count == answer.report.systemCalls["recv"])
    #expect(run.calls("sendto").count == answer.report.systemCalls["send"])
  }

  /// given two files; when strace looks on; then their facts were asked of the kernel alone: fstat(2) would have a network
  /// file system write out what is dirty, and a daemon of FUSE's answer.
  @Test("the facts of the ends are asked of the kernel alone")
  func facts() async throws {
    let (run, answer) = try await trace("file", "file", "automatic")
    #expect(answer.isRight)
    let asked = run.calls("statx").filter { $0.arguments.contains("AT_STATX_DONT_SYNC") }
    #expect(answer.report.systemCalls["fstat"] ?? 0 >= 2)
    #expect(asked.count >= answer.report.systemCalls["fstat"] ?? 0)
  }

  /// given a second sink beside the first; when strace looks on; then tee(2) duplicated every byte, and splice moved each
  /// three times: into one pipe, and out of both.
  @Test("a second sink gets every byte by tee", arguments: [("tcp", "unix"), ("file", "unix"), ("unix", "file")])
  func teed(source: String, sink: String) async throws {
    let (run, answer) = try await trace(source, sink, "automatic", "teed")
    #expect(answer.isRight)
    #expect(answer.report.bytesByRoute == [.pipedSplice: Self.count])
    #expect(answer.report.tees == [CopyReport.TeeReport(delivered: Self.count, missed: 0, detached: nil)])
    #expect(run.sum("tee") == Self.count)
    #expect(run.sum("splice") == 3 * Self.count)
    for (name, reported) in Self.movers {
      #expect(run.calls(name).count == answer.report.systemCalls[reported] ?? 0, "\(name)")
      if name != "tee", name != "splice" { #expect(run.sum(name) == 0, "\(name) moved bytes, too") }
    }
  }

  private func trace(_ arguments: String..., bytes: Int = count) async throws -> (Strace.Run, ProbeAnswer) {
    let program = try Probe.path("CopyProbe")
    var command = [program] + arguments
    command.insert("\(bytes)", at: 3)
    let names = Array(Self.movers.keys) + ["statx"]
    let run = try await onThread { [command] in try Strace.run(command, tracing: names) }
    #expect(run.status == 0)
    return (run, try JSONDecoder().decode(ProbeAnswer.self, from: run.output))
  }
}
