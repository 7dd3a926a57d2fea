public import CoreMetrics
import LinuxCalls
public import Logging
public import Millrace
import MillraceHTTP
public import Reactors
public import ServiceLifecycle

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

  /// Serves until it is shut down gracefully or its task is cancelled. Throws for a root that is no directory or cannot be read.
  public func run() async throws {
    let root = try ServedRoot(configuration.root, links: configuration.links)
    let finder = FileFinder(configuration, root, try await mediaTypes())
    let lister = DirectoryLister(configuration, root)
    let uploads = configuration.upload.map { UploadHandler($0, root, finder) }
    guard let bound = try await reception.open({}) else { return }
    let budget = DescriptorBudget(
      connections: configuration.maxConnections, besides: bound.reactors.all.count * configuration.openFiles)
    let rates = configuration.server.rates
    let admin = try await reception.adminEndpoint(of: self, factory)
    try await reception.run(bound, "serving", budget, admin: admin) { reactor, admission, listeners in
      HTTPHost(
        FileHandler(configuration, finder, lister, uploads, on: reactor), on: reactor, at: listeners, admission,
        metrics, logger,
        limits: configuration.limits, times: configuration.times, rates: rates, service: "files")
    } beside: { reactors in
      await ReactorGauges.keepRecording(self.factory, of: reactors, every: self.configuration.metricsInterval)
    }
  }

  private func mediaTypes() async throws -> MediaTypes {
    guard let path = configuration.mimeTypes else {
      guard let file = try? await File.open("/etc/mime.types"),
        let bytes = try? await readAll(from: file, limit: 1 << 20)
      else { return .builtIn }
      return MediaTypes.builtIn.adding(mimeTypesFile: bytes)
    }
    let bytes = try await readAll(from: try await File.open(FilePath(path)), limit: 1 << 20)
    return MediaTypes.builtIn.adding(mimeTypesFile: bytes)
  }
}

extension FileServer: AdminSubject {
  var serviceName: String { "millrace serve" }
  var phase: ServicePhase { reception.phase }

  func transfers() async -> [TransferView] { await reception.transfers() }

  func recordReadings() async { await reception.recordReactors(factory) }
}
