import ArgumentParser
import Foundation
import LinuxCalls
import Millrace
import MillraceEvidence

/// `millrace bench`
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures what it costs to move bytes, beside others.",
    discussion: """
      Load, far end and what is measured are processes of their own; the figures are
      of what is measured alone. In each round every subject has its turn, and
      ratios are taken within a round.

        millrace bench --quick                          a look, in under a minute
        millrace bench --scenario echo --peer nginx,haproxy,go,c
        millrace bench --scenario echo --connections 32 \\
          --target 'socat=socat tcp-l:{listen},fork tcp:{upstream}'
        millrace bench --quick --artifacts run-1

      Scenarios: \(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).

      {listen} and {upstream} are addresses such as 127.0.0.1:8000, {root} is a folder
      with the file 'content'. In file-to-socket a byte asks for that file; in
      socket-to-file a byte answers each message; in http-file the folder is to be
      served, and has the file 'file'.
      """,
    subcommands: [BenchCompareCommand.self])

  @Flag(help: "Fewer sizes, connections and rounds: under a minute.")
  var quick = false

  @Option(help: ArgumentHelp("Which scenarios; separated by commas. Default: all.", valueName: "names"))
  var scenario: String?

  @Option(
    help: ArgumentHelp("Bytes of an operation, such as 4KiB, or 'stream'; separated by commas.", valueName: "sizes"))
  var size: String?

  @Option(
    help: ArgumentHelp(
      "Connections at once, 1 to 8000; separated by commas. Default: 1,32,256; idle: 256; http-idle: 8000.",
      valueName: "counts"))
  var connections: String?

  @Option(
    help: ArgumentHelp(
      "automatic, buffered, sendfile, splice, splice-through-pipe or copy_file_range; separated by commas. Default: all.",
      valueName: "routes"))
  var route: String?

  @Option(
    help: ArgumentHelp(
      "nothing, bulk:N or idle:N connections that the subject has besides, in echo and http-file; separated by commas.",
      valueName: "company"))
  var beside: String?

  @Option(help: "Rounds that count, 1 to 100. Default: 5.")
  var rounds: Int?

  @Option(help: ArgumentHelp("Seconds of each measurement, 0.05 to 600. Default: 1.", valueName: "seconds"))
  var duration: Double?

  @Option(help: ArgumentHelp("Operations a second, all connections together, at a steady pace.", valueName: "rate"))
  var rate: Double?

  @Option(
    help: ArgumentHelp(
      "Seconds an answer may take before its row has failed, 0.5 to 600. Default: 10.", valueName: "seconds"))
  var patience: Double?

  @Option(help: ArgumentHelp("go, nginx, nginx-cached, caddy, haproxy, c; separated by commas.", valueName: "names"))
  var peer: String?

  @Option(help: ArgumentHelp("Anyone's program: NAME=COMMAND; may be repeated.", valueName: "name=command"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp("Where the files are that are measured with. Default: TMPDIR or /tmp.", valueName: "folder"))
  var root: String?

  @Option(
    help: ArgumentHelp(
      "A folder for the results as JSON and as a page (report.html), and where they were made.", valueName: "folder"))
  var artifacts: String?

  @Flag(help: "Replace the artifacts that are there already.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "strace, perf: look from outside, in a turn of its own; into the artifacts. Separated by commas.",
      valueName: "names"))
  var trace: String?

  @Flag(help: "Print the results as JSON.")
  var json = false

  func run() async throws {
    Linux.raiseDescriptorLimit()
    do {
      let options = try options()
      let folder = try artifacts.map { try ArtifactsFolder(at: $0, replaces: force) }
      let outcome = try await measure(options)
      let results = outcome.results
      // What was measured is told, whatever becomes of the files.
      try Console.print(json ? String(decoding: try results.json(), as: UTF8.self) : BenchTable(results).text)
      try await folder?.write(try Self.files(outcome, options))
      let failed = results.cells.contains { if case .failed = $0.outcome { true } else { false } }
      if failed { throw ExitCode.failure }
    } catch let failure as Failure {
      Console.complain(failure.sentence)
      throw ExitCode.failure
    } catch let failure as BenchFailure {
      Console.complain("\(failure)")
      throw ExitCode.failure
    }
  }

  private func measure(_ options: BenchOptions) async throws -> BenchRun.Outcome {
    guard let path = Linux.ownProgram else { throw Failure("the path of this program is not known") }
    let run = BenchRun(
      options, program: HarnessProgram(path: path, arguments: ["bench-role"]),
      command: Array(CommandLine.arguments.dropFirst())
    ) { step in
      if Console.isTerminal { Console.write("\r\(String(step.prefix(Console.columns - 1)))\u{1B}[K") }
    }
    let work = Task { try await run.run() }
    let stop = Task {
      for await request in Signals.requests {
        work.cancel()
        return request.signal
      }
      return 0
    }
    defer {
      stop.cancel()
      if Console.isTerminal { Console.write("\r\u{1B}[K") }
    }
    do { return try await work.value } catch is CancellationError {
      throw ExitCode(128 + (await stop.value))
    }
  }

  private static func files(
    _ outcome: BenchRun.Outcome, _ options: BenchOptions
  ) throws -> [(name: String, content: [UInt8])] {
    let environment = BenchEnvironment.probe(peers: options.peers)
    return [
      (ArtifactsFolder.results, try outcome.results.json()),
      (ArtifactsFolder.environment, try environment.json()),
      (ArtifactsFolder.report, Array(HTMLReport(outcome.results, environment).html.utf8)),
    ] + outcome.traces.map { ($0.name, Array($0.text.utf8)) }
  }

  // MARK: - Arguments

  private func options() throws -> BenchOptions {
    var options = quick ? .quick : BenchOptions()
    if let scenario {
      options.scenarios = try list(scenario, "--scenario", Scenario.allCases.map(\.rawValue)) { Scenario(rawValue: $0) }
    }
    if let size {
      options.sizes = try list(size, "--size", ["4KiB", "stream"], Self.size)
      options.httpSizes = []
    }
    if let connections {
      options.connections = try list(connections, "--connections", ["1 to 8000"]) {
        Int($0).flatMap { (1...8000).contains($0) ? $0 : nil }
      }
      options.idleConnections = options.connections
      options.httpIdleConnections = options.connections
    }
    if let route {
      options.routes = try list(route, "--route", ["automatic"] + Self.routes) {
        Self.routes.contains($0) || $0 == "automatic" ? $0 : nil
      }
    }
    if let beside {
      options.beside = try list(beside, "--beside", ["nothing, bulk:8 (to 256) or idle:1000 (to 8000)"]) { text in
        text == "nothing" ? .some(nil) : Company(text).map(Optional.some)
      }
    }
    if let rounds {
      guard (1...100).contains(rounds) else { throw ValidationError("--rounds is from 1 to 100; not \(rounds)") }
      options.rounds = rounds
    }
    if let duration {
      guard (0.05...600).contains(duration) else {
        throw ValidationError("--duration is from 0.05 to 600 seconds; not \(duration)")
      }
      options.seconds = duration
    }
    if let patience {
      guard (0.5...600).contains(patience) else {
        throw ValidationError("--patience is from 0.5 to 600 seconds; not \(patience)")
      }
      options.patience = patience
    }
    if let rate {
      guard (1...1_000_000).contains(rate) else { throw ValidationError("--rate is from 1 to 1000000; not \(rate)") }
      options.rate = rate
    }
    if let trace {
      options.tracers = try list(trace, "--trace", Tracer.allCases.map(\.rawValue)) { Tracer(rawValue: $0) }
      if artifacts == nil { throw ValidationError("--trace needs --artifacts, where its text is written to") }
    }
    if let peer { options.peers = try list(peer, "--peer", Peer.allCases.map(\.rawValue)) { Peer(rawValue: $0) } }
    options.targets = try target.map(Self.target)
    for (place, one) in options.targets.enumerated()
    where options.targets[..<place].contains(where: { $0.name == one.name }) {
      throw ValidationError("--target is called \(one.name) twice")
    }
    options.root = root ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    if scenario != nil { try checkApplies(options) }
    guard !options.loads.isEmpty else {
      throw ValidationError("no scenario has all of that: see the sizes and routes of each with --help")
    }
    return options
  }

  /// What was asked for of scenarios by their names, and would do nothing in any of them.
  private func checkApplies(_ options: BenchOptions) throws {
    func isNowhere(_ applies: (Scenario) -> Bool) -> Bool { !options.scenarios.contains(where: applies) }
    let names = options.scenarios.map(\.rawValue).joined(separator: ", ")
    if rate != nil, isNowhere(\.canBePaced) { throw ValidationError("--rate does nothing in \(names)") }
    if connections != nil, options.connections != [1], isNowhere({ $0 != .fileToFile }) {
      throw ValidationError("--connections does nothing in \(names), which has none")
    }
    if beside != nil, isNowhere(\.canHaveCompany) { throw ValidationError("--beside does nothing in \(names)") }
    guard size != nil else { return }
    if let fixed = options.scenarios.first?.fixedSize, !options.sizes.contains(fixed),
      isNowhere({ $0.fixedSize == nil })
    {
      throw ValidationError("--size does nothing in \(names), which has \(fixed.map { "\($0) B" } ?? "a stream") only")
    }
    for size in options.sizes.compactMap(\.self) where isNowhere({ size <= $0.greatestSize }) {
      throw ValidationError("--size of \(names) is \(options.scenarios[0].greatestSize) B at most; not \(size) B")
    }
  }

  private static let routes = ["buffered", "sendfile", "splice", "splice-through-pipe", "copy_file_range"]

  /// Each once, in the order in which they were given.
  private func list<Value: Equatable>(
    _ text: String, _ name: String, _ expected: [String], _ value: (String) throws -> Value?
  ) throws -> [Value] {
    var values: [Value] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = try value(part.trimmingCharacters(in: .whitespaces)) else {
        throw ValidationError("\(name) has '\(part)'; expected is \(expected.joined(separator: ", "))")
      }
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  private static func size(_ text: String) throws -> Int?? {
    if text == "stream" { return .some(nil) }
    guard let bytes = try? ByteSize(argument: text).bytes, (1...(1 << 30)).contains(bytes) else { return nil }
    return .some(bytes)
  }

  private static func target(_ text: String) throws -> BenchOptions.Target {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("{listen}") else {
      throw ValidationError("--target is NAME=COMMAND, and the command has a {listen}; not '\(text)'")
    }
    guard parts[0] != "millrace", Peer(rawValue: parts[0]) == nil else {
      throw ValidationError("--target cannot be called \(parts[0]), which is somebody else's name here")
    }
    return BenchOptions.Target(name: parts[0], command: parts[1])
  }
}
