import LinuxCalls
import Millrace

/// A connection to one upstream that has been begun. Confined to its reactor. The upstream counts it from here on; whoever
/// has it says when that is over.
final class UpstreamAttempt: @unchecked Sendable {
  let upstream: Upstream
  let began = Linux.now
  private let options: ConnectionOptions
  private var stage: Stage

  private enum Stage {
    case connected(Connection)
    case underWay(Connection)
    /// A Unix socket's backlog is full: the connection is not on its way at all.
    case notBegun
    case failed(EndpointError)
  }

  /// Begins to connect to the upstream whose turn it is; nil when none is up.
  init?(for client: UInt64?, besides failed: [Upstream], _ worker: RelayWorker) {
    guard let upstream = worker.pool.choose(for: client ?? 0, at: began, besides: failed) else { return nil }
    self.upstream = upstream
    options = worker.connectionOptions
    upstream.begin()
    do throws(EndpointError) {
      let connection = try Connection.begin(to: upstream.address, options: options)
      stage = try connection.hasPeer(at: upstream.address) ? .connected(connection) : .underWay(connection)
    } catch {
      let isFull = upstream.address.path != nil && error.errno == .resourceTemporarilyUnavailable
      stage = isFull ? .notBegun : .failed(error)
    }
  }

  /// Nil until the upstream has taken it.
  var connection: Connection? {
    if case .connected(let connection) = stage { connection } else { nil }
  }

  var isConnected: Bool { connection != nil }

  /// Waits until the upstream has taken it; throws what it said where it did not.
  func finish(within timeout: Duration) async throws(EndpointError) {
    switch stage {
    case .connected: return
    case .failed(let error): throw error
    case .underWay(let connection):
      try await connection.finishConnecting(to: upstream.address, timeout: timeout)
      stage = .connected(connection)
    case .notBegun:
      stage = .connected(try await Connection.connect(to: upstream.address, timeout: timeout, options: options))
    }
  }
}
