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
    let running = try Running(["copy", "--rate", "64K", "a", "b"], in: place)
    #expect(try await running.wait { place.names.contains { $0.hasPrefix(".b.millrace-") } })
    running.send(signal)
    let result = await running.result()
    #expect(running.process.terminationReason == .exit && result.status == 128 + signal)
    #expect(result.errors.contains("a → b: "))
    #expect(place.names == ["a"])
  }

  @Test("the old file is as it was, and --json says what happened")
  func oldFile() async throws {
    try place.write("b", Data("old".utf8))
    let running = try Running(["copy", "--force", "--json", "--rate", "64K", "a", "b"], in: place)
    #expect(try await running.wait { place.names.count == 3 })
    running.send(SIGINT)
    let report = try await running.result().report()
    #expect(report["exitStatus"] as? Int == 130)
    #expect(report["failure"] as? String == "interrupted")
    #expect(try place.read("b") == Data("old".utf8))
    #expect(place.names == ["a", "b"])
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
