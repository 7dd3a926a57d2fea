import Foundation

/// Chromium without a window.
package enum Browser {
  /// Where it is; nil where it is not installed, or does not start: of some systems it is a stub that asks for a snap.
  package static let path: String? = ["chromium", "chromium-browser", "google-chrome"]
    .flatMap { name in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    }
    .first { FileManager.default.isExecutableFile(atPath: $0) && starts($0) }

  private static func starts(_ path: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["--version"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Runs it to its end, in a profile of its own.
  package static func run(_ arguments: [String]) async throws -> (output: String, errors: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-browser-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files and not pipes: a helper of the browser that lives on would hold a pipe open.
    let files = ["output", "errors"].map { folder.appending(path: $0) }
    for file in files { try Data().write(to: file) }

    let process = Process()
    guard let path else { throw NotThere() }
    process.executableURL = URL(filePath: path)
    // Its sandbox does not work for root, nor in most containers; the pages are our own.
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage",
        "--enable-logging=stderr", "--user-data-dir=\(folder.path)/profile",
      ] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do { try process.run() } catch { ended.resume(throwing: error) }
    }
    let errors = try String(contentsOf: files[1], encoding: .utf8)
    guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus, errors: errors) }
    return (try String(contentsOf: files[0], encoding: .utf8), errors)
  }

  private struct NotThere: Error {}

  private struct Failed: Error {
    let status: Int32
    let errors: String
  }
}
