import Logging
import Millrace
import MillraceServices
import Reactors

/// The relay as a program embeds it.
final class RelayWork: SubjectWork {
  private let relay: Relay

  init(to port: UInt16, _ reactors: Reactors, _ tally: RouteTally) {
    var configuration = RelayConfiguration(
      listen: [.tcp(host: "127.0.0.1", port: 0)], upstreams: [UpstreamTarget(.tcp(host: "127.0.0.1", port: port))])
    // As its peers are configured.
    configuration.keepAlive = nil
    configuration.metricsInterval = nil
    relay = Relay(configuration, logger: Logger(label: "relay") { _ in DeclinedLog(tally) }, reactors: reactors)
  }

  func start() async throws -> UInt16? {
    let port = try await relay.bind().first?.port
    Task { try await relay.run() }
    return port
  }
}

/// Reads the reasons out of the lines of the first connections, and wants no more of them then: what a line costs is not what is
/// measured, and the peers write none.
private struct DeclinedLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  private let tally: RouteTally

  init(_ tally: RouteTally) { self.tally = tally }

  var logLevel: Logger.Level {
    get { tally.hasEnough ? .critical : .info }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    guard let fields = event.metadata, fields["ended"] != nil else { return }
    tally.countLine()
    for name in ["sent-declined", "received-declined"] {
      guard case .string(let text)? = fields[name] else { continue }
      for part in text.split(separator: "; ") {
        let words = part.split(separator: ":", maxSplits: 1)
        if words.count == 2 { tally.note([Declined(route: String(words[0]), reason: String(words[1].dropFirst()))]) }
      }
    }
  }
}
