/// What every service can be told: how many clients it lets in, where it tells what it does, and how it ends.
protocol ServiceConfiguration {
  var reusePort: Bool { get set }
  var maxConnections: Int? { get set }
  var maxConnectionsPerClient: Int? { get set }
  var maxAcceptRate: Int? { get set }
  var whenFull: WhenFull { get set }
  var admin: ServiceAddress? { get set }
  var drainTimeout: Duration { get set }
  var upgradeTimeout: Duration { get set }
}

extension HTTPServerConfiguration: ServiceConfiguration {}
extension RelayConfiguration: ServiceConfiguration {}

// The settings of these, by the same names and in the same words.
extension SettingReader {
  mutating func readReusePort(into configuration: inout some ServiceConfiguration) throws(SettingsError) {
    configuration.reusePort = try flag("reuse-port", default: configuration.reusePort)
  }

  mutating func readLimits(into configuration: inout some ServiceConfiguration) throws(SettingsError) {
    configuration.maxConnections = try number("max-connections", orNone: "descriptors", in: 1...10_000_000)
    configuration.maxConnectionsPerClient = try number(
      "max-connections-per-client", orNone: "unlimited", in: 1...10_000_000)
    configuration.maxAcceptRate = try number("max-accept-rate", orNone: "unlimited", in: 1...1_000_000)
    configuration.whenFull = try choice("when-full", default: configuration.whenFull)
  }

  mutating func readEnd(into configuration: inout some ServiceConfiguration) throws(SettingsError) {
    configuration.admin = try optional("admin") { (text) throws(ServiceAddress.Malformed) in try ServiceAddress(text) }
    configuration.drainTimeout = try duration("drain-timeout", default: "30s")
    configuration.upgradeTimeout = try duration("upgrade-timeout", default: "1m")
  }
}
