import ArgumentParser
import Glibc
import MillraceEvidence

/// `millrace scrub PATH… --output DIR`
struct ScrubCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scrub",
    abstract: "Copies logs, traces and captures without the names, addresses and secrets in them.",
    discussion: """
      Writes a copy of each file at or below PATH into DIR; the originals are only read.
      Text, JSON, HTML, pcap and pcapng are understood. A file that is none of these is
      refused, and the others are written all the same.

      What is replaced, the same way in every file of a run:
        names of hosts and users    this machine's, and those given
        IP and MAC addresses        by documentation and local ones
        home directories, mail addresses, queries of URLs
        passwords, keys, cookies, tokens
        the contents of packets     by zeros; headers stay, checksums are right
        --secret                    in any case, percent-encoded, in base64, escaped

      Look through the copies before you share them: a secret that has no form and no
      name beside it is not found.

      Examples:
        millrace scrub trace.txt relay.log lo.pcap --output for-upstream
        millrace scrub results --output shared --secret "Project X" --host db7

      Exit status: 0 all written, 1 something was refused or failed, 64 not understood,
      130 interrupted.
      """)

  @Argument(help: ArgumentHelp("The files and directories to copy.", valueName: "path"))
  var paths: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The directory to write into; made if need be. Not inside a PATH.", valueName: "dir"))
  var output: String

  @Option(help: ArgumentHelp("Another host's name. Names below it are found as well.", valueName: "name"))
  var host: [String] = []

  @Option(help: ArgumentHelp("Another user's name.", valueName: "name"))
  var user: [String] = []

  @Option(help: ArgumentHelp("A word that must not appear, not even inside another one.", valueName: "text"))
  var secret: [String] = []

  @Flag(name: .shortAndLong, help: "Replace copies that exist.")
  var force = false

  @Flag(help: "Print what was replaced and refused as a line of JSON.")
  var json = false

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output is empty; name a directory") }
    if paths.contains("") { throw ValidationError("a path is empty; name a file or directory") }
    // What makes no sense is said before anything is read.
    _ = try scrubber
  }

  private var scrubber: Scrubber {
    get throws {
      do {
        return try Scrubber(
          options: ScrubOptions(hosts: host, users: user, secrets: secret, replacesExisting: force))
      } catch {
        throw ValidationError(error.description)
      }
    }
  }

  func run() async throws {
    let scrubber = try scrubber
    let task = Task { try await scrubber.scrub(paths, into: output) }
    let interrupt = Task {
      for await request in Signals.requests {
        task.cancel()
        return request.signal as Int32?
      }
      return nil
    }
    let result = await task.result
    interrupt.cancel()
    do {
      try report(try result.get())
    } catch let error as ScrubError {
      Console.complain(error.description)
      if error == .cancelled, let signal = await interrupt.value { throw ExitCode(128 + signal) }
      throw ExitCode.failure
    } catch let error as Failure {
      Console.complain(error.sentence)
      throw ExitCode.failure
    }
  }

  private func report(_ summary: ScrubSummary) throws {
    for refusal in summary.refusals { Console.complain(refusal.sentence) }
    if json {
      try Console.print(try JSONLine.text(Record(summary)))
    } else {
      let files = summary.filesWritten == 1 ? "1 file" : "\(summary.filesWritten) files"
      var lines = ["\(files) written into \(output)"]
      for kind in ScrubKind.allCases where summary.counts[kind] > 0 {
        let label = kind.label
        lines.append("  \(label)\(String(repeating: " ", count: max(1, 20 - label.count)))\(summary.counts[kind])")
      }
      if summary.counts.total == 0 { lines.append("  nothing to replace") }
      try Console.print(lines.joined(separator: "\n"))
    }
    if !summary.refusals.isEmpty { throw ExitCode.failure }
  }

  /// The summary for machines.
  private struct Record: Encodable {
    struct Refusal: Encodable {
      var path: String
      var reason: String
    }

    var files: Int
    var bytes: Int
    var replaced: [String: Int]
    var total: Int
    var refused: [Refusal]

    init(_ summary: ScrubSummary) {
      files = summary.filesWritten
      bytes = summary.bytesWritten
      replaced = Dictionary(
        uniqueKeysWithValues: ScrubKind.allCases.map { ($0.rawValue, summary.counts[$0]) })
      total = summary.counts.total
      refused = summary.refusals.map { Refusal(path: $0.path, reason: $0.reason) }
    }
  }
}
