import LinuxCalls
import Logging
import Millrace
import Synchronization

/// The upstreams of a service: who they are now, and whose turn it is. Shared by all reactors.
final class UpstreamPool: Sendable {
  /// The addresses that a target stands for now.
  typealias Resolver = @Sendable (ServiceAddress) async throws(EndpointError) -> [Address]

  static let systemResolver: Resolver = { (target) throws(EndpointError) in
    try await target.resolve(timeout: .seconds(10))
  }

  fileprivate struct Members {
    var targets: [UpstreamTarget]
    /// What the targets stand for. Two that stand for the same address share its member.
    var byTarget: [ServiceAddress: [Upstream]] = [:]
    /// In the order of the targets, each address once.
    var all: [Upstream] = []
    /// By the place in `all`: of the first target that stands for the address.
    var weights: [Int] = []
    /// For taking turns; by the place in `all`.
    var credits: [Int] = []
    /// The places of those that a choice is made among; kept, so that it makes no array.
    var candidates: [Int] = []
    /// Those that could not be resolved when they were asked for last.
    var unresolved: Set<ServiceAddress> = []
  }

  /// What resolving a target came to.
  fileprivate struct Answer: Sendable {
    let target: ServiceAddress
    let addresses: Result<[Address], EndpointError>
  }

  fileprivate struct Change: Sendable {
    let target: ServiceAddress
    let new: [Address]
    let gone: [Address]
  }

  private let members: Guarded<Members>
  private let balance: Balance
  private let policy: UpstreamHealth.Policy
  private let resolver: Resolver
  private let logger: Logger

  /// Names that are asked for at once: as many as shared reactors have threads for resolvers. More would wait for one, and
  /// use up their time with that.
  private static let mostAtOnce = max(2, Linux.cores)

  init(
    _ targets: [UpstreamTarget], balance: Balance, policy: UpstreamHealth.Policy, logger: Logger,
    resolver: @escaping Resolver = UpstreamPool.systemResolver
  ) {
    members = Guarded(Members(targets: targets))
    self.balance = balance
    self.policy = policy
    self.logger = logger
    self.resolver = resolver
  }

  var all: [Upstream] { members.withLock { $0.all } }

  /// Some names have had no answer, neither good nor bad.
  var isWaitingForNames: Bool {
    members.withLock { members in
      members.targets.contains { members.byTarget[$0.address] == nil && !members.unresolved.contains($0.address) }
    }
  }

  // MARK: - Who they are

  /// Asks for the addresses of every target again. A name that cannot be resolved keeps those it had; connections to an
  /// address that is gone go on, and no new ones are made.
  ///
  /// Each answer counts from when it is there: one name that is slow does not hold up the others. Answers the failures that
  /// are new: of names that could be resolved before, or were not asked for yet.
  func resolve() async -> [EndpointError] {
    var failures: [EndpointError] = []
    let (targets, before) = members.withLock { ($0.targets, $0.all) }
    await ask(for: targets) { answer in
      // The end of the service says nothing of the names.
      if Task.isCancelled { return }
      let (changes, news) = members.withLock { members in
        // An address that moves from one name to another may be nobody's between the two answers.
        let changes = members.take([answer.found].compactMap(\.self), knowing: before)
        members.rebuild()
        return (changes, members.note([answer]))
      }
      note(changes)
      note(news.resolved)
      failures += news.failures
    }
    return failures
  }

  /// From now on these are the targets: at once, when their addresses are known, so that there are upstreams at any time. An
  /// address that stays keeps what is known of it, and one that cannot be resolved the members that it had. Where that would
  /// leave nobody, the targets stay what they were.
  ///
  /// Answers whether they are the targets now, and the failures. When the task is cancelled, nothing changes.
  func replaceTargets(by targets: [UpstreamTarget]) async -> (isDone: Bool, failures: [EndpointError]) {
    var answers: [Answer] = []
    await ask(for: targets) { answers.append($0) }
    if Task.isCancelled { return (false, []) }
    let failures = answers.compactMap(\.failure)
    let done: (changes: [Change], resolved: [ServiceAddress])? = members.withLock { members in
      var next = members
      next.targets = targets
      let changes = next.take(answers.compactMap(\.found))
      next.rebuild()
      // Targets without any member can still be resolved later: better than others without any.
      guard failures.isEmpty || !next.all.isEmpty || members.all.isEmpty else { return nil }
      let resolved = next.note(answers).resolved
      members = next
      return (changes, resolved)
    }
    note(done?.changes ?? [])
    note(done?.resolved ?? [])
    return (done != nil, failures)
  }

  private func note(_ resolved: [ServiceAddress]) {
    for target in resolved { logger.info("\(target) is resolved again") }
  }

  private func note(_ changes: [Change]) {
    for change in changes {
      logger.info(
        "upstreams of \(change.target) changed",
        metadata: [
          "new": .array(change.new.map { "\($0)" }), "gone": .array(change.gone.map { "\($0)" }),
        ])
    }
  }

  /// Asks for several at once, so that one whose servers do not answer does not hold up the others; `take` gets the answers
  /// as they come.
  private func ask(for targets: [UpstreamTarget], _ take: (Answer) -> Void) async {
    var wanted: [ServiceAddress] = []
    for target in targets where !wanted.contains(target.address) { wanted.append(target.address) }
    await withTaskGroup(of: Answer.self) { [resolver] group in
      for (place, target) in wanted.enumerated() {
        if place >= Self.mostAtOnce, let answer = await group.next() { take(answer) }
        group.addTask {
          do throws(EndpointError) {
            return Answer(target: target, addresses: .success(try await resolver(target)))
          } catch {
            return Answer(target: target, addresses: .failure(error))
          }
        }
      }
      for await answer in group { take(answer) }
    }
  }

  // MARK: - Whose turn it is

  /// The upstream for a client, other than those `tried`; nil when none is up.
  func choose(for client: UInt64, at now: Int64, besides tried: [Upstream]) -> Upstream? {
    members.withLock { members in
      members.candidates.removeAll(keepingCapacity: true)
      for (place, member) in members.all.enumerated() {
        if member.isUp(at: now), !tried.contains(where: { $0 === member }) { members.candidates.append(place) }
      }
      return choose(for: client, &members).map { members.all[$0] }
    }
  }

  private func choose(for client: UInt64, _ members: inout Members) -> Int? {
    switch balance {
    case .roundRobin: return members.takeTurn()
    case .leastConnections:
      let places = members.candidates
      let least = Balancing.leastLoaded(
        places.map { members.all[$0].openConnections }, places.map { members.weights[$0] })
      members.candidates = least.map { places[$0] }
      return members.takeTurn()
    case .clientHash:
      let candidates = members.candidates.map { (hash: members.all[$0].hash, weight: members.weights[$0]) }
      return Balancing.byHash(client, candidates).map { members.candidates[$0] }
    }
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

extension UpstreamPool.Answer {
  fileprivate var found: (ServiceAddress, [Address])? {
    guard case .success(let addresses) = addresses else { return nil }
    return (target, addresses)
  }

  fileprivate var failure: EndpointError? {
    guard case .failure(let error) = addresses else { return nil }
    return error
  }
}

extension UpstreamPool.Members {
  /// What the targets stand for by now; `rebuild()` has to follow. An answer for one that is no target any more is too late.
  fileprivate mutating func take(
    _ found: [(ServiceAddress, [Address])], knowing others: [Upstream] = []
  ) -> [UpstreamPool.Change] {
    // A member that stays keeps what is known of it, whichever target stands for it.
    var known = Dictionary(
      (byTarget.values.joined() + others).map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    let wanted = Set(targets.map(\.address))
    var changes: [UpstreamPool.Change] = []
    for (target, addresses) in found where wanted.contains(target) {
      let before = (byTarget[target] ?? []).map(\.address)
      byTarget[target] = addresses.map { address in
        let member = known[address] ?? Upstream(address)
        known[address] = member
        return member
      }
      let (new, gone) = (addresses.filter { !before.contains($0) }, before.filter { !addresses.contains($0) })
      if !new.isEmpty || !gone.isEmpty { changes.append(.init(target: target, new: new, gone: gone)) }
    }
    byTarget = byTarget.filter { wanted.contains($0.key) }
    return changes
  }

  /// Whose answers are other than the last ones. As `take(_:)`, this is about those that are targets still.
  fileprivate mutating func note(
    _ answers: [UpstreamPool.Answer]
  ) -> (failures: [EndpointError], resolved: [ServiceAddress]) {
    let wanted = Set(targets.map(\.address))
    var (failures, resolved): ([EndpointError], [ServiceAddress]) = ([], [])
    for answer in answers where wanted.contains(answer.target) {
      if let failure = answer.failure {
        if unresolved.insert(answer.target).inserted { failures.append(failure) }
      } else if unresolved.remove(answer.target) != nil {
        resolved.append(answer.target)
      }
    }
    unresolved.formIntersection(wanted)
    return (failures, resolved)
  }

  fileprivate mutating func takeTurn() -> Int? {
    Balancing.takeTurn(among: candidates, weights, credits: &credits)
  }

  fileprivate mutating func rebuild() {
    var seen: Set<Address> = []
    let before = Dictionary(
      zip(all.map(ObjectIdentifier.init), credits), uniquingKeysWith: { first, _ in first })
    let weighted = targets.flatMap { target in
      (byTarget[target.address] ?? []).map { (member: $0, weight: target.weight) }
    }
    .filter { seen.insert($0.member.address).inserted }
    all = weighted.map(\.member)
    weights = weighted.map(\.weight)
    credits = all.map { before[ObjectIdentifier($0)] ?? 0 }
  }
}
