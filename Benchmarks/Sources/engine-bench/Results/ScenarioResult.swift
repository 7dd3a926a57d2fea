/// All rounds of one scenario.
struct ScenarioResult {
  let scenario: any Scenario
  /// The measurements of each subject, one a round, in the order of the rounds.
  var rounds: [Subject: [Measurement]] = [:]

  init(_ scenario: any Scenario) {
    self.scenario = scenario
  }

  /// Those that were measured, in the scenario's order.
  var subjects: [Subject] {
    scenario.subjects.filter { rounds[$0] != nil }
  }

  func values(of metric: Metric, by subject: Subject) -> [Double] {
    (rounds[subject] ?? []).compactMap { $0[metric] }
  }

  /// The subject's metric over the best reference of the same round: what disturbs
  /// a round disturbs both, so the ratio is steadier than either.
  func ratios(of metric: Metric, by subject: Subject) -> [Double] {
    ratios(of: metric, by: subject, over: scenario.references)
  }

  func ratios(of metric: Metric, by subject: Subject, over all: [Subject]) -> [Double] {
    let references = all.filter { rounds[$0] != nil }
    guard !references.isEmpty, !references.contains(subject) else { return [] }
    let bars = references.map { values(of: metric, by: $0) }
    return values(of: metric, by: subject).enumerated().compactMap { round, value in
      let bar = bars.compactMap { round < $0.count ? $0[round] : nil }.min()
      guard let bar, bar > 0 else { return nil }
      return value / bar
    }
  }

  /// What a target came to; nil where its subject or its reference was left out.
  func measured(_ target: Target) -> Summary? {
    switch target.kind {
    case .ratio: Summary(ratios(of: target.metric, by: target.subject, over: target.references))
    case .value: Summary(values(of: target.metric, by: target.subject))
    }
  }
}
