import Foundation

/// The results of a run for a machine to read. Every round is in it, so that another
/// statistic can be made later; nothing in it names the machine.
struct Report: Encodable {
  struct Entry: Encodable {
    var scenario: String
    var title: String
    var subjects: [SubjectEntry]
    var targets: [TargetEntry]
  }

  struct SubjectEntry: Encodable {
    var subject: String
    var rounds: [[String: Double]]
    var summary: [String: Summary]
    /// The scenario's first metric over the best reference of each round.
    var ratio: Summary?
  }

  struct TargetEntry: Encodable {
    var target: Target
    var measured: Summary?
    var met: Bool?
  }

  var processors: Int
  var kernel: String
  var rounds: Int
  var bulkBytes: UInt64
  var scenarios: [Entry]

  init(_ results: [ScenarioResult], rounds: Int, rig: Rig) {
    processors = ProcessInfo.processInfo.processorCount
    kernel = kernelRelease()
    self.rounds = rounds
    bulkBytes = rig.bytes
    scenarios = results.map(Entry.init)
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do {
      try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    } catch {
      throw Failure("\(path) cannot be written.")
    }
  }
}

extension Report.Entry {
  init(_ result: ScenarioResult) {
    let metrics = result.scenario.metrics
    scenario = result.scenario.name
    title = result.scenario.title
    subjects = result.subjects.map { subject in
      let rounds = (result.rounds[subject] ?? []).map { measurement in
        Dictionary(uniqueKeysWithValues: measurement.map { ($0.key.rawValue, $0.value) })
      }
      var summary: [String: Summary] = [:]
      for metric in metrics {
        summary[metric.rawValue] = Summary(result.values(of: metric, by: subject))
      }
      let ratio = metrics.first.flatMap { Summary(result.ratios(of: $0, by: subject)) }
      return .init(subject: subject.rawValue, rounds: rounds, summary: summary, ratio: ratio)
    }
    targets = result.scenario.targets.map { target in
      let measured = result.measured(target)
      return .init(
        target: target, measured: measured, met: measured.map { $0.median <= target.atMost })
    }
  }
}

/// The version alone: what stands after the first dash is the builder's own name for it.
private func kernelRelease() -> String {
  let text = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
  let version = text?.prefix { $0 != "-" && !$0.isWhitespace }
  return version.map(String.init) ?? "unknown"
}
