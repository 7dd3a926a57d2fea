import LinuxCalls
import Millrace
import Synchronization

/// How fast bodies go, in either direction: each connection's, each client's, and all together. Shared by all reactors.
final class HTTPRates: Sendable {
  private let perConnection: Int?
  private let perClient: Int?
  private let all: RateLimit?
  private let clients = Guarded<[UInt64: (limit: RateLimit, connections: Int)]>([:])

  /// Nil where nothing is limited. In bytes a second.
  init?(perConnection: Int?, perClient: Int?, all: Int?) {
    if perConnection == nil, perClient == nil, all == nil { return nil }
    self.perConnection = perConnection
    self.perClient = perClient
    self.all = all.map(RateLimit.init(bytesPerSecond:))
  }

  /// What a connection keeps to; `leave` ends that.
  ///
  /// - Parameter client: nil for one over a Unix socket, which has no address.
  func enter(_ client: UInt64?) -> [RateLimit] {
    var limits: [RateLimit] = []
    if let perConnection { limits.append(RateLimit(bytesPerSecond: perConnection)) }
    if let client, let perClient {
      limits.append(
        clients.withLock { clients in
          let entry = clients[client] ?? (RateLimit(bytesPerSecond: perClient), 0)
          clients[client] = (entry.limit, entry.connections + 1)
          return entry.limit
        })
    }
    if let all { limits.append(all) }
    return limits
  }

  func leave(_ client: UInt64?) {
    guard let client, perClient != nil else { return }
    clients.withLock { clients in
      guard let entry = clients[client] else { return }
      clients[client] = entry.connections > 1 ? (entry.limit, entry.connections - 1) : nil
    }
  }
}
