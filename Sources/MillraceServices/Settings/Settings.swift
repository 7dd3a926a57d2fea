import Configuration
import LinuxCalls
import SystemPackage
import Yams

/// The settings of a service as people give them: flags first, then the environment, then a YAML file. The same name
/// everywhere: `--idle-timeout 30s`, `MILLRACE_IDLE_TIMEOUT=30s`, `idle-timeout: 30s`.
public struct Settings: Sendable {
  /// One text, or several, and where they stand.
  struct Found {
    let texts: [String]
    let origin: Origin
  }

  /// Where a setting came from, as a person would look for it.
  enum Origin: Equatable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    case file(String, line: Int?)

    var description: String {
      switch self {
      case .flag(let name): name
      case .environment(let name): name
      case .file(let name, let line?): "\(name), line \(line)"
      case .file(let name, nil): name
      }
    }
  }

  private let flags: InMemoryProvider
  private let environment: KeyMappingProvider<EnvironmentVariablesProvider>
  private let file: SettingsFile?

  /// - Parameters:
  ///   - flags: what the command line gave, by name without dashes.
  ///   - environment: the process's variables; those that begin with `MILLRACE_` count.
  ///   - file: the path of a YAML file; nil for none.
  ///   - names: the settings there are. Anything else in the file is an error.
  ///
  /// Throws ``SettingsError`` for a file that cannot be read or is no mapping of these names to texts and lists.
  public init(
    flags: [String: [String]], environment: [String: String], file: String?, names: [String]
  ) async throws(SettingsError) {
    self.flags = InMemoryProvider(
      values: Dictionary(
        uniqueKeysWithValues: flags.map {
          (AbsoluteConfigKey([$0.key]), ConfigValue(.stringArray($0.value), isSecret: false))
        }))
    self.environment = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "millrace")
    if let file { self.file = try await SettingsFile(file, names: names) } else { self.file = nil }
  }

  /// What was said of a setting, by the first that says anything; nil where nobody did.
  func find(_ name: String) throws(SettingsError) -> Found? {
    let key = AbsoluteConfigKey([name])
    if case .stringArray(let texts)? = try? flags.value(forKey: key, type: .stringArray).value?.content {
      return Found(texts: texts, origin: .flag("--\(name)"))
    }
    if let result = try? environment.value(forKey: key, type: .stringArray),
      case .stringArray(let texts)? = result.value?.content
    {
      return Found(texts: texts, origin: .environment(result.encodedKey))
    }
    return try file?.find(name)
  }
}

/// What is wrong with a setting: one sentence that says where it stands, what was found, and what was expected.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ found: Settings.Found, _ text: String, _ expected: String) {
    description = "\(found.origin): '\(text)' is not right: \(expected)"
  }
}
