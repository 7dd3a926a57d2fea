public import CoreMetrics
import LinuxCalls
public import Logging
public import Millrace
public import Reactors
public import ServiceLifecycle

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
  private let logger: Logger
  package let reception: Reception
  let pool: UpstreamPool
  let mirror: Mirror?
  private let factory: any MetricsFactory
  private let metrics: RelayMetrics

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
    reception = Reception(
      configuration.terms, logger: logger, reactors: reactors, inheriting: inherited, managedBy: manager)
    let policy = UpstreamHealth.Policy(
      after: configuration.ejectAfter, first: configuration.ejectTime.nanoseconds,
      most: configuration.maxEjectTime.nanoseconds)
    pool = UpstreamPool(
      configuration.upstreams, balance: configuration.balance, policy: policy, logger: logger,
      resolver: configuration.resolver)
    mirror = configuration.mirror.map { address in
      let pool = UpstreamPool(
        [UpstreamTarget(address)], balance: .roundRobin, policy: policy, logger: logger)
      return Mirror(pool, configuration.connectionOptions)
    }
  }

  /// A reading of every reactor it runs on; empty before it listens.
  public func reactorMetrics() async -> [ReactorMetrics] { await reception.reactorMetrics() }

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
  public func bind() async throws -> [Address] { try await reception.bind() }

  /// Relays until it is shut down gracefully or its task is cancelled.
  public func run() async throws {
    guard let bound = try await reception.open({ await self.resolveAtStart() }) else { return }
    // With nowhere to send those who wait to, they are better left to whoever listens there next.
    if reception.isToEnd, pool.all.isEmpty { return await reception.abandon(bound) }
    let (asked, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    // Names that had no answer at the start are asked for again, beside the work.
    if pool.isWaitingForNames { ask.yield() }
    let admin = try await reception.adminEndpoint(of: self, factory, bound)
    try await reception.run(bound, "relaying", budget(bound.reactors), admin: admin) { reactor, admission, listeners in
      RelayWorker(configuration, on: reactor, at: listeners, pool, admission, mirror, metrics, logger) { ask.yield() }
    } beside: { reactors in
      await self.work(asked, reactors)
    }
  }

  /// Two descriptors for each connection; with a mirror a third, and those of the mirror's connections that linger.
  private func budget(_ reactors: Reactors) -> DescriptorBudget {
    mirror == nil
      ? DescriptorBudget(connections: configuration.maxConnections)
      : DescriptorBudget(
        connections: configuration.maxConnections, each: 3, besides: reactors.all.count * RelayWorker.mostLingering)
  }

  /// What goes on beside relaying.
  private func work(_ asked: AsyncStream<Void>, _ reactors: Reactors) async {
    await withTaskGroup(of: Void.self) { [pool, checks] group in
      group.addTask { await self.keepResolving(asked) }
      if configuration.metricsInterval != nil { group.addTask { await self.keepRecording(reactors) } }
      if let checks, let reactor = reactors.all.first { group.addTask { await checks.run(pool, on: reactor) } }
    }
  }

  /// What to find out about upstreams besides what clients find.
  private var checks: UpstreamChecks? {
    configuration.checkInterval.map {
      UpstreamChecks(
        interval: $0, timeout: configuration.checkTimeout,
        policy: .init(rise: configuration.checkRise, fall: configuration.checkFall))
    }
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

extension Relay: AdminSubject {
  var serviceName: String { "millrace relay" }
  var phase: ServicePhase { reception.phase }

  func transfers() async -> [TransferView] { await reception.transfers() }

  func recordReadings() async {
    await reception.recordReactors(factory)
    metrics.upstreams.record(pool.all, at: Linux.now)
  }
}
