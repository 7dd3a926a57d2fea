public import CoreMetrics
import LinuxCalls
public import Logging
public import Millrace
public import Reactors
public import ServiceLifecycle
import Synchronization

/// Joins stream sockets at kernel speed: each client to an upstream, byte for byte, until both have said their last word.
///
/// ```swift
/// let relay = Relay(
///   RelayConfiguration(
///     listen: [.tcp(host: "*", port: 8443)],
///     upstreams: [UpstreamTarget(.tcp(host: "10.0.0.5", port: 443))]),
///   logger: logger)
/// try await ServiceGroup(services: [relay], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// Small messages go through memory, bulk is spliced; the log says of each connection which bytes went how. At a graceful
/// shutdown it accepts those that wait already and lets its connections end, for ``RelayConfiguration/drainTimeout``;
/// cancelling its task ends them at once.
public final class Relay: Service {
  let configuration: RelayConfiguration
  let logger: Logger
  private let ownReactors: Reactors?
  let pool: UpstreamPool
  let mirror: Mirror?
  private let factory: any MetricsFactory
  private let metrics: RelayMetrics
  let inherited: InheritedListeners?
  let manager: ServiceManager?
  private let bound = Guarded<Bound?>(nil)

  private struct Bound: Sendable {
    let reactors: Reactors
    let posts: ListeningPosts
  }

  /// - Parameters:
  ///   - metrics: who gets its metrics; the one that the process has bootstrapped by default.
  ///   - reactors: where it runs; nil is reactors of its own, as many as the configuration says.
  ///   - inherited: sockets that listen already. Each address of the configuration takes those that are its own, and is
  ///     listened at as ever where there is none; without any address, all of them are used. The rest is closed.
  ///   - manager: who is told when it listens and when it ends.
  public init(
    _ configuration: RelayConfiguration, logger: Logger, metrics factory: any MetricsFactory = MetricsSystem.factory,
    reactors: Reactors? = nil, inheriting inherited: InheritedListeners? = nil,
    managedBy manager: ServiceManager? = nil
  ) {
    self.configuration = configuration
    self.factory = factory
    metrics = RelayMetrics(factory)
    self.logger = logger
    self.inherited = inherited
    self.manager = manager
    ownReactors = reactors
    let policy = UpstreamHealth.Policy(
      after: configuration.ejectAfter, first: configuration.ejectTime.nanoseconds,
      most: configuration.maxEjectTime.nanoseconds)
    pool = UpstreamPool(
      configuration.upstreams, balance: configuration.balance, policy: policy, logger: logger,
      resolver: configuration.resolver)
    mirror = configuration.mirror.map { address in
      let pool = UpstreamPool(
        [UpstreamTarget(address)], balance: .roundRobin, policy: policy, logger: logger)
      return Mirror(pool, RelayWorker.connectionOptions(configuration))
    }
  }

  /// Where it listens; nil before that.
  var posts: ListeningPosts? { bound.withLock { $0 }?.posts }

  /// A reading of every reactor it runs on; empty before it listens.
  public func reactorMetrics() async -> [ReactorMetrics] {
    await bound.withLock { $0 }?.reactors.metrics() ?? []
  }

  /// From now on new connections go to these upstreams, and connections that are under way go on. Suspends for the resolver,
  /// during which the upstreams are those from before.
  ///
  /// An address that stays keeps what is known of it, also with another weight. A name that cannot be resolved has the
  /// addresses it had before, if it was there. Answers false, and changes nothing, where that would leave no upstream at all,
  /// and when the task is cancelled.
  @discardableResult
  public func replaceUpstreams(by upstreams: [UpstreamTarget]) async -> Bool {
    let (isDone, failures) = await pool.replaceTargets(by: upstreams)
    for failure in failures { logger.warning("\(failure)") }
    if !isDone, !Task.isCancelled {
      logger.error("none of the new upstreams has an address: the upstreams stay as they were")
    }
    return isDone
  }

  /// Listens at every address; `run()` does so by itself if this was not called. Answers where, with the ports that the
  /// kernel chose.
  ///
  /// Throws what the resolver or bind(2) say: EADDRINUSE where someone else listens, ETIMEDOUT where a name of
  /// ``RelayConfiguration/listen`` has no answer within 10 s, ECANCELED when the task is cancelled meanwhile.
  public func bind() async throws -> [Address] {
    if let bound = bound.withLock({ $0 }) { return bound.posts.addresses }
    let reactors = try ownReactors ?? Reactors(count: configuration.reactors ?? Linux.cores)
    let binder = RelayBinder(
      options: RelayWorker.connectionOptions(configuration), reactors: reactors, inherited: inherited)
    let posts: ListeningPosts
    do {
      posts = try await binder.bind(configuration.listen)
    } catch {
      if ownReactors == nil { await reactors.shutdown() }
      throw error
    }
    bound.withLock { $0 = Bound(reactors: reactors, posts: posts) }
    return posts.addresses
  }

  /// Relays until it is shut down gracefully or its task is cancelled.
  public func run() async throws {
    // A resolver may take its time, and one that is to end must not wait for it.
    try await cancelWhenGracefulShutdown {
      do { _ = try await self.bind() } catch let error as EndpointError where error.errno == .canceled && self.isToEnd {
      }
      await self.resolveAtStart()
    }
    guard let bound = bound.withLock({ $0 }) else { return }
    // With nowhere to send those who wait to, they are better left to whoever listens there next.
    if isToEnd, pool.all.isEmpty {
      bound.posts.end(atOnce: true)
      if ownReactors == nil { await bound.reactors.shutdown() }
      return
    }
    let budget = DescriptorBudget(
      connections: configuration.maxConnections, mirrored: configuration.mirror == nil ? 0 : bound.reactors.all.count)
    logger.info("limits", metadata: budget.metadata)
    if budget.isShort {
      logger.warning(
        "max-connections is more than there are descriptors for (RLIMIT_NOFILE)", metadata: budget.metadata)
    }
    let admission = Admission(
      most: budget.connections, mostPerClient: configuration.maxConnectionsPerClient,
      rate: configuration.maxAcceptRate.map(AcceptRate.init(perSecond:)))
    let (asked, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    // Names that had no answer at the start are asked for again, beside the work.
    if pool.isWaitingForNames { ask.yield() }
    let (failing, failed) = AsyncStream.makeStream(of: Void.self)
    let workers = zip(bound.reactors.all, bound.posts.byReactor).map { reactor, listeners in
      let worker = RelayWorker(configuration, on: reactor, pool, admission, mirror, metrics, logger) {
        ask.yield()
      } gaveUp: {
        if bound.posts.isDeaf { failed.finish() }
      }
      worker.listen(at: listeners)
      return worker
    }
    for worker in workers { worker.start() }
    logger.info("relaying", metadata: ["listeners": .array(bound.posts.addresses.map { "\($0)" })])
    // One that is to end already leaves everything to whoever was there before.
    let isWanted = !isToEnd
    if isWanted { takeOver(bound.posts) }

    let end = await withTaskGroup(of: Void.self, returning: End.self) { [pool, checks] group in
      group.addTask { await self.keepResolving(asked) }
      if configuration.metricsInterval != nil { group.addTask { await self.keepRecording(bound.reactors) } }
      if let checks, let reactor = bound.reactors.all.first { group.addTask { await checks.run(pool, on: reactor) } }
      group.addTask { await self.giveSignsOfLife(of: bound.reactors) }
      let end = await Self.untilEnd(failing)
      let isCancelled = end == .cancelled
      if isWanted { manager?.draining(connections: admission.count) }
      bound.posts.end(atOnce: isCancelled)
      if !isCancelled { await drain(admission) }
      group.cancelAll()
      return end
    }
    for listener in bound.posts.byReactor.joined() { listener.close() }
    admission.close()
    for worker in workers { worker.abortAll() }
    await admission.waitUntilEmpty()
    if mirror != nil { for worker in workers { await worker.endLinks() } }
    await manager?.settle()
    if ownReactors == nil { await bound.reactors.shutdown() }
    if end == .deaf { throw EndpointError("listen", "anywhere", reason: "every listener has failed") }
  }

  private var isToEnd: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

  /// What to find out about upstreams besides what clients find.
  private var checks: UpstreamChecks? {
    configuration.checkInterval.map {
      UpstreamChecks(
        interval: $0, timeout: configuration.checkTimeout,
        policy: .init(rise: configuration.checkRise, fall: configuration.checkFall))
    }
  }

  /// Why a relay ends.
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
    let timeout = configuration.drainTimeout
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

  /// Waits for names as long as one may take, and not for one after the other: a successor has to listen in time.
  private func resolveAtStart() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.resolve() }
      group.addTask { try? await Task.sleep(for: .seconds(10)) }
      await group.next()
      group.cancelAll()
    }
  }

  /// A name that cannot be resolved is a line in the log when that begins, and not each time it is asked for.
  private func resolve() async {
    async let mirrorsFailures = mirror?.resolve() ?? []
    for failure in await pool.resolve() { logger.warning("\(failure)") }
    for failure in await mirrorsFailures { logger.warning("\(failure)") }
  }

  /// Resolves the names again now and then, and when someone asks because an upstream is not there.
  private func keepResolving(_ asked: AsyncStream<Void>) async {
    await withTaskGroup(of: Void.self) { group in
      if let interval = configuration.resolveInterval {
        group.addTask {
          while (try? await Task.sleep(for: interval)) != nil { await self.resolve() }
        }
      }
      group.addTask {
        for await _ in asked {
          await self.resolve()
          // An upstream that stays away must not keep the resolver busy.
          if (try? await Task.sleep(for: .seconds(1))) == nil { return }
        }
      }
    }
  }

  /// Records what is read and not counted: at once, now and then, and at the end.
  private func keepRecording(_ reactors: Reactors) async {
    guard let interval = configuration.metricsInterval else { return }
    var gauges = ReactorGauges(factory, of: reactors)
    repeat {
      await gauges.record()
      metrics.upstreams.record(pool.all, at: Linux.now)
    } while (try? await Task.sleep(for: interval)) != nil
    await gauges.record()
    metrics.upstreams.record(pool.all, at: Linux.now)
  }
}
