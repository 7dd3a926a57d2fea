import LinuxCalls
import Reactors

// Events that are asked for again and again: no guess of how long they take, and no test that hangs when they never come.
extension Rig {
  /// Returns once `count` operations wait on the reactor.
  static func untilWaiting(_ count: Int = 1, on reactor: Reactor) async throws {
    try await until("\(count) operations wait") { await reactor.metrics().tasks.waiting >= count }
  }

  /// Returns once a copy from `source` waits although the source has bytes: it waits for its sink.
  static func untilSinkStalls(from source: Int32, on reactor: Reactor) async throws {
    try await until("the sink stalls") {
      guard await reactor.metrics().tasks.waiting > 0, try Linux.readableBytes(in: source) > 0 else { return false }
      // Between two readings the reactor has looked for events: it would have gone on if it waited for these bytes.
      return await reactor.metrics().tasks.waiting > 0
    }
  }

  /// Returns once `source` has `count` bytes to read.
  static func untilReadable(_ count: Int, in source: Int32) async throws {
    try await until("\(count) bytes are there") { try Linux.readableBytes(in: source) >= count }
  }

  /// Returns once all that was in `source` is taken.
  static func untilTaken(from source: Int32) async throws {
    try await until("the source is empty") { try Linux.readableBytes(in: source) == 0 }
  }

  /// Returns once `condition` holds; gives up after 20 s.
  static func until(_ name: String, _ condition: () async throws -> Bool) async throws {
    let giveUp = ContinuousClock.now + .seconds(20)
    while try await !condition() {
      if .now > giveUp { throw Missing("it never came to pass that \(name)") }
      await Task.yield()
    }
  }
}
