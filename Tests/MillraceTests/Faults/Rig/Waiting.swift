import LinuxCalls
import Reactors

extension Rig {
  /// Returns once a copy from `source` waits although the source has bytes: it waits for its sink.
  static func untilSinkStalls(from source: Int32, on reactor: Reactor) async throws {
    while true {
      await untilWaiting(on: reactor)
      let has = try Linux.readableBytes(in: source)
      // Between two readings the reactor has looked for events: it would have gone on if it waited for these bytes.
      let still = await reactor.metrics().tasks.waiting
      if has > 0, still > 0 { return }
    }
  }

  /// Returns once `source` has `count` bytes to read.
  static func untilReadable(_ count: Int, in source: Int32) async throws {
    while try Linux.readableBytes(in: source) < count { await Task.yield() }
  }
}
