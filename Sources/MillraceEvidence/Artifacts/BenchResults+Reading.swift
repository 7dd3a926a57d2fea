import Foundation

extension BenchResults {
  /// Reads `results.json`, or the one in a folder of artifacts. Throws ``BenchFailure`` for what is none.
  public static func read(_ path: String) throws -> BenchResults {
    guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else {
      throw BenchFailure("\(path) is not there")
    }
    let isFolder = facts[.type] as? FileAttributeType == .typeDirectory
    let file = isFolder ? "\(path)/\(ArtifactsFolder.results)" : path
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: file)) } catch {
      throw BenchFailure("\(file) cannot be read: \(error.localizedDescription)")
    }
    return try decode(data, file)
  }

  private struct Head: Decodable { var schema: String?, version: Int? }

  static func decode(_ data: Data, _ file: String) throws -> BenchResults {
    guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
      throw BenchFailure("\(file) is no JSON, or only a part of it")
    }
    guard head.schema == "millrace-bench", let version = head.version else {
      throw BenchFailure("\(file) has no results of millrace bench: its schema is '\(head.schema ?? "")'")
    }
    guard version <= currentVersion else {
      throw BenchFailure("\(file) has version \(version) of the schema, and this program knows up to \(currentVersion)")
    }
    do { return try JSONDecoder().decode(BenchResults.self, from: data) } catch let error as DecodingError {
      throw BenchFailure("\(file) has no results as they should be: \(error.place)")
    }
  }
}

extension DecodingError {
  /// Where, and what was expected.
  fileprivate var place: String {
    let context: Context
    switch self {
    case .keyNotFound(let key, let found): return "\(Self.path(found.codingPath)) has no '\(key.stringValue)'"
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
    @unknown default: return "\(self)"
    }
    return "\(Self.path(context.codingPath)): \(context.debugDescription)"
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty ? "the file" : keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }
}
