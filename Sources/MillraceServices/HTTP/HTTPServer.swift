public import CoreMetrics
import LinuxCalls
public import Logging
public import Millrace
public import MillraceHTTP
public import Reactors
public import ServiceLifecycle

/// An HTTP/1.1 server whose answers are yours, and whose bodies go by the kernel's routes.
///
/// ```swift
/// let server = HTTPServer(.init(listen: [.tcp(host: "127.0.0.1", port: 8080)]), logger: logger) { request, responder in
///   guard request.path == "/disk.img" else { throw HTTPFailure(.notFound, "there is disk.img alone") }
///   try await responder.send(HTTPResponse(status: .ok), file: image.section(offset: 0, length: size))
/// }
/// try await ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// The handler runs on the reactor of the connection, and must not block it. A client that leaves cancels nothing by itself: a
/// copy to it fails. At a graceful shutdown what is under way comes to its end; cancelling the task of the server cancels the
/// handlers.
public final class HTTPServer: Service {
  /// Answers a request. An ``HTTPFailure`` that is thrown before there is an answer is the answer; any other error is 500, as is a
  /// responder that is dropped.
  public typealias Handler = @Sendable (IncomingRequest, consuming Responder) async throws -> Void

  private let configuration: HTTPServerConfiguration
  private let logger: Logger
  private let factory: any MetricsFactory
  private let metrics: HTTPMetrics
  private let handler: ClosureHandler
  package let reception: Reception

  /// - Parameters:
  ///   - metrics: who gets its metrics; the one that the process has bootstrapped by default.
  ///   - reactors: where it runs; nil is reactors of its own, as many as the configuration says.
  ///   - inherited: sockets that listen already, as ``Relay`` takes them.
  ///   - manager: who is told when it listens and when it ends.
  public init(
    _ configuration: HTTPServerConfiguration, logger: Logger,
    metrics factory: any MetricsFactory = MetricsSystem.factory, reactors: Reactors? = nil,
    inheriting inherited: InheritedListeners? = nil, managedBy manager: ServiceManager? = nil,
    handler: @escaping Handler
  ) {
    self.configuration = configuration
    self.logger = logger
    self.factory = factory
    self.handler = ClosureHandler(handler)
    metrics = HTTPMetrics(factory)
    reception = Reception(
      configuration.terms, logger: logger, reactors: reactors, inheriting: inherited, managedBy: manager)
  }

  /// A reading of every reactor it runs on; empty before it listens.
  public func reactorMetrics() async -> [ReactorMetrics] { await reception.reactorMetrics() }

  /// Listens at every address; `run()` does so by itself if this was not called. Answers where, with the ports that the
  /// kernel chose. Throws as ``Relay/bind()`` does.
  public func bind() async throws -> [Address] { try await reception.bind() }

  /// Serves until it is shut down gracefully or its task is cancelled.
  public func run() async throws {
    guard let bound = try await reception.open({}) else { return }
    let rates = configuration.rates
    let admin = try await reception.adminEndpoint(of: self, factory, bound)
    let budget = DescriptorBudget(connections: configuration.maxConnections)
    try await reception.run(bound, "serving", budget, admin: admin) { reactor, admission, listeners in
      HTTPHost(
        handler, on: reactor, at: listeners, admission, metrics, logger, limits: configuration.limits,
        times: configuration.times, rates: rates, service: "http")
    } beside: { reactors in
      await ReactorGauges.keepRecording(self.factory, of: reactors, every: self.configuration.metricsInterval)
    }
  }
}

extension HTTPServer: AdminSubject {
  var serviceName: String { "HTTPServer" }
  var phase: ServicePhase { reception.phase }

  func transfers() async -> [TransferView] { await reception.transfers() }

  func recordReadings() async { await reception.recordReactors(factory) }
}

/// Somebody's closure, as the connections have it.
private final class ClosureHandler: HTTPHandler {
  private let handler: HTTPServer.Handler

  init(_ handler: @escaping HTTPServer.Handler) { self.handler = handler }

  func answerAtOnce(
    _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer { .no }

  func respond(to request: IncomingRequest, with responder: consuming Responder) async throws {
    try await handler(request, responder)
  }
}
