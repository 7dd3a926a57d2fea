import Foundation
import Glibc
import Testing

/// A relay and those that succeed it, each started by the one before. They share standard error.
final class Generations {
  let first: Running
  let transcript: Transcript
  /// The processes, in order.
  private(set) var processes: [Int32]

  /// Starts the first and waits until it listens.
  init(
    _ arguments: [String], program: String = Program.path, environment: [String: String] = [:], in place: Scratch
  ) async throws {
    let running = try Running(["relay"] + arguments, program: program, environment: environment, in: place)
    first = running
    processes = [running.process.processIdentifier]
    transcript = try Transcript(of: running.errorFile)
    // One that ends before that says why.
    let listens = Flag()
    Task { [transcript] in
      _ = await running.result()
      if !listens.isSet { transcript.end() }
    }
    try await transcript.line(with: "relaying listeners=")
    listens.set()
  }

  /// Whatever has become of them, nothing stays behind.
  deinit {
    for process in processes where !Self.hasEnded(process) { kill(process, SIGKILL) }
    transcript.end()
  }

  var log: String { transcript.text }
  var current: Int32 { processes[processes.count - 1] }

  func lines(_ text: String) -> [String] { transcript.all.filter { $0.contains(text) } }

  /// The port of the listener that is the first.
  func port() throws -> UInt16 {
    let line = try #require(lines("relaying listeners=").first)
    let address = try #require(line.split(separator: "=").last?.split(separator: ",").first)
    return try #require(UInt16(address.split(separator: ":").last ?? ""))
  }

  func send(_ signal: Int32) { kill(current, signal) }

  /// Waits for a line with these words.
  func says(_ words: String) async throws { try await transcript.line(with: words) }

  /// Waits for the end of one of them, which may be nobody's child here.
  func end(of process: Int32) async throws {
    let end = ContinuousClock.now + .seconds(200)
    while !Self.hasEnded(process) {
      try #require(.now < end, "in vain for the end of \(process)\n\(log)")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Asks the current one for a successor, and waits until that has been started.
  func begin() async throws -> Int32 {
    let before = transcript.all.count
    send(SIGUSR2)
    let line = try await transcript.line(with: "a successor was started", from: before)
    let successor = try #require(Int32(line.split(separator: "=").last ?? ""))
    processes.append(successor)
    return successor
  }

  /// The same, and until it has taken over.
  func upgrade() async throws { try await says("the successor listens process=\(try await begin())") }

  /// The successor that was started last came to nothing: its parent is the current one again.
  func forgetLast() { processes.removeLast() }

  /// Ends the current one by SIGTERM and waits until all of them have ended.
  func end() async throws {
    send(SIGTERM)
    for process in processes { try await end(of: process) }
    #expect(await first.result().status == 0, "\(log)")
  }

  /// Gone, or dead and not reaped by whoever is its parent by now. proc_pid_stat(5)
  static func hasEnded(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
    return text.split(separator: ")").last?.hasPrefix(" Z") == true
  }
}
