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
  /// The engine left to choose for itself, where nothing else is said.
  var subject = Subject.engineAutomatic

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

  // MARK: - The relay beside those that people run

  static func relayBulk(_ connections: Int) -> [Target] {
    func target(_ atMost: Double, _ references: [Subject]) -> Target {
      Target(metric: .cpuPerGiB, kind: .ratio, atMost: atMost, references: references, subject: .relay)
    }
    if connections > 1 { return [target(0.9, [.bareSplice, .go, .haproxySplice, .haproxyPlain])] }
    return [
      target(1.05, [.bareSplice, .haproxySplice, .haproxyPlain]), target(0.85, [.go]), target(0.5, [.nginx]),
    ]
  }

  static let relayEcho = Target(
    metric: .cpuPerEcho, kind: .ratio, atMost: 1.05, references: [.go, .haproxySplice, .haproxyPlain, .nginx],
    subject: .relay)

  static let relayIdle = [
    Target(metric: .bytesPerConnection, kind: .value, atMost: 4096, subject: .relay),
    Target(metric: .besideRatio, kind: .value, atMost: 1.2, subject: .relay),
  ]

  static let relayShort = [
    Target(metric: .timePerConnection, kind: .ratio, atMost: 1, references: [.go], subject: .relay),
    Target(
      metric: .timePerConnection, kind: .ratio, atMost: 1 / 0.9, references: [.haproxySplice, .haproxyPlain],
      subject: .relay),
  ]
}
