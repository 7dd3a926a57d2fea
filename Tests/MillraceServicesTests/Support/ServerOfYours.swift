import CoreMetrics
import Logging
import Millrace
import MillraceHTTP
import ServiceLifecycle
import Testing

@testable import MillraceServices

/// An ``HTTPServer`` that runs while a test looks on.
func serving(
  with change: (inout HTTPServerConfiguration) -> Void = { _ in },
  metrics: any MetricsFactory = NOOPMetricsHandler.instance, _ handler: @escaping HTTPServer.Handler,
  to body: (HTTPServer, Address, LogCapture) async throws -> Void
) async throws {
  var configuration = HTTPServerConfiguration(listen: [.tcp(host: "127.0.0.1", port: 0)])
  configuration.reactors = 1
  configuration.times.idle = .seconds(3600)
  configuration.times.grace = .seconds(3600)
  change(&configuration)
  let log = LogCapture()
  let server = HTTPServer(configuration, logger: log.logger, metrics: metrics, handler: handler)
  let address = try await server.bind()[0]
  let group = ServiceGroup(
    services: [server], logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
  let running = Task { try await group.run() }
  // Its admin endpoint is there then, too.
  while server.reception.phase == .starting { await Task.yield() }
  do { try await body(server, address, log) } catch {
    running.cancel()
    _ = await running.result
    throw error
  }
  await group.triggerGracefulShutdown()
  try await running.value
}

/// One exchange on a connection of its own.
func ask(_ address: Address, _ text: String) async throws -> RawAnswer {
  let client = RawClient(try await Connection.connect(to: address))
  defer { client.close() }
  try await client.send(text)
  return try await client.answer(isBodyless: text.hasPrefix("HEAD"))
}
