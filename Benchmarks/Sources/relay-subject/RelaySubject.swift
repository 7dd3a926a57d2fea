import ArgumentParser
import CBench
import Logging
import MillraceServices
import ServiceLifecycle

/// The relay as a program embeds it, on one reactor, with a log that goes nowhere: as its peers are measured.
@main
struct RelaySubject: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay-subject", abstract: "The measured Millrace relay.")

  @Option(help: "The port to listen on.")
  var listen: UInt16

  @Option(help: "The upstream port.")
  var to: UInt16

  func run() async throws {
    bench_start("relay-subject")
    var configuration = RelayConfiguration(
      listen: [.tcp(host: "127.0.0.1", port: listen)],
      upstreams: [UpstreamTarget(.tcp(host: "127.0.0.1", port: to))])
    configuration.reactors = 1
    // As its peers are configured.
    configuration.keepAlive = nil
    let relay = Relay(configuration, logger: Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() })
    let ports = try await relay.bind().compactMap(\.port)
    bench_ready(ports, ports.count)
    try await relay.run()
  }
}
