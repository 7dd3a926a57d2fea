import Millrace
import Synchronization

/// What a run says at its end: the report and the reason it failed. Said once, by the copy that has ended or by whoever
/// ends the process without it.
final class LastWords: Sendable {
  private let json: Bool
  private let quiet: Bool
  private let explain: Bool
  private let isSaid = Atomic<Bool>(false)

  init(json: Bool, quiet: Bool, explain: Bool) {
    self.json = json
    self.quiet = quiet
    self.explain = explain
  }

  /// Says it; false when that was done before.
  func say(_ outcome: Outcome) throws(Failure) -> Bool {
    guard !isSaid.exchange(true, ordering: .acquiringAndReleasing) else { return false }
    // Standard output may carry the data. Then a machine reads standard error, and finds the sentence in the JSON.
    let hasData = outcome.request.destination == .standard
    if json {
      let line = try JSONLine.text(outcome)
      if hasData { Console.say(line) } else { try Console.print(line) }
    } else {
      if explain { explainRoutes(outcome) }
      if !quiet, let summary = outcome.summary { Console.say(summary) }
    }
    if let failure = outcome.failure, !(json && hasData) { Console.complain(failure.sentence) }
    return true
  }

  private func explainRoutes(_ outcome: Outcome) {
    guard let ends = outcome.ends, outcome.report != nil else { return }
    Console.say("routes from \(ends.source.rawValue) to \(ends.sink.rawValue), best first:")
    for line in Explanation.lines(outcome.considered) { Console.say(line) }
  }
}
