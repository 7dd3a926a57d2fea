import ArgumentParser
import MillraceEvidence

/// `millrace bench compare`
struct BenchCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Says what is worse in one run than in another.",
    discussion: """
      Each is a folder of artifacts, or a results.json. A figure of the clock is worse
      when all of the interval of its difference is beyond the tolerance, and when
      chance makes no such difference in a figure alone (Mann–Whitney, 5 %), nor in
      as many figures as the runs have. At least five rounds in each are needed; more
      see smaller differences. System calls, allocations and routes are exact: any
      more of them is worse.

      Exit status: 0 if nothing is worse, 1 if something is, 2 if that cannot be said:
      a file cannot be read, or the runs have nothing in common.
      """)

  @Argument(help: "The run from before.")
  var old: String

  @Argument(help: "The run to judge.")
  var new: String

  @Option(help: "By how much a figure may be worse, 0 to 1000 %. Default: 10 %.")
  var tolerance = "10%"

  @Flag(help: "Only what is exact: for runs on different machines, or with other things going on.")
  var exact = false

  @Flag(help: "Markdown, for a review.")
  var markdown = false

  func validate() throws { _ = try part() }

  private func part() throws -> Double {
    let number = tolerance.hasSuffix("%") ? String(tolerance.dropLast()) : tolerance
    guard let percent = Double(number), (0...1000).contains(percent) else {
      throw ValidationError("--tolerance is from 0% to 1000%; not '\(tolerance)'")
    }
    return percent / 100
  }

  func run() async throws {
    let comparison: Comparison
    do {
      let (before, after) = (try ArtifactsFolder.read(old), try ArtifactsFolder.read(new))
      comparison = Comparison(
        old: before.results, new: after.results, tolerance: try part(), exactOnly: exact,
        environments: before.environment.flatMap { old in after.environment.map { (old, $0) } })
    } catch let error as ResultsFileError {
      Console.complain("\(error)")
      throw ExitCode(2)
    }
    do { try Console.print(markdown ? comparison.markdown : comparison.text) } catch {
      Console.complain(error.sentence)
      throw ExitCode.failure
    }
    if comparison.exitCode != 0 { throw ExitCode(comparison.exitCode) }
  }
}
