import Reactors
import Testing

extension Reactors {
  /// Looks that what has run on them has left nothing there.
  func expectNothingLeft() async throws {
    for metrics in await metrics() {
      #expect(metrics.pipesLeased == 0, "a pipe is still leased")
      #expect(metrics.buffersLeased == 0, "a buffer is still leased")
      #expect(metrics.timers == 0, "a timer is still set")
      #expect(metrics.tasks.waiting == 0, "someone still waits")
    }
    for reactor in all {
      #expect(try OpenDescriptors.watched(by: reactor) == 1, "a descriptor is left on a reactor, besides its bell")
    }
  }
}
