import Foundation
import Millrace
import SystemPackage

/// A folder for what a run leaves: each file in it is whole, or is not there.
public struct ArtifactsFolder: Sendable {
  /// Its path.
  public let path: String
  private let replaces: Bool

  /// What the figures are called in it.
  public static let results = "results.json"
  /// What the machine is called in it.
  public static let environment = "environment.json"
  /// What people look at.
  public static let report = "report.html"

  private static func isOurs(_ name: String) -> Bool {
    [results, environment, report].contains(name) || Tracer.allCases.contains { name.hasPrefix("\($0.rawValue)-") }
  }

  /// Looks before a run whether its files will find their place, and makes the folder.
  ///
  /// Throws ``BenchFailure`` where there are figures already and `replaces` is false, and where there can be no folder.
  public init(at path: String, replaces: Bool = false) throws {
    self.path = path
    self.replaces = replaces
    let existing = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if !replaces, let name = existing.sorted().first(where: Self.isOurs) {
      throw BenchFailure("\(path)/\(name) is there already: name another folder, or replace it with --force")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw BenchFailure("the folder \(path) cannot be made: \(error.localizedDescription)")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw BenchFailure("nothing can be written into \(path)")
    }
  }

  /// What is in the folder at `path`, or in that file of results; the environment where it is there. Blocks.
  public static func read(
    _ path: String
  ) throws(ResultsFileError) -> (results: BenchResults, environment: BenchEnvironment?) {
    // By way of a link as well.
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let kind = (try? FileManager.default.attributesOfItem(atPath: target))?[.type] as? FileAttributeType
    guard kind == .typeDirectory else { return (try BenchResults.read(from: path), nil) }
    let place = "\(path)/\(environment)"
    let hasEnvironment = FileManager.default.fileExists(atPath: place)
    return (
      try BenchResults.read(from: "\(path)/\(results)"), hasEnvironment ? try BenchEnvironment.read(from: place) : nil
    )
  }

  /// Writes files by their names: all of them beside their places first, and only then, when each is whole, into them.
  public func write(_ files: [(name: String, content: [UInt8])]) async throws {
    var staged: [StagedFile] = []
    do {
      for file in files {
        let one = try await StagedFile.begin(for: "\(path)/\(file.name)", permissions: FilePermissions(rawValue: 0o644))
        staged.append(one)
        _ = try await copy(from: Bytes(file.content), to: one.file)
      }
      for file in staged { try await file.commit(replacing: replaces) }
    } catch {
      for file in staged { await file.discard() }
      throw BenchFailure("the artifacts cannot be written: \(error)")
    }
  }
}
