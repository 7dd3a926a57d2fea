/// A relay's configuration as people give it.
public enum RelaySettings {
  /// The names there are, in the order of the documentation.
  public static let names = [
    "listen", "to", "balance", "reuse-port", "reactors", "connect-timeout", "idle-timeout", "half-closed-timeout",
    "keep-alive", "max-connections", "max-connections-per-client", "max-accept-rate", "when-full",
    "accept-proxy-from", "proxy-timeout", "send-proxy",
    "eject-after", "eject-time", "max-eject-time", "check-interval", "check-timeout", "check-rise", "check-fall",
    "resolve-interval", "mirror", "mirror-patience", "admin", "drain-timeout", "upgrade-timeout",
  ]

  /// The configuration, and what it is in full as a YAML text.
  ///
  /// - Parameter inheritsListeners: there are sockets that listen already: `listen` may be missing.
  public static func read(
    _ settings: Settings, inheritsListeners: Bool = false
  ) throws(SettingsError) -> (configuration: RelayConfiguration, effective: String) {
    var reader = SettingReader(settings)
    let listen = try reader.list("listen") { (text) throws(ServiceAddress.Malformed) in try ServiceAddress(text) }
    let to = try reader.list("to") { (text) throws(ServiceAddress.Malformed) in try UpstreamTarget(text) }
    for (name, isEmpty) in [("listen", listen.isEmpty && !inheritsListeners), ("to", to.isEmpty)] where isEmpty {
      throw SettingsError(
        "--\(name) is missing: at least one address is expected, here, as \(name) in the file or in MILLRACE_\(name.uppercased())"
      )
    }
    var configuration = RelayConfiguration(listen: listen, upstreams: to)
    configuration.balance = try reader.choice("balance", default: configuration.balance)
    try reader.readReusePort(into: &configuration)
    configuration.reactors = try reader.number("reactors", orNone: "cores", in: 1...1024)
    configuration.connectTimeout = try reader.duration("connect-timeout", default: "5s")
    configuration.idleTimeout = try reader.optionalDuration("idle-timeout", default: "1h")
    configuration.halfClosedTimeout = try reader.optionalDuration("half-closed-timeout", default: "1m")
    configuration.keepAlive = try reader.optionalDuration("keep-alive", default: "1m")
    try reader.readLimits(into: &configuration)
    configuration.acceptProxyFrom = try reader.list("accept-proxy-from") { (text) throws(ServiceAddress.Malformed) in
      try Network(text)
    }
    configuration.proxyTimeout = try reader.duration("proxy-timeout", default: "5s")
    configuration.sendProxy = try reader.choice("send-proxy", default: configuration.sendProxy)
    configuration.ejectAfter = try reader.number("eject-after", default: configuration.ejectAfter, in: 0...1_000_000)
    configuration.ejectTime = try reader.duration("eject-time", default: "1s")
    configuration.maxEjectTime = try reader.duration("max-eject-time", default: "1m")
    configuration.checkInterval = try reader.optionalDuration("check-interval", default: "never")
    configuration.checkTimeout = try reader.duration("check-timeout", default: "2s")
    configuration.checkRise = try reader.number("check-rise", default: configuration.checkRise, in: 1...1000)
    configuration.checkFall = try reader.number("check-fall", default: configuration.checkFall, in: 1...1000)
    configuration.resolveInterval = try reader.optionalDuration("resolve-interval", default: "30s")
    configuration.mirror = try reader.optional("mirror") { (text) throws(ServiceAddress.Malformed) in
      try UpstreamTarget.address(text)
    }
    configuration.mirrorPatience = try reader.duration("mirror-patience", orNone: "none")
    try reader.readEnd(into: &configuration)
    return (configuration, reader.description)
  }
}
