import Logging
import Millrace
import MillraceHTTP
import MillraceServices
import Reactors

/// The file server as a program embeds it.
final class FileServerWork: SubjectWork {
  private let server: FileServer

  init(_ root: String, _ reactors: Reactors) {
    var configuration = FileServerConfiguration(root: root, listen: [.tcp(host: "127.0.0.1", port: 0)])
    // As its peers are configured: none of them says anything of a request, or ends a connection that a slow pace lets wait.
    configuration.keepAliveProbe = nil
    configuration.metricsInterval = nil
    configuration.times.head = .seconds(3600)
    configuration.times.keepAlive = .seconds(3600)
    let logger = Logger(label: "files") { _ in SwiftLogNoOpLogHandler() }
    server = FileServer(configuration, logger: logger, reactors: reactors)
  }

  func start() async throws -> UInt16? {
    let port = try await server.bind().first?.port
    Task { try await server.run() }
    return port
  }
}
