import ArgumentParser

/// The options of every service that say where clients come in, how many may, and how it ends.
struct ReceptionOptions: ParsableArguments {
  @Option(help: "Where clients connect; may be repeated.")
  var listen: [String] = []

  @Flag(inversion: .prefixedNo, help: "Share ports with this user's other processes. Default: off.")
  var reusePort: Bool?

  @Option(help: "Threads that serve, or 'cores'. Default: cores.")
  var reactors: String?

  @Option(help: "Idle time before the kernel probes a peer, or 'never'. Default: 1m.")
  var keepAlive: String?

  @Option(help: "Connections at once, or 'descriptors': as many as there are descriptors for. Default: descriptors.")
  var maxConnections: String?

  @Option(help: "Connections at once from one address, or 'unlimited'. Default: unlimited.")
  var maxConnectionsPerClient: String?

  @Option(help: "Connections a second, or 'unlimited'. Default: unlimited.")
  var maxAcceptRate: String?

  @Option(help: "At these bounds: wait (in the backlog) or refuse (with a reset). Default: wait.")
  var whenFull: String?

  @Option(help: "Where to tell what it does: /metrics, /transfers, /healthz, /readyz. Default: none.")
  var admin: String?

  @Option(help: "How long connections may take to end once it is to end. Default: 30s.")
  var drainTimeout: String?

  @Option(help: "How long a successor (SIGUSR2) may take until it listens. Default: 1m.")
  var upgradeTimeout: String?

  /// What the command line says, by the names of the settings.
  var flags: [String: [String]] {
    var flags = SettingFlags.single([
      ("reuse-port", reusePort.map { "\($0)" }), ("reactors", reactors), ("keep-alive", keepAlive),
      ("max-connections", maxConnections), ("max-connections-per-client", maxConnectionsPerClient),
      ("max-accept-rate", maxAcceptRate), ("when-full", whenFull), ("admin", admin), ("drain-timeout", drainTimeout),
      ("upgrade-timeout", upgradeTimeout),
    ])
    if !listen.isEmpty { flags["listen"] = listen }
    return flags
  }
}

enum SettingFlags {
  /// Those that were given.
  static func single(_ all: [(String, String?)]) -> [String: [String]] {
    var flags: [String: [String]] = [:]
    for case (let name, let value?) in all { flags[name] = [value] }
    return flags
  }
}
