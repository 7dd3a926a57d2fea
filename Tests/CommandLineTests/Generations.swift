import Foundation
import Glibc
import Testing

/// A relay and those that succeed it, each started by the one before. They share standard error.
final class Generations {
  let first: Running
  /// The processes, in order.
  private(set) var processes: [Int32]

  /// Starts the first and waits until it listens.
  init(
    _ arguments: [String], program: String = Program.path, environment: [String: String] = [:], in place: Scratch
  ) async throws {
    let running = try Running(["relay"] + arguments, program: program, environment: environment, in: place)
    first = running
    processes = [running.process.processIdentifier]
    try #require(try await running.wait(until: { running.errors.contains("relaying listeners=") }), "\(log)")
  }

  /// Whatever has become of them, nothing stays behind.
  deinit { for process in processes where !Self.hasEnded(process) { kill(process, SIGKILL) } }

  var log: String { first.errors }
  var current: Int32 { processes[processes.count - 1] }

  func lines(_ text: String) -> [Substring] { log.split(separator: "\n").filter { $0.contains(text) } }

  /// The port of the listener that is the first.
  func port() throws -> UInt16 {
    let line = try #require(lines("relaying listeners=").first)
    let address = try #require(line.split(separator: "=").last?.split(separator: ",").first)
    return try #require(UInt16(address.split(separator: ":").last ?? ""))
  }

  func send(_ signal: Int32) { kill(current, signal) }

  /// Waits until `condition` holds, and says what it waited for before the suite's three minutes are over: how long things take
  /// beside all other tests is nothing that a test could know.
  func wait(_ what: String, until condition: () throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(150)
    while try !condition() {
      try #require(.now < end, "in vain for: \(what)\n\(log)")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Asks the current one for a successor, and waits until that has been started.
  func begin() async throws -> Int32 {
    let before = lines("a successor was started").count
    send(SIGUSR2)
    try await wait("a successor", until: { lines("a successor was started").count > before })
    let line = try #require(lines("a successor was started").last)
    let successor = try #require(Int32(line.split(separator: "=").last ?? ""))
    processes.append(successor)
    return successor
  }

  /// The same, and until it has taken over.
  func upgrade() async throws {
    let successor = try await begin()
    try await wait("its listening", until: { !lines("the successor listens process=\(successor)").isEmpty })
  }

  /// The successor that was started last came to nothing: its parent is the current one again.
  func forgetLast() { processes.removeLast() }

  /// Ends the current one by SIGTERM and waits until all of them have ended.
  func end() async throws {
    send(SIGTERM)
    for process in processes { try await wait("the end of \(process)", until: { Self.hasEnded(process) }) }
    #expect(await first.result().status == 0, "\(log)")
  }

  /// Gone, or dead and not reaped by whoever is its parent by now. proc_pid_stat(5)
  static func hasEnded(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
    return text.split(separator: ")").last?.hasPrefix(" Z") == true
  }
}
