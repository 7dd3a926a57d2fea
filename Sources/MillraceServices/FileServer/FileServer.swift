public import CoreMetrics
import LinuxCalls
public import Logging
public import Millrace
import MillraceHTTP
public import Reactors
public import ServiceLifecycle
import Synchronization

/// Serves the files of a directory over HTTP/1.1, by sendfile.
///
/// ```swift
/// let server = FileServer(
///   FileServerConfiguration(root: "/srv/artifacts", listen: [.tcp(host: "*", port: 8080)]), logger: logger)
/// try await ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// The log says of each request how it was answered, and by which route its bytes went. At a graceful shutdown what is under way
/// comes to its end, for ``FileServerConfiguration/drainTimeout``; cancelling its task ends it at once.
public final class FileServer: Service {
  private let configuration: FileServerConfiguration
  private let logger: Logger
  package let reception: Reception
  private let factory: any MetricsFactory
  private let metrics: HTTPMetrics
  private let handlers = Guarded<(all: [FileHandler], rules: FileSite?)>(([], nil))

  /// - Parameters:
  ///   - metrics: who gets its metrics; the one that the process has bootstrapped by default.
  ///   - reactors: where it runs; nil is reactors of its own, as many as the configuration says.
  ///   - inherited: sockets that listen already, as ``Relay`` takes them.
  ///   - manager: who is told when it listens and when it ends.
  public init(
    _ configuration: FileServerConfiguration, logger: Logger,
    metrics factory: any MetricsFactory = MetricsSystem.factory, reactors: Reactors? = nil,
    inheriting inherited: InheritedListeners? = nil, managedBy manager: ServiceManager? = nil
  ) {
    self.configuration = configuration
    self.logger = logger
    self.factory = factory
    metrics = HTTPMetrics(factory)
    reception = Reception(
      configuration.server.terms, logger: logger, reactors: reactors, inheriting: inherited, managedBy: manager)
  }

  /// A reading of every reactor it runs on; empty before it listens.
  public func reactorMetrics() async -> [ReactorMetrics] { await reception.reactorMetrics() }

  /// Listens at every address; `run()` does so by itself if this was not called. Answers where, with the ports that the
  /// kernel chose. Throws as ``Relay/bind()`` does.
  public func bind() async throws -> [Address] { try await reception.bind() }

  /// Serves until it is shut down gracefully or its task is cancelled. Throws for a root that is no directory or cannot be
  /// read, and for fields in the configuration that no head can have.
  public func run() async throws {
    let site: FileSite
    do { site = try await FileSite(configuration) } catch {
      await reception.abandonIfBound()
      throw error
    }
    guard let bound = try await reception.open({}) else { return }
    let openFiles = openFiles(of: bound.reactors.all.count)
    let budget = DescriptorBudget(
      connections: configuration.maxConnections, besides: bound.reactors.all.count * openFiles)
    let rates = configuration.server.rates
    // At the end nothing is changed any more.
    defer { handlers.withLock { $0.all = [] } }
    let admin = try await reception.adminEndpoint(of: self, factory, bound)
    try await reception.run(bound, "serving", budget, admin: admin) { reactor, admission, listeners in
      let handler = handlers.withLock { handlers in
        // Rules may have been replaced since `site` was read.
        let handler = FileHandler(configuration, openFiles: openFiles, handlers.rules ?? site, on: reactor)
        handlers.all.append(handler)
        return handler
      }
      return HTTPHost(
        handler, on: reactor, at: listeners, admission, metrics, logger, limits: configuration.limits,
        times: configuration.times, rates: rates, service: "files")
    } beside: { reactors in
      await ReactorGauges.keepRecording(self.factory, of: reactors, every: self.configuration.metricsInterval)
    }
  }

  /// How many files each reactor keeps open: of all descriptors no more than a quarter, for connections need them more.
  private func openFiles(of reactors: Int) -> Int {
    let most = Linux.descriptorLimit / 4 / reactors
    guard configuration.openFiles > most else { return configuration.openFiles }
    logger.warning(
      "fewer files are kept open than open-files says",
      metadata: ["wanted": "\(configuration.openFiles)", "kept": "\(most)", "descriptors": "\(Linux.descriptorLimit)"])
    return most
  }

  /// From now on serves by the rules of `configuration`: its root, index, listing, links, dot files, precompressed neighbours,
  /// types, Cache-Control, attachments, headers and uploads. Whatever else it says is as it was. Answers that are under way go
  /// on, and files that are open are looked at anew.
  ///
  /// Throws, and changes nothing, for a root that is no directory, types that cannot be read, or fields that no head can have.
  public func replaceRules(by configuration: FileServerConfiguration) async throws {
    let site = try await FileSite(configuration)
    let all = handlers.withLock { handlers in
      handlers.rules = site
      return handlers.all
    }
    for handler in all { await handler.adopt(site) }
  }
}

extension FileServer: AdminSubject {
  var serviceName: String { "millrace serve" }
  var phase: ServicePhase { reception.phase }

  func transfers() async -> [TransferView] { await reception.transfers() }

  func recordReadings() async { await reception.recordReactors(factory) }
}
