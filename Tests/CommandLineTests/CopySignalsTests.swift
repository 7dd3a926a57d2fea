import Foundation
import Glibc
import Testing

@Suite("millrace copy: asked to stop") struct CopySignalsTests {
  let place: Scratch
  init() throws {
    place = try Scratch()
    try place.write("a", noise(1 << 20))
  }

  @Test("the temporary file is gone, the partial report is printed", arguments: [SIGINT, SIGTERM])
  func stopped(_ signal: Int32) async throws {
    let running = try Running(["copy", "--rate", "8K", "a", "b"], in: place)
    #expect(try await running.wait { place.names.contains { $0.hasPrefix(".b.millrace-") } })
    running.send(signal)
    let result = await running.result()
    #expect(running.ending?.isExit == true && result.status == 128 + signal)
    #expect(result.errors.contains("a → b: "))
    #expect(place.names == ["a"])
  }

  @Test("the old file is as it was, and --json says what happened")
  func oldFile() async throws {
    try place.write("b", Data("old".utf8))
    let running = try Running(["copy", "--force", "--json", "--rate", "8K", "a", "b"], in: place)
    #expect(try await running.wait { place.names.count == 3 })
    running.send(SIGINT)
    let report = try await running.result().report()
    #expect(report["exitStatus"] as? Int == 130)
    #expect((report["failure"] as? String)?.hasPrefix("interrupted") == true)
    #expect((report["failure"] as? String)?.hasSuffix("; b is as it was") == true)
    #expect(try place.read("b") == Data("old".utf8))
    #expect(place.names == ["a", "b"])
  }

  /// What makes a copy stop, and the beginning of what it says then.
  static let reasons: [([String], [Int32], String, Int)] = [
    // Not SIGINT, which a shell makes its background ignore.
    ([], [SIGTERM], "asked to end", 143), ([], [SIGTERM, SIGHUP], "asked to end", 143),
    (["--timeout", "2"], [], "not done within the time limit of 2.0 s", 1),
  ]

  @Test(
    "a flush that does not come back keeps neither the process nor the report, and the old file stays",
    .enabled("needs strace and the right to trace", { Injected.isPossible }), arguments: reasons, [true, false])
  func stuck(_ stop: (options: [String], signals: [Int32], reason: String, status: Int), json: Bool) async throws {
    try place.write("b", Data("old".utf8))
    let trace = place.captured("trace")
    // Longer than the copy is given to end by itself. strace holds on to the process for that long.
    let running = try Running(
      ["copy", "--force", "--fsync"] + (json ? ["--json"] : []) + stop.options + ["a", "b"],
      through: Injected.command("fsync:delay_enter=8s", then: stop.signals, trace: trace), in: place)
    let result = await running.result()
    #expect(Int(result.status) == stop.status)
    let sentence = "\(stop.reason) while b was flushed to disk; b is as it was"
    #expect(result.errors.contains("millrace: \(sentence)\n"))
    if json {
      let report = try result.report()
      #expect(report["failure"] as? String == sentence)
      #expect(report["exitStatus"] as? Int == stop.status)
      #expect(report["deliveredAtLeast"] as? Int == 1 << 20)
      #expect(report["sourceKind"] as? String == "file")
    } else {
      #expect(result.errors.contains("a → b: at least 1.0 MiB by "))
    }
    #expect(try place.read("b") == Data("old".utf8))
    #expect(place.names == ["a", "b"])
  }

  @Test(
    "a copy that failed for a reason of its own keeps it, though it was asked to stop, too",
    .enabled("needs strace and the right to trace", { Injected.isPossible }))
  func ownReason() async throws {
    let trace = place.captured("trace")
    // A flush that is asked to stop while it is under way, and then fails.
    let running = try Running(
      ["copy", "--fsync", "--json", "a", "b"],
      through: Injected.command("fsync:error=ENOSPC:delay_exit=500ms", then: [SIGTERM], trace: trace), in: place)
    let result = await running.result()
    let report = try result.report()
    #expect(result.status == 1)
    #expect(
      report["failure"] as? String == "cannot flush b to disk: No space left on device; nothing was left behind")
    #expect(report["failureErrno"] as? String == "ENOSPC" && report["failureSide"] as? String == "destination")
  }

  @Test("one that waits for a peer takes its socket along")
  func listening() async throws {
    let running = try Running(["copy", "unix-listen:socket", "b"], in: place)
    #expect(try await running.wait { running.errors.contains("listening") })
    running.send(SIGINT)
    #expect(await running.result().status == 130)
    #expect(place.names == ["a"])
  }
}
