/// One question, put to several subjects in turn.
protocol Scenario {
  /// What `--scenario` calls it.
  var name: String { get }
  /// What it measures, for the head of its table.
  var title: String { get }
  var subjects: [Subject] { get }
  /// The first one is what the scenario is about.
  var metrics: [Metric] { get }
  /// The limits the subjects are compared with; of several, the best of the round.
  var references: [Subject] { get }
  var targets: [Target] { get }

  /// One measurement of one subject, in fresh processes.
  func measure(_ subject: Subject, _ crew: Crew, _ rig: Rig, _ pass: Pass) throws -> Measurement
}

typealias Measurement = [Metric: Double]

/// The first round of every scenario warms the machine up, is not counted, and
/// compares every byte that arrives instead.
enum Pass {
  case warmUp, counted

  /// How the receiving ends of bulk transfers take their bytes. They read like a
  /// program that wants the bytes; dropping them in the kernel would flatter
  /// whoever copies, because nothing else then passes through the cache.
  var drain: String {
    switch self {
    case .warmUp: "check"
    case .counted: "read"
    }
  }
}

/// What all scenarios of a run share.
struct Rig {
  /// Bytes of one bulk measurement.
  var bytes: UInt64
  /// Echoes of one measurement are divided by this.
  var echoDivisor: Int
  var idleConnections: Int
  /// The file that is served, `fileBytes` long.
  var file: String
  var fileBytes: UInt64
}

let gibibyte = 1_073_741_824.0
