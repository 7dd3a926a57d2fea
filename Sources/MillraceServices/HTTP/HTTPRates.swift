import LinuxCalls
import Millrace
import Synchronization

/// How fast bodies go, in either direction: each connection's, each client's, and all together. Shared by all reactors.
final class HTTPRates: Sendable {
  private let perConnection: Int?
  private let perClient: Int?
  private let all: RateLimit?
  private static let leastKept = 1024
  private let mostKept = Atomic(HTTPRates.leastKept)
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

  /// Clients that are remembered: who is here, and of those who have left some.
  var clientCount: Int { clients.withLock { $0.count } }

  func leave(_ client: UInt64?, at now: Int64 = Linux.now) {
    guard let client, perClient != nil else { return }
    clients.withLock { clients in
      guard let entry = clients[client] else { return }
      let isLast = entry.connections <= 1
      // Who comes again at once finds what he owes: a rate is not a matter of connections.
      clients[client] = isLast && entry.limit.isPaid(at: now) ? nil : (entry.limit, entry.connections - 1)
      if isLast { sweep(&clients, at: now) }
    }
  }

  /// Forgets those who have left and owe nothing any more, once there are twice as many as were left the last time.
  private func sweep(_ clients: inout [UInt64: (limit: RateLimit, connections: Int)], at now: Int64) {
    guard clients.count >= mostKept.load(ordering: .relaxed) else { return }
    clients = clients.filter { $0.value.connections > 0 || !$0.value.limit.isPaid(at: now) }
    mostKept.store(max(Self.leastKept, 2 * clients.count), ordering: .relaxed)
  }
}
