/// What the engine has to reach, all of it in this one place. A ratio carries over from one machine to another; the
/// absolute ones are counts and bytes, never times.
struct Target: Encodable {
  enum Kind: String, Encodable {
    /// The subject's metric over that of the references, round by round.
    case ratio
    /// The metric itself.
    case value
  }

  var metric: Metric
  var kind: Kind
  var atMost: Double
  /// Of several, the best of each round is the bar.
  var references: [Subject] = []

  /// All targets are for the engine left to choose for itself.
  static let subject = Subject.engineAutomatic

  /// One connection: what tasks and accounting may cost above the plain loop. Many: short queues have to win.
  static func bulk(_ connections: Int, against bare: [Subject]) -> [Target] {
    [
      Target(metric: .cpuPerGiB, kind: .ratio, atMost: connections == 1 ? 1.05 : 0.9, references: bare),
      Target(metric: .cpuPerGiB, kind: .ratio, atMost: 0.7, references: [.engineBuffered]),
    ]
  }

  /// Adaptivity costs nothing where it cannot help, and helps where it can. Two hundredths are the noise of a median.
  static func echo(_ size: Int) -> [Target] {
    [
      Target(
        metric: .cpuPerEcho, kind: .ratio, atMost: 1.02,
        references: size < 65536 ? [.engineBuffered] : [.engineBuffered, .engineSpliced])
    ]
  }

  static let idleMemory = Target(metric: .bytesPerConnection, kind: .value, atMost: 4096)
  /// Idle costs nothing.
  static let idlePipes = Target(metric: .pipes, kind: .value, atMost: 0)
  /// A bulk copy yields after its budget: an echo waits for few of its bites.
  static let beside = Target(metric: .besideRatio, kind: .value, atMost: 5)
}
