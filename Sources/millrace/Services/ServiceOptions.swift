import ArgumentParser
import Logging
import MillraceServices

/// The options of every service that are none of its settings: where these stand, and what is done with them.
struct ServiceOptions: ParsableArguments {
  @Option(help: "A YAML file with any of these.")
  var config: String?

  @Flag(help: "Print the configuration in full, with where each value is from, and end.")
  var check = false

  @Option(help: "How the log looks, text or json. Default: text.")
  var log = LogFormat.text

  @Option(help: "trace, debug, info, notice, warning, error or critical. Default: info.")
  var logLevel = "info"

  func validate() throws {
    guard Logger.Level(rawValue: logLevel) != nil else {
      let all = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--log-level is one of \(all); not '\(logLevel)'")
    }
  }

  /// The settings with these flags before them.
  func settings(_ flags: [String: [String]], names: [String]) async throws(SettingsError) -> Settings {
    try await Settings(flags: flags, environment: LaunchEnvironment.variables, file: config, names: names)
  }

  func launch(_ label: String) -> ServiceLaunch { ServiceLaunch(label, log, level: logLevel) }

  /// Says what is wrong, and ends with status 1.
  static func reporting(_ work: () async throws -> Void) async throws {
    do { try await work() } catch {
      Console.complain("\(error)")
      throw ExitCode.failure
    }
  }
}
