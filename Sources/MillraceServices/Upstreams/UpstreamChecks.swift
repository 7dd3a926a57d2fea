import Millrace
import Reactors

/// Connects to every upstream now and then, so that one that is gone is known before a client finds out.
///
/// A check is a connection that is closed as soon as it stands; nothing is sent.
struct UpstreamChecks: Sendable {
  /// From the start of a round to that of the next, which waits for the last answer of the round before.
  let interval: Duration
  /// How long connecting may take.
  let timeout: Duration
  let policy: UpstreamHealth.CheckPolicy

  /// Checks on their way at once: a name may stand for thousands of addresses, and each check takes a descriptor.
  private static let mostAtOnce = 64

  /// Checks until its task is cancelled, on `reactor`.
  func run(_ pool: UpstreamPool, on reactor: Reactor) async {
    let clock = ContinuousClock()
    var next = clock.now
    repeat {
      await round(pool, on: reactor)
      next = max(next + interval, clock.now)
    } while (try? await clock.sleep(until: next)) != nil
  }

  private func round(_ pool: UpstreamPool, on reactor: Reactor) async {
    await withTaskGroup(of: Void.self) { group in
      for (number, upstream) in pool.all.enumerated() {
        if number >= Self.mostAtOnce { await group.next() }
        group.addTask(executorPreference: reactor) { await check(upstream, pool) }
      }
    }
  }

  private func check(_ upstream: Upstream, _ pool: UpstreamPool) async {
    do throws(EndpointError) {
      let connection = try await Connection.connect(to: upstream.address, timeout: timeout)
      connection.close()
      pool.noteCheck(of: upstream, nil, policy)
    } catch {
      // The end of the relay says nothing of the upstream, and neither does a lack of descriptors here.
      if !Task.isCancelled, !error.isLocalShortage { pool.noteCheck(of: upstream, error, policy) }
    }
  }
}
