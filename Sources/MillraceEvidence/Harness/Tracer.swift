import Foundation
import LinuxCalls

/// A look from outside at the process that is measured, beside the measurement: in a turn of its own, for it makes everything
/// slower.
public enum Tracer: String, Sendable, CaseIterable {
  /// Counts system calls and their time: strace -c. strace(1)
  case strace
  /// Samples where the time goes: perf record and perf report. perf(1)
  case perf

  /// How to get it.
  var remedy: String {
    switch self {
    case .strace: "'apt-get install strace' brings it"
    case .perf: "'apt-get install linux-perf' brings it"
    }
  }

  /// What a shell runs; it ends at SIGINT, and has written `output` then.
  fileprivate func command(for processes: [Int32], _ output: String) -> String {
    let list = processes.map { "\($0)" }.joined(separator: ",")
    return switch self {
    case .strace: "exec strace -f -c -o '\(output)' -p \(list)"
    // A kernel without hardware counters, as most virtual machines, still has a clock.
    case .perf: "exec perf record -e cpu-clock -F 999 -g -o '\(output).data' -p \(list)"
    }
  }

  /// What it says when it has begun.
  fileprivate var hasBegun: String? {
    switch self {
    case .strace: "attached"
    // perf says nothing before its end.
    case .perf: nil
    }
  }
}

/// What a tracer found, as a file of the artifacts.
public struct TraceFile: Sendable, Equatable {
  /// The file's name: `strace-echo-4096-32-automatic-millrace.txt`.
  public var name: String
  /// Its text.
  public var text: String
}

extension Tracer {
  /// Traces one subject at one load for so long.
  func trace(_ stage: Stage, seconds: Double, _ place: StagePlace) async throws -> TraceFile {
    try await stage.open()
    // Also while the tracer starts.
    try await stage.beginCompany(warmUp: 1, seconds: seconds)
    _ = try await stage.work(.work(seconds: 0.05), seconds: 0.05)
    let output = "\(place.directory)/traced"
    defer {
      for name in [output, "\(output).data", "\(output).said"] { try? FileManager.default.removeItem(atPath: name) }
    }
    let tracer = try RoleProcess(
      rawValue, .foreign(command: command(for: ProcessTree.members(of: stage.measured), output), log: "\(output).said"),
      program: place.program)
    defer { tracer.end() }
    guard let process = try await tracer.untilReady().process else { throw BenchFailure("\(rawValue) did not start") }
    try await untilBegun(tracer, "\(output).said")
    _ = try await stage.work(.work(seconds: seconds), seconds: seconds)
    try Linux.send(signal: 2 /* SIGINT */, to: process)
    guard await tracer.lastWords(within: .seconds(20)) != nil else { throw BenchFailure("\(rawValue) does not end") }
    return TraceFile(name: Self.name(self, stage), text: try text(output))
  }

  private func untilBegun(_ tracer: RoleProcess, _ said: String) async throws {
    guard let hasBegun else {
      // Long enough to fail in.
      if await tracer.lastWords(within: .milliseconds(300)) != nil { throw cannot(said) }
      return
    }
    let end = Linux.now + 10_000_000_000
    while !ProcessTree.text(said).contains(hasBegun) {
      if await tracer.lastWords(within: .milliseconds(1)) != nil || Linux.now > end { throw cannot(said) }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private func cannot(_ said: String) -> BenchFailure {
    let reason = ProcessTree.text(said).split(separator: "\n").last.map { ": \($0)" } ?? ""
    return BenchFailure("\(rawValue) cannot trace\(reason) (\(remedy) where it is missing)")
  }

  private func text(_ output: String) throws -> String {
    switch self {
    case .strace: return ProcessTree.text(output)
    case .perf:
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "perf", "report", "-i", "\(output).data", "--stdio", "--no-children", "-g", "none", "--percent-limit", "0.5",
        "--sort", "dso,symbol",
      ]
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw BenchFailure("perf cannot trace: \(ProcessTree.text("\(output).said").split(separator: "\n").last ?? "")")
      }
      return text
    }
  }

  private static func name(_ tracer: Tracer, _ stage: Stage) -> String {
    let load = stage.load
    let size = load.size.map { "\($0)" } ?? "stream"
    let beside = load.beside.map { "-\($0.text)" } ?? ""
    let name =
      "\(tracer.rawValue)-\(load.scenario)-\(size)-\(load.connections)-\(load.route)\(beside)-\(stage.subject.name)"
    // A target is called what its owner likes.
    return String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }) + ".txt"
  }
}
