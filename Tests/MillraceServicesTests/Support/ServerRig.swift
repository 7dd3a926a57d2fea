import CoreMetrics
import Logging
import Millrace
import MillraceHTTP
import Reactors
import ServiceLifecycle
import Testing

@testable import MillraceServices

/// A file server that runs while a test looks on.
struct ServerRig: Sendable {
  let server: FileServer
  let folder: Folder
  let log: LogCapture
  let addresses: [Address]
  let reactors: Reactors
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  /// Runs `body` beside a server of a folder, shuts that down, and looks that nothing is left.
  static func run(
    _ folder: Folder, listen: [ServiceAddress] = [.tcp(host: "127.0.0.1", port: 0)], reactors: Int = 1,
    _ change: (inout FileServerConfiguration) -> Void = { _ in }, logLevel: Logger.Level = .trace,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance, _ body: (ServerRig) async throws -> Void
  ) async throws {
    var configuration = FileServerConfiguration(root: folder.path, listen: listen)
    configuration.drainTimeout = .seconds(170)
    // The same on every machine; and a machine may have thousands, which take their time without the optimiser.
    configuration.mimeTypes = "/dev/null"
    // However long a test waits for its turn: where the time counts, it says so.
    configuration.times.head = .seconds(3600)
    configuration.times.keepAlive = .seconds(3600)
    configuration.times.idle = .seconds(3600)
    configuration.times.grace = .seconds(3600)
    change(&configuration)
    let group = try Reactors(count: reactors)
    let rig: ServerRig
    do { rig = try await ServerRig(configuration, folder, on: group, logLevel, metrics) } catch {
      await group.shutdown()
      throw error
    }
    do { try await body(rig) } catch {
      await rig.cancel()
      await group.shutdown()
      throw error
    }
    try await rig.shutDown()
    try await group.expectNothingLeft()
    // A thread of the blocking pool may be about to let go of the last of them.
    while try folder.hasOpenFiles(moreThan: 0) { await Task.yield() }
    await group.shutdown()
  }

  private init(
    _ configuration: FileServerConfiguration, _ folder: Folder, on reactors: Reactors, _ level: Logger.Level,
    _ metrics: any MetricsFactory
  ) async throws {
    let log = LogCapture()
    var logger = log.logger
    logger.logLevel = level
    let server = FileServer(configuration, logger: logger, metrics: metrics, reactors: reactors)
    addresses = try await server.bind()
    let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
    let group = ServiceGroup(services: [server], logger: quiet)
    running = Task { try await group.run() }
    (self.server, self.folder, self.log, self.group, self.reactors) = (server, folder, log, group, reactors)
  }

  var address: Address { addresses[0] }

  func connect() async throws -> RawClient { RawClient(try await Connection.connect(to: address)) }

  /// One request on a connection of its own, which the server closes behind the answer. `fields` are lines without
  /// their ends.
  func ask(_ target: String, _ fields: [String] = [], method: String = "GET") async throws -> RawAnswer {
    let client = try await connect()
    defer { client.close() }
    let lines = ["\(method) \(target) HTTP/1.1", "Host: here", "Connection: close"] + fields
    try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    let answer = try await client.answer(isBodyless: method == "HEAD")
    try await client.expectEnd()
    return answer
  }

  /// What the log said of the request number `place`, once it is over.
  func served(_ place: Int) async -> LogCapture.Line {
    var seen = 0
    var count = 0
    while true {
      let lines = log.lines
      for line in lines[seen...] where line.message == "served" {
        if count == place { return line }
        count += 1
      }
      seen = lines.count
      await log.nextLine(after: seen)
    }
  }

  /// Requests that the log has told of.
  var servedCount: Int { log.lines.count { $0.message == "served" } }

  func beginShutDown() async { await group.triggerGracefulShutdown() }

  func shutDown() async throws {
    await group.triggerGracefulShutdown()
    try? await running.value
  }

  func cancel() async {
    running.cancel()
    _ = await running.result
  }
}
