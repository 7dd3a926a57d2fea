import LinuxCalls
import Millrace
import Reactors

/// A second place that gets a copy of what clients send. Shared by all reactors.
///
/// It holds up nobody: its connections are begun and not waited for, what it does not take at once waits in a pipe or in
/// memory, 1 MiB at most, and one that has its backlog full is let go. What it answers is read and thrown away.
final class Mirror: Sendable {
  let pool: UpstreamPool
  private let options: ConnectionOptions

  /// - Parameter pool: with the mirror's address alone. One that cannot be connected to is left out for a while, as
  ///   upstreams are.
  init(_ pool: UpstreamPool, _ options: ConnectionOptions) {
    self.pool = pool
    self.options = options
  }

  func resolve() async -> [EndpointError] { await pool.resolve() }

  /// Nil while it is left out.
  func begin(
    on reactor: Reactor, lingers: @escaping (MirrorLink) -> Void, over: @escaping (MirrorLink) -> Void
  ) -> MirrorLink? {
    guard let upstream = pool.choose(for: 0, at: Linux.now, besides: []) else { return nil }
    do throws(EndpointError) {
      return MirrorLink(
        try Connection.begin(to: upstream.address, options: options), upstream, on: reactor, lingers: lingers,
        over: over)
    } catch {
      pool.noteFailure(of: upstream, error)
      return nil
    }
  }

  /// What became of a link says whether the mirror is there.
  func note(_ outcome: MirrorOutcome, of link: MirrorLink) {
    if outcome.delivered > 0 {
      pool.noteSuccess(of: link.upstream)
    } else if let reason = outcome.reason {
      pool.noteFailure(of: link.upstream, EndpointError("mirror to", "\(link.upstream.address)", reason: reason))
    }
  }
}
