/// One subject at one load.
public struct Cell: Codable, Sendable, Equatable {
  /// What is measured.
  public struct Load: Codable, Sendable, Hashable {
    /// The scenario's name, such as `socket-to-socket` or `echo`.
    public var scenario: String
    /// Bytes of each operation; nil is one long stream.
    public var size: Int?
    /// Connections at once.
    public var connections: Int
    /// The route that was asked for: `automatic`, or a route's name.
    public var route: String
    /// What else goes on meanwhile; nil is nothing.
    public var beside: Company?

    /// - Parameters: as the fields.
    public init(
      scenario: String, size: Int?, connections: Int, route: String = "automatic", beside: Company? = nil
    ) {
      self.scenario = scenario
      self.size = size
      self.connections = connections
      self.route = route
      self.beside = beside
    }
  }

  /// What came of it.
  public enum Outcome: Codable, Sendable, Equatable {
    case measured
    /// The subject does not do this, or is not installed: why.
    case skipped(reason: String)
    /// It did not start, died, or never answered: what happened.
    case failed(reason: String)
  }

  /// What is measured.
  public var load: Load
  /// Who: `millrace`, a peer's name, or that of a `--target`.
  public var subject: String
  /// What came of it.
  public var outcome: Outcome
  /// The rounds that count, in order; the same place in the cells of one load is the same round. Fewer where it failed.
  public var rounds: [Round]
  /// What is the same in every run: counted with a fixed number of operations, one at a time.
  public var exact: ExactFigures?
  /// How the reactors were in the course of a measurement that is not among the rounds, for to look disturbs it.
  public var timeline: [ReactorSample]
  /// What makes a figure worth less than it looks: a sentence each.
  public var warnings: [String]

  /// - Parameters: as the fields.
  public init(
    load: Load, subject: String, outcome: Outcome = .measured, rounds: [Round] = [], exact: ExactFigures? = nil,
    timeline: [ReactorSample] = [], warnings: [String] = []
  ) {
    self.load = load
    self.subject = subject
    self.outcome = outcome
    self.rounds = rounds
    self.exact = exact
    self.timeline = timeline
    self.warnings = warnings
  }
}
