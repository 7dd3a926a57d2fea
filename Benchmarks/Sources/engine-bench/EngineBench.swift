import ArgumentParser
import CBench
import Foundation

@main
struct EngineBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine-bench",
    abstract: "Measures the Millrace engine beside the plain loops in C.",
    discussion: """
      Each subject runs in its own process, and only its own CPU time counts. Rounds are \
      interleaved, the first one is not counted. Results are reported, never asserted: the \
      exit status is 0 unless something failed.
      """)

  @Option(help: "A scenario, or the first word of several; may be repeated. Default: all.")
  var scenario: [String] = []

  @Option(help: "A subject to measure; may be repeated. Default: all.")
  var subject: [String] = []

  @Option(help: "Rounds that count.")
  var rounds: Int?

  @Option(help: "Bytes of one bulk measurement. Default: 2 GiB.")
  var bytes: UInt64?

  @Option(help: "Idle connections to hold. Default: 2000.")
  var idle: Int?

  @Option(help: "Seconds one measurement may take.")
  var timeout = 120

  @Option(help: "Where the file to be served is made.")
  var directory = FileManager.default.temporaryDirectory.path

  @Option(help: "Also write the results to this file.")
  var json: String?

  @Flag(help: "Less of everything: to see that it works, not to measure.")
  var quick = false

  @Flag(help: "Name the scenarios and subjects, and measure nothing.")
  var list = false

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if exitCode(for: error) == .success { exit(withError: error) }
      let sentence = (error as? Failure)?.description ?? message(for: error)
      FileHandle.standardError.write(Data("engine-bench: \(sentence)\n".utf8))
      Foundation.exit(1)
    }
  }

  func run() throws {
    try check()
    let idleConnections = idle ?? (quick ? 200 : 2000)
    let all = allScenarios(idleConnections: idleConnections)
    if list {
      print("scenarios: " + all.map(\.name).joined(separator: ", "))
      print("subjects: " + Subject.allCases.map(\.rawValue).joined(separator: ", "))
      return
    }
    let chosen = try scenarios(named: scenario, from: all)
    let subjects = try chosenSubjects()
    let programs = try Programs()
    for program in Set([.load] + chosen.flatMap(\.subjects).filter(subjects.contains).compactMap(\.program)) {
      try programs.check(program)
    }

    bench_start("engine-bench")
    bench_ignore_sigpipe()
    bench_catch_interrupts()
    let file = try BulkFile(in: directory)
    defer { file.remove() }
    let rig = Rig(
      bytes: bytes ?? (quick ? 256 << 20 : 2 << 30), echoDivisor: quick ? 10 : 1,
      idleConnections: idleConnections, file: file.path, fileBytes: UInt64(BulkFile.size))
    let rounds = Rounds(
      programs: programs, rig: rig, rounds: self.rounds ?? (quick ? 2 : 5), subjects: subjects,
      seconds: timeout)

    var results: [ScenarioResult] = []
    for scenario in chosen {
      let result = try rounds.run(scenario, progress: report)
      results.append(result)
      report("")
      print(Table(result: result), terminator: "\n\n")
      fflush(nil)
    }
    if let json { try Report(results, rounds: rounds.rounds, rig: rig).write(to: json) }
  }

  private func check() throws {
    if let rounds, !(1...1000).contains(rounds) {
      throw Failure("--rounds is from 1 to 1000, not \(rounds).")
    }
    if let bytes, !(1 << 20...1 << 40).contains(bytes) {
      throw Failure("--bytes is from 1 MiB to 1 TiB, not \(bytes) bytes.")
    }
    if let idle, !(1...100_000).contains(idle) {
      throw Failure("--idle is from 1 to 100000, not \(idle).")
    }
    guard (1...1200).contains(timeout) else {
      throw Failure("--timeout is from 1 to 1200 seconds, not \(timeout).")
    }
  }

  private func chosenSubjects() throws -> Set<Subject> {
    if subject.isEmpty { return Set(Subject.allCases) }
    return try Set(
      subject.map { name in
        guard let subject = Subject(rawValue: name) else {
          let known = Subject.allCases.map(\.rawValue).joined(separator: ", ")
          throw Failure("there is no subject '\(name)'; there are \(known).")
        }
        return subject
      })
  }

  /// One line on a terminal that replaces itself; nothing where errors are kept.
  private func report(_ progress: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K\(progress)".utf8))
  }
}
