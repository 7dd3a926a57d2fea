import CoreMetrics
import LinuxCalls
import Logging
import Millrace
import Reactors
import ServiceLifecycle
import Synchronization

/// Where the clients of a service come in: its listeners, who may enter, how it ends, and what it has to do with whoever started
/// it and with who comes after it. The same for every service.
package final class Reception: Sendable {
  let terms: ReceptionTerms
  let logger: Logger
  private let ownReactors: Reactors?
  let inherited: InheritedListeners?
  let manager: ServiceManager?
  private let bound = Guarded<Bound?>(nil)
  private let state = Guarded(State())

  /// What the admin endpoint tells of it.
  private struct State: Sendable {
    var phase = ServicePhase.starting
    var hosts: [any ConnectionHost] = []
    var adminAddresses: [Address] = []
  }

  struct Bound: Sendable {
    let reactors: Reactors
    let posts: ListeningPosts
  }

  init(
    _ terms: ReceptionTerms, logger: Logger, reactors: Reactors?, inheriting inherited: InheritedListeners?,
    managedBy manager: ServiceManager?
  ) {
    self.terms = terms
    self.logger = logger
    ownReactors = reactors
    self.inherited = inherited
    self.manager = manager
  }

  /// Where it listens; nil before that.
  var posts: ListeningPosts? { bound.withLock { $0 }?.posts }

  func reactorMetrics() async -> [ReactorMetrics] {
    await bound.withLock { $0 }?.reactors.metrics() ?? []
  }

  /// Listens at every address; once. Answers where, with the ports that the kernel chose.
  func bind() async throws -> [Address] {
    if let bound = bound.withLock({ $0 }) { return bound.posts.addresses }
    let reactors = try ownReactors ?? Reactors(count: terms.reactors ?? Linux.cores)
    // A predecessor listens until this one does, maybe at a part of what is new, or at all of it.
    let sharesPort = terms.reusePort || inherited?.hasPredecessor == true
    let binder = ListenerBinder(
      options: terms.options, reactors: reactors, inherited: inherited, reusesPort: sharesPort)
    let posts: ListeningPosts
    do {
      posts = try await binder.bind(terms.listen)
    } catch {
      if ownReactors == nil { await reactors.shutdown() }
      throw error
    }
    bound.withLock { $0 = Bound(reactors: reactors, posts: posts) }
    return posts.addresses
  }

  /// The same on the way to `run`, and then `more`: name servers may take their time, and a service that is to end must not wait
  /// for them. Nil when it ended before it listened.
  func open(_ more: @escaping @Sendable () async -> Void) async throws -> Bound? {
    try await cancelWhenGracefulShutdown {
      do { _ = try await self.bind() } catch let error as EndpointError where error.errno == .canceled && self.isToEnd {
      }
      await more()
    }
    return bound.withLock { $0 }
  }

  var phase: ServicePhase { state.withLock { $0.phase } }

  /// Where it tells what it does; empty where it does not, or not yet.
  var adminAddresses: [Address] { state.withLock { $0.adminAddresses } }

  /// What moves now, on every reactor.
  func transfers() async -> [TransferView] {
    var views: [TransferView] = []
    for host in state.withLock({ $0.hosts }) { views += await host.transfers() }
    return views
  }

  func recordReactors(_ factory: any MetricsFactory) async {
    guard let reactors = bound.withLock({ $0 })?.reactors else { return }
    var gauges = ReactorGauges(factory, of: reactors)
    await gauges.record()
  }

  /// The endpoint that the terms ask for.
  func adminEndpoint(
    of subject: any AdminSubject, _ factory: any MetricsFactory, _ bound: Bound
  ) async throws -> AdminEndpoint? {
    guard let address = terms.admin else { return nil }
    do {
      // A predecessor has the path or the port still, and tells of itself until it ends.
      let isSuccessor = inherited?.hasPredecessor == true
      if case .unix(let path) = address, isSuccessor { try? Linux.unlink(path) }
      return try await AdminEndpoint(
        address, mayShare: isSuccessor || terms.reusePort, of: subject, factory as? PrometheusMetrics, logger)
    } catch {
      await abandon(bound)
      throw error
    }
  }

  var isToEnd: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

  /// Leaves those who wait to whoever listens there next.
  func abandon(_ bound: Bound) async {
    bound.posts.end(atOnce: true)
    if ownReactors == nil { await bound.reactors.shutdown() }
  }

  func abandonIfBound() async {
    if let bound = bound.withLock({ $0 }) { await abandon(bound) }
  }

  /// Lets clients in until it is shut down gracefully, and then lets them come to their end, for `drainTimeout`; or until its
  /// task is cancelled.
  ///
  /// - Parameters:
  ///   - activity: what the log and the service manager are told that it does: "relaying".
  ///   - work: what goes on beside, until the end has come.
  func run(
    _ bound: Bound, _ activity: String, _ budget: DescriptorBudget, admin: AdminEndpoint?, hosts makeHost: HostMaker,
    beside work: @escaping @Sendable (Reactors) async -> Void
  ) async throws {
    logger.info("limits", metadata: budget.metadata)
    if budget.isShort {
      logger.warning(
        "max-connections is more than there are descriptors for (RLIMIT_NOFILE)", metadata: budget.metadata)
    }
    let admission = Admission(
      most: budget.connections, mostPerClient: terms.maxConnectionsPerClient,
      rate: terms.maxAcceptRate.map(AcceptRate.init(perSecond:)))
    let (failing, failed) = AsyncStream.makeStream(of: Void.self)
    var hosts: [any ConnectionHost] = []
    var acceptors: [Acceptor] = []
    for (reactor, listeners) in zip(bound.reactors.all, bound.posts.byReactor) {
      let host = makeHost(reactor, admission, listeners)
      hosts.append(host)
      acceptors.append(
        Acceptor(on: reactor, at: listeners, admission, whenFull: terms.whenFull, for: host, logger) {
          if bound.posts.isDeaf { failed.finish() }
        })
    }
    state.withLock { [hosts] state in
      state.hosts = hosts
      state.phase = .serving
      state.adminAddresses = admin?.addresses ?? []
    }
    for acceptor in acceptors { acceptor.start() }
    logger.info("\(activity)", metadata: ["listeners": .array(bound.posts.addresses.map { "\($0)" })])
    // One that is to end already leaves everything to whoever was there before.
    let isWanted = !isToEnd
    if isWanted { takeOver(bound.posts, activity) }

    let end = await withTaskGroup(of: Void.self, returning: End.self) { group in
      group.addTask { await work(bound.reactors) }
      group.addTask { await self.giveSignsOfLife(of: bound.reactors) }
      let end = await Self.untilEnd(failing)
      let isCancelled = end == .cancelled
      state.withLock { $0.phase = .draining }
      if isWanted { manager?.draining(connections: admission.count) }
      bound.posts.end(atOnce: isCancelled)
      if !isCancelled {
        for host in hosts { host.drain() }
        await drain(admission)
      }
      group.cancelAll()
      return end
    }
    for listener in bound.posts.byReactor.joined() { listener.close() }
    admission.close()
    for host in hosts { host.abortAll() }
    await admission.waitUntilEmpty()
    for host in hosts { await host.finish() }
    // Whoever has the service has none of its files open any more.
    state.withLock { $0.hosts = [] }
    await admin?.end()
    await manager?.settle()
    if ownReactors == nil { await bound.reactors.shutdown() }
    if end == .deaf { throw EndpointError("listen", "anywhere", reason: "every listener has failed") }
  }

  typealias HostMaker = (Reactor, Admission, [Listener]) -> any ConnectionHost

  /// Why a service ends.
  private enum End: Sendable {
    case shutDown, cancelled
    /// Not one of its listeners can accept any more.
    case deaf
  }

  private static func untilEnd(_ failing: AsyncStream<Void>) async -> End {
    await withTaskGroup(of: End.self) { group in
      group.addTask {
        do {
          try await gracefulShutdown()
          return .shutDown
        } catch {
          return .cancelled
        }
      }
      group.addTask {
        for await _ in failing {}
        return Task.isCancelled ? .cancelled : .deaf
      }
      let first = await group.next() ?? .cancelled
      group.cancelAll()
      return first
    }
  }

  /// Lets connections end by themselves, for as long as they may.
  private func drain(_ admission: Admission) async {
    let count = admission.count
    if count > 0 { logger.info("draining", metadata: ["connections": "\(count)"]) }
    let timeout = terms.drainTimeout
    // Whichever is first: what is left of the other is of no account.
    let isOver = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let waits = [
      Task {
        await admission.waitUntilEmpty()
        isOver.continuation.yield()
      },
      Task {
        try? await Task.sleep(for: timeout)
        isOver.continuation.yield()
      },
    ]
    for await _ in isOver.stream { break }
    for wait in waits { wait.cancel() }
  }
}
