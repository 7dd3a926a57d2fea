import FoundationEssentials

/// What is kept as a file with a schema and a version: ``BenchResults`` and ``BenchEnvironment``.
public protocol ResultsFile: Codable, Sendable {
  /// The name of the schema, in every file.
  static var schemaName: String { get }
  /// The number of the schema that this version writes, and the greatest that it reads.
  static var currentVersion: Int { get }
}

extension BenchResults: ResultsFile {
  /// `millrace-bench`
  public static var schemaName: String { "millrace-bench" }
}

extension BenchEnvironment: ResultsFile {
  /// `millrace-bench-environment`
  public static var schemaName: String { "millrace-bench-environment" }
  /// The number that this version writes.
  public static var currentVersion: Int { 1 }
}

extension ResultsFile {
  /// Reads the file at `path`. Fields that are not known are passed over. Blocks.
  ///
  /// - Throws: ``ResultsFileError`` for another schema, a greater version, and what is cut off or damaged.
  public static func read(from path: String) throws(ResultsFileError) -> Self {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(path: path, reason: plain(error))
    }
    return try decode(data, path: path)
  }

  /// Writes the file at `path`: pretty-printed, with sorted keys, so that two of them can be compared line by line. Whoever
  /// opens it sees the old file or the new one, never a part: it is written beside it, and renamed. Blocks.
  ///
  /// - Throws: ``ResultsFileError/unwritable(path:reason:)``, also for a number that JSON does not have, such as NaN.
  public func write(to path: String) throws(ResultsFileError) {
    do { try Data(json()).write(to: URL(filePath: path), options: .atomic) } catch let EncodingError.invalidValue(
      value, context)
    {
      throw .unwritable(path: path, reason: "\(place(context.codingPath)) is \(value)")
    } catch {
      throw .unwritable(path: path, reason: plain(error))
    }
  }

  /// What the file has: JSON in UTF-8, pretty-printed, with sorted keys.
  ///
  /// - Throws: `EncodingError` for a number that JSON does not have, such as NaN.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }

  /// What `data` says. `path` is for the error's sentence alone.
  static func decode(_ data: Data, path: String) throws(ResultsFileError) -> Self {
    let decoder = JSONDecoder()
    do {
      // The header first: of another schema or version, what is missing in the rest is no news.
      let header = try decoder.decode(Header.self, from: data)
      guard header.schema == schemaName else {
        throw ResultsFileError.otherKind(path: path, expected: schemaName, found: header.schema)
      }
      guard let version = header.version, version >= 1 else {
        throw ResultsFileError.damaged(path: path, reason: "it has no version")
      }
      guard version <= currentVersion else {
        throw ResultsFileError.newer(path: path, version: version, known: currentVersion)
      }
      return try decoder.decode(Self.self, from: data)
    } catch let error as ResultsFileError {
      throw error
    } catch let error as DecodingError {
      throw .damaged(path: path, reason: reason(error))
    } catch {
      throw .damaged(path: path, reason: plain(error))
    }
  }
}

/// Writes a text file, whole or not at all.
func writeWhole(_ text: String, to path: String) throws(ResultsFileError) {
  do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
    throw .unwritable(path: path, reason: plain(error))
  }
}

/// What every such file says of itself.
private struct Header: Decodable {
  var schema: String?
  var version: Int?
}

/// What is wrong with a file, and where.
private func reason(_ error: DecodingError) -> String {
  switch error {
  case .keyNotFound(let key, let context): "\(place(context.codingPath)) has no “\(key.stringValue)”"
  case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
  case .typeMismatch(_, let context): "\(place(context.codingPath)) is not of the right type"
  case .dataCorrupted(let context) where context.codingPath.isEmpty: "it is not whole JSON"
  case .dataCorrupted(let context): "\(place(context.codingPath)) has a value that cannot be"
  @unknown default: "it cannot be understood"
  }
}

/// `cells[3].rounds[0].seconds`
private func place(_ path: [any CodingKey]) -> String {
  guard !path.isEmpty else { return "it" }
  var text = ""
  for key in path {
    if let index = key.intValue { text += "[\(index)]" } else { text += (text.isEmpty ? "" : ".") + key.stringValue }
  }
  return text
}

/// A file system's error without its decoration.
private func plain(_ error: any Error) -> String {
  guard let error = error as? CocoaError else { return "\(error)" }
  return switch error.code {
  case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file or directory"
  case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
  case .fileWriteOutOfSpace: "no space left on the device"
  case .fileWriteVolumeReadOnly: "the file system is read-only"
  case .fileReadTooLarge: "it is too large"
  default: "\(error.underlying.map { "\($0)" } ?? "error \(error.code.rawValue)")"
  }
}
