import Foundation
import Configuration
import SystemPackage
import Yams

/// A YAML file of settings: a mapping of names to texts, or to lists of texts.
struct SettingsFile: Sendable {
  private let path: String
  private let provider: FileProvider<YAMLSnapshot>
  /// Where each name stands, for what is said of it.
  private let lines: [String: Int]

  init(_ path: String, names: [String]) async throws(SettingsError) {
    self.path = path
    let root: Node?
    do {
      provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
      root = try Yams.compose(yaml: String(contentsOfFile: path, encoding: .utf8))
    } catch let error as YamlError {
      throw Self.error(path, error)
    } catch {
      throw SettingsError("\(path): \(Self.reason(error))")
    }
    var lines: [String: Int] = [:]
    for (key, value) in root?.mapping ?? [:] {
      let name = key.string ?? ""
      let place = Settings.Origin.file(path, line: key.mark?.line)
      guard names.contains(name) else {
        throw SettingsError("\(place): there is no setting '\(name)'; there are \(names.joined(separator: ", "))")
      }
      guard lines[name] == nil else { throw SettingsError("\(place): '\(name)' stands there twice") }
      guard value.isText || value.sequence?.allSatisfy(\.isText) == true else {
        throw SettingsError("\(place): '\(name)' is a text or a list of texts, not a mapping")
      }
      lines[name] = key.mark?.line
    }
    self.lines = lines
  }

  func find(_ name: String) throws(SettingsError) -> Settings.Found? {
    let key = AbsoluteConfigKey([name])
    let origin = Settings.Origin.file(path, line: lines[name])
    if case .stringArray(let texts)? = try? provider.value(forKey: key, type: .stringArray).value?.content {
      return Settings.Found(texts: texts, origin: origin)
    }
    if case .string(let text)? = try? provider.value(forKey: key, type: .string).value?.content {
      return Settings.Found(texts: [text], origin: origin)
    }
    return nil
  }

  private static func error(_ path: String, _ error: YamlError) -> SettingsError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      SettingsError("\(path), line \(mark.line): this is no YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, _):
      SettingsError("\(path): '\(keys.first.map { "\($0)" } ?? "a name")' stands there twice")
    default: SettingsError("\(path): this is no YAML")
    }
  }

  private static func reason(_ error: any Error) -> String {
    let text = "\(error)"
    if text.contains("not a mapping") { return "a mapping of names to values is expected" }
    return text.contains("fileNotFound") || text.contains("not found") || text.contains("No such file")
      ? "there is no such file" : "it cannot be read: \(text)"
  }
}

extension Node {
  fileprivate var isText: Bool { scalar != nil }
}
