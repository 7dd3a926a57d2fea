import LinuxCalls
import Reactors
import Synchronization

/// Looks at reactors now and then, from a task that is not theirs.
final class ReactorWatch: Sendable {
  private final class Seen: Sendable {
    let all = Guarded<[(time: Int64, metrics: [ReactorMetrics])]>([])
  }

  private let seen = Seen()
  private let looking: Task<Void, Never>

  /// - Parameter interval: in seconds.
  init(_ reactors: Reactors, every interval: Double) {
    looking = Task { [seen] in
      while (try? await Task.sleep(for: .seconds(interval))) != nil {
        let metrics = await reactors.metrics()
        seen.all.withLock { $0.append((Linux.now, metrics)) }
      }
    }
  }

  /// Looks no more. What was seen since that time, at which the reactors were like that.
  func end(since before: [ReactorMetrics], at start: Int64) -> [ReactorSample] {
    looking.cancel()
    return seen.all.withLock { all in
      all.filter { $0.time >= start }
        .map { ReactorSample($0.metrics, since: before, seconds: Double($0.time - start) / 1e9) }
    }
  }
}

extension ReactorSample {
  /// All reactors together.
  fileprivate init(_ now: [ReactorMetrics], since before: [ReactorMetrics], seconds: Double) {
    func sum(_ of: [ReactorMetrics], _ count: (ReactorMetrics) -> Int) -> Int { of.reduce(0) { $0 + count($1) } }
    self.init(
      seconds: seconds, running: sum(now, \.tasks.running), runnable: sum(now, \.tasks.runnable),
      waiting: sum(now, \.tasks.waiting), inBlockingCall: sum(now, \.tasks.inBlockingCall),
      created: sum(now, \.tasks.created) - sum(before, \.tasks.created),
      // Each has its own and those of the pool, which is one.
      threads: now.isEmpty ? 0 : now[0].threads + now.count - 1, pipesLeased: sum(now, \.pipesLeased),
      buffersLeased: sum(now, \.buffersLeased))
  }
}
