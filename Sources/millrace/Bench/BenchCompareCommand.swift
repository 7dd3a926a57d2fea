import ArgumentParser
import MillraceEvidence

/// `millrace bench compare`
struct BenchCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Says what is worse in one run than in another.",
    discussion: """
      Each is a folder of artifacts, or a results.json. A figure of the clock is worse
      when all of the interval of its shift is worse by more than the tolerance, and
      chance does not do that once in a hundred times (Mann–Whitney; at least five
      rounds in each run are needed, and more see smaller shifts). System calls,
      allocations and routes are exact: any more of them is worse.

      Exit status: 0 if nothing is worse, 1 if something is.
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
    do {
      let comparison = Comparison(
        try BenchResults.read(old), try BenchResults.read(new), tolerance: try part(), exactOnly: exact)
      try Console.print(markdown ? comparison.markdown : comparison.text)
      if comparison.hasRegressed { throw ExitCode.failure }
    } catch let failure as BenchFailure {
      Console.complain("\(failure)")
      throw ExitCode.failure
    } catch let failure as Failure {
      Console.complain(failure.sentence)
      throw ExitCode.failure
    }
  }
}
