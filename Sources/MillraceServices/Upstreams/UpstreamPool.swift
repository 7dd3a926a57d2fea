import LinuxCalls
import Logging
import Millrace
import Synchronization

/// The upstreams of a service: who they are now, and whose turn it is. Shared by all reactors.
final class UpstreamPool: Sendable {
  fileprivate struct Members {
    var targets: [UpstreamTarget]
    var byTarget: [UpstreamTarget: [Upstream]] = [:]
    /// In the order of the targets, each address once.
    var all: [Upstream] = []
    /// For taking turns; by the place in `all`.
    var credits: [Int] = []
  }

  private let members: Guarded<Members>
  private let balance: Balance
  private let policy: UpstreamHealth.Policy
  private let resolveTimeout: Duration
  private let logger: Logger

  init(
    _ targets: [UpstreamTarget], balance: Balance, policy: UpstreamHealth.Policy, resolveTimeout: Duration,
    logger: Logger
  ) {
    members = Guarded(Members(targets: targets))
    self.balance = balance
    self.policy = policy
    self.resolveTimeout = resolveTimeout
    self.logger = logger
  }

  var all: [Upstream] { members.withLock { $0.all } }

  // MARK: - Who they are

  /// Asks for the addresses of every target again. A name that cannot be resolved keeps those it had; connections to an
  /// address that is gone go on, and no new ones are made. Answers the failures.
  @discardableResult
  func resolve() async -> [EndpointError] {
    var failures: [EndpointError] = []
    for target in members.withLock({ $0.targets }) {
      do throws(EndpointError) {
        let addresses = try await target.address.resolve(timeout: resolveTimeout)
        update(target, addresses)
      } catch {
        failures.append(error)
      }
    }
    return failures
  }

  /// From now on these are the targets. Those that stay keep their members, until `resolve()` is asked next.
  func replaceTargets(by targets: [UpstreamTarget]) {
    members.withLock { members in
      members.targets = targets
      members.byTarget = members.byTarget.filter { targets.contains($0.key) }
      members.rebuild()
    }
  }

  private func update(_ target: UpstreamTarget, _ addresses: [Address]) {
    let (gone, new): ([Address], [Address]) = members.withLock { members in
      let before = members.byTarget[target] ?? []
      let after = addresses.map { address in
        // A member that stays keeps what is known of it.
        before.first { $0.address == address } ?? Upstream(address, weight: target.weight)
      }
      members.byTarget[target] = after
      members.rebuild()
      let known = before.map(\.address)
      return (known.filter { !addresses.contains($0) }, addresses.filter { !known.contains($0) })
    }
    if !gone.isEmpty || !new.isEmpty {
      logger.info(
        "upstreams of \(target) changed",
        metadata: ["new": .array(new.map { "\($0)" }), "gone": .array(gone.map { "\($0)" })])
    }
  }

  // MARK: - Whose turn it is

  /// The upstream for a client, other than those `tried`; nil when none is up.
  func choose(for client: UInt64, at now: Int64, besides tried: [Upstream]) -> Upstream? {
    members.withLock { members in
      let places = members.all.indices.filter { place in
        let member = members.all[place]
        return !tried.contains { $0 === member } && member.isUp(at: now)
      }
      return choose(among: places, for: client, &members).map { members.all[$0] }
    }
  }

  private func choose(among places: [Int], for client: UInt64, _ members: inout Members) -> Int? {
    switch balance {
    case .roundRobin: return takeTurn(among: places, &members)
    case .leastConnections:
      let candidates = places.map { members.all[$0] }
      let least = Balancing.leastLoaded(candidates.map(\.openConnections), candidates.map(\.weight))
      return takeTurn(among: least.map { places[$0] }, &members)
    case .clientHash:
      let candidates = places.map { (hash: members.all[$0].hash, weight: members.all[$0].weight) }
      return Balancing.byHash(client, candidates).map { places[$0] }
    }
  }

  private func takeTurn(among places: [Int], _ members: inout Members) -> Int? {
    var credits = places.map { members.credits[$0] }
    let chosen = Balancing.takeTurn(places.map { members.all[$0].weight }, credits: &credits)
    for (place, credit) in zip(places, credits) { members.credits[place] = credit }
    return chosen.map { places[$0] }
  }

  // MARK: - How they are

  func noteFailure(of upstream: Upstream, _ error: EndpointError) {
    guard !error.isLocalShortage, let time = upstream.failed(at: Linux.now, policy) else { return }
    logger.warning(
      "upstream \(upstream.address) gets no connections for \(Double(time) / 1e9) s", metadata: ["reason": "\(error)"])
  }

  func noteSuccess(of upstream: Upstream) {
    if upstream.succeeded() { logger.info("upstream \(upstream.address) gets connections again") }
  }

  /// - Parameter failure: nil when the check succeeded.
  func noteCheck(of upstream: Upstream, _ failure: EndpointError?, _ policy: UpstreamHealth.CheckPolicy) {
    switch upstream.checked(failure == nil, policy) {
    case nil: break
    case .wentDown:
      logger.warning(
        "upstream \(upstream.address) is down", metadata: failure.map { ["reason": "\($0)"] } ?? [:])
    case .cameUp: logger.info("upstream \(upstream.address) is up")
    }
  }
}

extension UpstreamPool.Members {
  fileprivate mutating func rebuild() {
    var seen: Set<Address> = []
    let before = Dictionary(
      zip(all.map(ObjectIdentifier.init), credits), uniquingKeysWith: { first, _ in first })
    all = targets.flatMap { byTarget[$0] ?? [] }.filter { seen.insert($0.address).inserted }
    credits = all.map { before[ObjectIdentifier($0)] ?? 0 }
  }
}
