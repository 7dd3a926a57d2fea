/// Runs a scenario in interleaved rounds, A B C A B C: what changes in the machine
/// over time then falls on all subjects alike.
struct Rounds {
  let programs: Programs
  let rig: Rig
  let rounds: Int
  let subjects: Set<Subject>
  /// Bound of one measurement.
  let seconds: Int

  func run(_ scenario: any Scenario, progress: (String) -> Void) throws -> ScenarioResult {
    var result = ScenarioResult(scenario)
    let chosen = scenario.subjects.filter { subjects.contains($0) }
    for round in 0...rounds {
      for subject in chosen {
        let pass = round == 0 ? Pass.warmUp : .counted
        progress("\(scenario.name) \(round == 0 ? "warm-up" : "\(round)/\(rounds)") \(subject.rawValue)")
        let measurement: Measurement
        do {
          measurement = try Crew.with(programs, seconds: seconds) { crew in
            try scenario.measure(subject, crew, rig, pass)
          }
        } catch let failure as Failure {
          throw Failure("\(scenario.name), \(subject.rawValue): \(failure.description)")
        }
        if pass == .counted { result.rounds[subject, default: []].append(measurement) }
      }
    }
    return result
  }
}
