import ArgumentParser
import Logging
import Millrace
import MillraceServices

/// `millrace relay`
struct RelayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay",
    abstract: "Joins stream sockets: each client to an upstream, at kernel speed.",
    discussion: """
      Addresses are tcp://host:port, tcp://[::1]:port or unix:/path; tcp://*:port
      listens on every address. An upstream may end in ;weight=N.

        millrace relay --listen tcp://*:8443 --to tcp://10.0.0.5:443 --to tcp://10.0.0.6:443

      Every option may also stand in a YAML file (--config) under its own name, or in
      the environment: --idle-timeout is idle-timeout: there and MILLRACE_IDLE_TIMEOUT
      here, where several values are separated by commas. The flag counts before the
      environment, and that before the file.

      SIGTERM and SIGINT end it: no more connections, and those there are have the
      drain timeout to end. A second one ends them at once. SIGHUP reads the upstreams
      again. SIGUSR2 starts the program that is at its path now and leaves the
      listening sockets to it: no connection is refused.

      Sockets that a supervisor passes on (LISTEN_FDS) are listened at where they are
      at one of the addresses, or all of them where --listen is missing.

      Times are a number with a unit: 250ms, 5s, 1m, 2h.
      """)

  @OptionGroup(title: "Clients")
  var reception: ReceptionOptions

  @Option(help: "Where their connections go; may be repeated.")
  var to: [String] = []

  @Option(help: "round-robin, least-connections or client-hash. Default: round-robin.")
  var balance: String?

  @Option(help: "How long connecting to one upstream may take. Default: 5s.")
  var connectTimeout: String?

  @Option(help: "How long no byte may move, or 'never'. Default: 1h.")
  var idleTimeout: String?

  @Option(help: "The same once one side has finished, or 'never'. Default: 1m.")
  var halfClosedTimeout: String?

  @Option(help: "A network of proxies whose connections begin with a PROXY header; may be repeated. Default: none.")
  var acceptProxyFrom: [String] = []

  @Option(help: "How long such a header may take. Default: 5s.")
  var proxyTimeout: String?

  @Option(help: "Tell the upstream who the client is: none, v1 or v2. Default: none.")
  var sendProxy: String?

  @Option(help: "Failures to connect in a row after which an upstream is left out; 0 is never. Default: 3.")
  var ejectAfter: String?

  @Option(help: "For how long at first; doubled each time it fails again. Default: 1s.")
  var ejectTime: String?

  @Option(help: "For how long at most. Default: 1m.")
  var maxEjectTime: String?

  @Option(help: "How often each upstream is connected to, to see whether it is there, or 'never'. Default: never.")
  var checkInterval: String?

  @Option(help: "How long such a check may take. Default: 2s.")
  var checkTimeout: String?

  @Option(help: "Checks in a row that succeed until an upstream is up again. Default: 2.")
  var checkRise: String?

  @Option(help: "Checks in a row that fail until an upstream is down. Default: 3.")
  var checkFall: String?

  @Option(help: "How often names are resolved again, or 'never'. Default: 30s.")
  var resolveInterval: String?

  @Option(help: "A second place that gets a copy of what clients send, and holds up nobody. Default: none.")
  var mirror: String?

  @Option(help: "How long a client waits for a mirror that has 1 MiB waiting and takes nothing. Default: none.")
  var mirrorPatience: String?

  @OptionGroup(title: "The program")
  var service: ServiceOptions

  /// What the command line says, by the names of the settings.
  private var flags: [String: [String]] {
    var flags = SettingFlags.single([
      ("balance", balance), ("connect-timeout", connectTimeout), ("idle-timeout", idleTimeout),
      ("half-closed-timeout", halfClosedTimeout), ("proxy-timeout", proxyTimeout), ("send-proxy", sendProxy),
      ("eject-after", ejectAfter), ("eject-time", ejectTime), ("max-eject-time", maxEjectTime),
      ("check-interval", checkInterval), ("check-timeout", checkTimeout), ("check-rise", checkRise),
      ("check-fall", checkFall), ("resolve-interval", resolveInterval), ("mirror", mirror),
      ("mirror-patience", mirrorPatience),
    ])
    if !to.isEmpty { flags["to"] = to }
    if !acceptProxyFrom.isEmpty { flags["accept-proxy-from"] = acceptProxyFrom }
    return flags.merging(reception.flags) { $1 }
  }

  private func read(
    inheritsListeners: Bool
  ) async throws(SettingsError) -> (configuration: RelayConfiguration, effective: String) {
    try RelaySettings.read(
      try await service.settings(flags, names: RelaySettings.names), inheritsListeners: inheritsListeners)
  }

  func run() async throws {
    try await ServiceOptions.reporting {
      let inherited = try InheritedListeners.fromEnvironment(LaunchEnvironment.variables)
      let (configuration, effective) = try await read(inheritsListeners: inherited != nil)
      if service.check { print(effective) } else { await relay(configuration, inherited) }
    }
  }

  private func relay(_ configuration: RelayConfiguration, _ inherited: InheritedListeners?) async {
    var configuration = configuration
    // Whoever reads the metrics has the readings taken then.
    configuration.metricsInterval = nil
    let launch = service.launch("millrace.relay")
    let relay = Relay(
      configuration, logger: launch.logger, metrics: ServiceLaunch.metrics(configuration.admin), inheriting: inherited,
      managedBy: launch.manager)
    await launch.run(relay, relay.reception) { await reload(relay, launch.logger, inheritsListeners: inherited != nil) }
  }

  private func reload(_ relay: Relay, _ logger: Logger, inheritsListeners: Bool) async {
    do throws(SettingsError) {
      let upstreams = try await read(inheritsListeners: inheritsListeners).configuration.upstreams
      guard await relay.replaceUpstreams(by: upstreams) else { return }
      logger.info("upstreams read again", metadata: ["to": .array(upstreams.map { "\($0)" })])
    } catch {
      logger.error("the configuration was not read again, and stays as it was: \(error)")
    }
  }
}
