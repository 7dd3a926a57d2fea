/// What the engine should reach, all of it in this one place. A ratio carries over
/// from one machine to another; the absolute ones are counts and bytes, never times.
struct Target: Encodable {
  enum Kind: String, Encodable {
    /// The subject's metric over that of the scenario's references.
    case ratio
    /// The metric itself.
    case value
  }

  var metric: Metric
  var kind: Kind
  var atMost: Double

  /// All targets are for the engine left to choose for itself.
  static let subject = Subject.engineAutomatic

  /// What tasks and accounting may cost above the plain loop.
  static let relayBulk = Target(metric: .cpuPerGiB, kind: .ratio, atMost: 1.05)
  static let fileBulk = Target(metric: .cpuPerGiB, kind: .ratio, atMost: 1.05)
  static let echo = Target(metric: .cpuPerEcho, kind: .ratio, atMost: 1.10)
  /// Two tasks with their frames; a buffer of any size would break it at once.
  static let idleMemory = Target(metric: .bytesPerConnection, kind: .value, atMost: 3072)
  /// Idle costs nothing.
  static let idlePipes = Target(metric: .pipes, kind: .value, atMost: 0)
  /// A bulk copy yields after its budget: an echo waits for few of its bites.
  static let beside = Target(metric: .besideRatio, kind: .value, atMost: 3)
}
