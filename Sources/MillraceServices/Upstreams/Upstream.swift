import LinuxCalls
import Millrace
import Synchronization

/// One address that connections go to. Shared by all reactors.
final class Upstream: Sendable {
  let address: Address
  /// What rendezvous hashing knows it by: the same in every process.
  let hash: UInt64
  private let open = Atomic<Int>(0)
  private let health = Guarded(UpstreamHealth())

  init(_ address: Address) {
    self.address = address
    hash = Balancing.hash("\(address)".utf8)
  }

  /// Connections to it, those on their way included.
  var openConnections: Int { open.load(ordering: .relaxed) }

  func begin() { open.wrappingAdd(1, ordering: .relaxed) }

  func end() { open.wrappingSubtract(1, ordering: .relaxed) }

  func isUp(at now: Int64) -> Bool { health.withLock { $0.isUp(at: now) } }

  func failed(at now: Int64, _ policy: UpstreamHealth.Policy) -> Int64? {
    health.withLock { $0.failed(at: now, policy) }
  }

  func succeeded() -> Bool { health.withLock { $0.succeeded() } }

  func checked(_ succeeded: Bool, _ policy: UpstreamHealth.CheckPolicy) -> UpstreamHealth.CheckChange? {
    health.withLock { $0.checked(succeeded, policy) }
  }
}
