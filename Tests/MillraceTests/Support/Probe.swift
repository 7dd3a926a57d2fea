import Foundation

/// A program that is built beside the tests and run in a process of its own.
enum Probe {
  /// Where the program called `name` is.
  static func path(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let path = folder.appendingPathComponent(name).path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing("\(name) is built beside the tests") }
    return path
  }

  /// What it prints, which is JSON.
  static func answer<Answer: Decodable & Sendable>(_ name: String, _ arguments: [String]) async throws -> Answer {
    let path = try path(name)
    return try await onThread {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw Missing("\(name) ended with \(process.terminationStatus)") }
      return try JSONDecoder().decode(Answer.self, from: output)
    }
  }
}
