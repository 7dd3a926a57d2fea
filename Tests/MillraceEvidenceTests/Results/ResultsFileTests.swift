import Foundation
import Testing

@testable import MillraceEvidence

@Suite("A file of results")
struct ResultsFileTests {
  private let results = BenchResults(
    started: "2026-01-02T03:04:05Z", command: ["bench", "--rounds", "2"],
    method: .init(rounds: 2, seconds: 1.5, warmUpSeconds: 0.5),
    cells: [
      Cell(
        load: .init(scenario: "echo", size: 64, connections: 8), subject: "millrace",
        rounds: [
          Round(
            seconds: 1, operations: 3, bytes: 4, userCPUSeconds: 0.1, systemCPUSeconds: 0.2,
            latency: Latency(
              p50: 1, p99: 2, p999: 3, max: 4, isPaced: true, distribution: [.init(percentile: 50, microseconds: 1)]),
            declined: [Declined(route: "splice", reason: "small")])
        ],
        exact: ExactFigures(
          operations: 10, systemCalls: ["read": 10], allocations: Allocations(count: 1, bytes: 2),
          routes: ["buffered": 5],
          unstable: ["futex"]),
        timeline: [
          ReactorSample(
            seconds: 0.1, running: 1, runnable: 2, waiting: 3, inBlockingCall: 4, created: 5, threads: 6,
            pipesLeased: 7,
            buffersLeased: 8)
        ], warnings: ["noisy"]),
      Cell(
        load: .init(scenario: "stream", size: nil, connections: 1), subject: "go",
        outcome: .skipped(reason: "not installed")),
      Cell(
        load: .init(scenario: "stream", size: nil, connections: 1, route: "splice"), subject: "c",
        outcome: .failed(reason: "died")),
    ])

  @Test("is read as it was written, and written the same again")
  func roundTrip() throws {
    try inFolder { folder in
      let path = folder + "/results.json"
      try results.write(to: path)
      #expect(try BenchResults.read(from: path) == results)
      let first = try Data(contentsOf: URL(filePath: path))
      try results.write(to: path)
      #expect(try Data(contentsOf: URL(filePath: path)) == first)
      // Nothing is left beside it.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["results.json"])
    }
  }

  @Test("is for people and line by line comparison: sorted, a key a line, an end of the last line")
  func pretty() throws {
    try inFolder { folder in
      try results.write(to: folder + "/results.json")
      let text = try String(contentsOfFile: folder + "/results.json", encoding: .utf8)
      #expect(text.hasSuffix("}\n"))
      let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }
      #expect(keys == keys.sorted())
      #expect(keys.count == 6)
    }
  }

  @Test("of the environment is a kind of its own")
  func environment() throws {
    let environment = BenchEnvironment(
      kernel: "6.18.5", architecture: "x86_64", processor: "A", cores: 2, memory: 1 << 34,
      limits: ["RLIMIT_NOFILE": "9"],
      settings: [:], versions: ["go": "1.25"])
    try inFolder { folder in
      try environment.write(to: folder + "/environment.json")
      #expect(try BenchEnvironment.read(from: folder + "/environment.json") == environment)
      #expect(
        sentence { try BenchResults.read(from: folder + "/environment.json") }?
          .hasSuffix("is of the kind “millrace-bench-environment”, not “millrace-bench”") == true)
    }
  }

  @Test("may have fields that are not known yet, and lack those that may be missing")
  func tolerant() throws {
    let decoded = try decode(
      """
      {"schema": "millrace-bench", "version": 1, "started": "x", "command": [], "colour": {"a": [1]},
       "method": {"rounds": 1, "seconds": 1, "warmUpSeconds": 0, "humour": 3},
       "cells": [{"load": {"scenario": "s", "connections": 1, "route": "automatic"}, "subject": "c", "new": null,
                  "outcome": {"measured": {}}, "timeline": [], "warnings": [],
                  "rounds": [{"seconds": 1, "operations": 2, "bytes": 3, "userCPUSeconds": 0, "systemCPUSeconds": 0}]}]}
      """)
    #expect(decoded.cells.first?.rounds.first == .plain(seconds: 1, operations: 2, bytes: 3, user: 0, system: 0))
    #expect(decoded.cells.first?.exact == nil)
  }

  @Test(
    "that cannot be used is refused in one sentence that says why",
    arguments: [
      ("", "results.json is damaged: it is not whole JSON"),
      ("nonsense", "results.json is damaged: it is not whole JSON"),
      ("[]", "results.json is damaged: it is not of the right type"),
      ("{}", "results.json is no “millrace-bench” file: it does not name its schema"),
      (#"{"schema": "other"}"#, "results.json is of the kind “other”, not “millrace-bench”"),
      (#"{"schema": "millrace-bench"}"#, "results.json is damaged: it has no version"),
      (#"{"schema": "millrace-bench", "version": "1"}"#, "results.json is damaged: version is not of the right type"),
      (
        #"{"schema": "millrace-bench", "version": 7}"#,
        "results.json is of version 7, and this program knows up to 1: use the newer program that wrote it"
      ),
      (#"{"schema": "millrace-bench", "version": 1}"#, "results.json is damaged: it has no “started”"),
      (
        #"{"schema": "millrace-bench", "version": 1, "started": "", "command": [3], "method": 1, "cells": []}"#,
        "results.json is damaged: command[0] is not of the right type"
      ),
    ])
  func refused(text: String, expected: String) {
    #expect(sentence { try decode(text) } == expected)
  }

  @Test("that was cut off anywhere is refused")
  func truncated() throws {
    try inFolder { folder in
      try results.write(to: folder + "/results.json")
      let whole = try Data(contentsOf: URL(filePath: folder + "/results.json"))
      // The last two bytes are the brace and the end of the line.
      for length in stride(from: 0, to: whole.count - 2, by: 37) {
        #expect(throws: ResultsFileError.self) { try BenchResults.decode(whole.prefix(length), path: "x") }
      }
    }
  }

  @Test("that is not there, or has no place, is named with the reason")
  func places() throws {
    #expect(
      sentence { try BenchResults.read(from: "/nowhere/results.json") }
        == "cannot read /nowhere/results.json: there is no such file or directory")
    #expect(
      sentence { try results.write(to: "/nowhere/results.json") }
        == "cannot write /nowhere/results.json: there is no such file or directory")
    try inFolder { folder in
      #expect(sentence { try BenchResults.read(from: folder) }?.hasPrefix("cannot read \(folder): ") == true)
    }
  }

  @Test("with a number that JSON does not have leaves the old file as it was")
  func unwritable() throws {
    try inFolder { folder in
      let path = folder + "/results.json"
      try results.write(to: path)
      var broken = results
      broken.cells[0].rounds[0].seconds = .nan
      #expect(sentence { try broken.write(to: path) } == "cannot write \(path): cells[0].rounds[0].seconds is nan")
      #expect(try BenchResults.read(from: path) == results)
    }
  }

  private func decode(_ text: String) throws(ResultsFileError) -> BenchResults {
    try BenchResults.decode(Data(text.utf8), path: "results.json")
  }

  private func sentence<Value>(_ body: () throws -> Value) -> String? {
    do { _ = try body() } catch { return "\(error)" }
    return nil
  }
}

/// A folder that is gone afterwards.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = NSTemporaryDirectory() + "millrace-evidence-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}
