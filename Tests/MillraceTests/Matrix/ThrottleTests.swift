import LinuxCalls
import Millrace
import Synchronization
import Testing

@Suite("A throttled copy")
struct ThrottleTests {
  static let lanes = [
    Lane(.file, .tcp, by: .sendfile), Lane(.file, .file, by: .copyFileRange), Lane(.tcp, .file, by: .pipedSplice),
    Lane(.unix, .unix, by: .buffered), Lane(.pipe, .tcp, by: .splice),
  ]

  /// given a rate, and more bytes than it lets through at once; when they are copied; then the copy waits for its turn, by
  /// the route it would take without, and at no moment has more gone than the rate and one burst allow.
  @Test("waits, and is never ahead of its rate", arguments: lanes)
  func rate(_ lane: Lane) async throws {
    let bytes = Pattern.bytes(60_000)
    let rate = 60_000
    // Two fiftieths of a second: what may gather while the copy waits for something else.
    let burst = rate / 25
    try await Rig.onReactor { _ in
      let source = try FedSource(lane.source, bytes)
      let sink = try WatchedSink(lane.sink)
      let steps = Guarded<[CopyProgress]>([])
      let options = CopyOptions(progress: { step in steps.withLock { $0.append(step) } })
      func copyThrottled(_ source: some ByteSource) async throws -> CopyReport {
        try await Rig.attempt(source.throttled(to: rate), sink.endpoint, options).get()
      }

      let report = try await copyThrottled(source.endpoint)

      #expect(report.bytesByRoute == [lane.route: bytes.count])
      #expect(report.waits.throttle > 0)
      for step in steps.withLock({ $0 }) {
        let allowed = burst + Int(Double(rate) * (step.elapsed / .seconds(1)))
        #expect(step.delivered <= allowed, "\(step.delivered) of \(allowed) after \(step.elapsed)")
      }
      #expect(try await sink.received() == bytes)
      _ = try await source.rest()
    }
  }
}
