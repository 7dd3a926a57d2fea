import ArgumentParser
import Glibc
import Millrace

/// `millrace routes`
struct RoutesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes",
    abstract: "Shows what this machine can do, by doing it.",
    discussion: """
      Moves real bytes between every pair of endpoints (a temporary file in TMPDIR,
      loopback TCP, Unix sockets, pipes), each by the route that Millrace takes by
      itself and again through a buffer, and checks every byte that arrives.

      The columns:
        route        the one it took
        GiB/s        how fast, on this machine, now
        CPU s/GiB    seconds of CPU for each GiB, without those of the far ends
        calls/GiB    system calls for each GiB
        CPU ratio    CPU against the buffered route: 0.50 is half of it

      Exit status: 0 if every byte arrived as it was sent, 1 if not.
      """)

  @Flag(help: "Print everything as JSON.")
  var json = false

  @Option(help: "Move this much for each measurement, 64 KiB to 1 GiB.", transform: ByteSize.init(argument:))
  var bytes: ByteSize?

  @Option(
    help: ArgumentHelp(
      "Measure for at most this long, and name what there was no time for. (default: 18)", valueName: "seconds"),
    transform: Seconds.duration(argument:))
  var within: Duration?

  func validate() throws {
    if let bytes, !(65536...(1 << 30)).contains(bytes.bytes) {
      throw ValidationError("--bytes is from 64KiB to 1GiB; not \(bytes.bytes) bytes")
    }
  }

  func run() async throws {
    // What it makes has no names in the file system: it can be ended anywhere.
    Task {
      for await request in Signals.requests { _exit(128 + request.signal) }
    }
    do throws(Failure) {
      let survey = try await Survey.run(bytes: bytes?.bytes ?? 64 << 20, within: within ?? .seconds(18)) { step in
        if Console.isTerminal { Console.write("\r\(String(step.prefix(Console.columns - 1)))\u{1B}[K") }
      }
      if Console.isTerminal { Console.write("\r\u{1B}[K") }
      try Console.print(json ? try JSONLine.text(survey, pretty: true) : survey.text)
      let wrong = survey.pairs.filter { !$0.isIntact }
      guard let first = wrong.first else { return }
      let more = wrong.count > 1 ? " and \(wrong.count - 1) more" : ""
      throw Failure(
        "bytes did not arrive as they were sent, from \(first.source) to \(first.sink)\(more): do not trust this build")
    } catch {
      Console.complain(error.sentence)
      throw ExitCode.failure
    }
  }
}
