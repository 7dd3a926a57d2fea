import Foundation
import Testing

@testable import MillraceEvidence

/// A directory of its own, gone with its owner.
final class Folder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appendingPathComponent(
      "millrace-scrub-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appendingPathComponent(name))) }

  func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

  /// Everything below a directory: files with their content, directories without.
  func tree(_ name: String) throws -> [String: [UInt8]?] {
    var tree: [String: [UInt8]?] = [:]
    for below in try FileManager.default.subpathsOfDirectory(atPath: path(name)) {
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path("\(name)/\(below)"), isDirectory: &isDirectory)
      tree[below] = isDirectory.boolValue ? .some(nil) : try read("\(name)/\(below)")
    }
    return tree
  }

  func scrub(_ names: [String], into output: String, secrets: [String] = [], force: Bool = false) async throws
    -> ScrubSummary
  {
    let machine = MachineNames(hosts: ["buildbox.lan", "buildbox"], users: ["alice"], homes: [])
    let options = ScrubOptions(machine: machine, secrets: secrets, replacesExisting: force)
    return try await Scrubber(options: options).scrub(names.map { path($0) }, into: path(output))
  }
}

/// Programs that some of the tests need.
enum Tool {
  static func path(_ name: String) -> String? {
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Runs a program to its end. Blocks.
  static func run(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path(name)))
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
