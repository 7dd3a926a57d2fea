/// What a run of the harness found: `results.json`.
///
/// The schema has a number. A reader refuses a greater one than it knows (``version``); a field that is added and may be
/// missing does not change the number, one that is renamed or changes its meaning does.
public struct BenchResults: Codable, Sendable, Equatable {
  /// `millrace-bench`, in every file.
  public var schema = "millrace-bench"
  /// The number of the schema.
  public var version = Self.currentVersion
  /// When the run began, in UTC, as ISO 8601 has it.
  public var started: String
  /// The command line, without the program's path.
  public var command: [String]
  /// How it was measured.
  public var method: Method
  /// One for each subject of each row of the table, in the order of the run.
  public var cells: [Cell]

  /// The number that this version writes.
  public static let currentVersion = 1

  /// How a run measures.
  public struct Method: Codable, Sendable, Equatable {
    /// Rounds that count; in each, every subject has its turn (A B A B).
    public var rounds: Int
    /// Seconds of each measurement, after the warm-up.
    public var seconds: Double
    /// Seconds that each subject works before it is measured, in every round.
    public var warmUpSeconds: Double
    /// Subjects had a core of their own, and loads the others, as they have where there is company (``Cell/Load/beside``); missing
    /// where all ran anywhere.
    public var isSeated: Bool?

    /// - Parameters: as the fields.
    public init(rounds: Int, seconds: Double, warmUpSeconds: Double, isSeated: Bool? = nil) {
      self.isSeated = isSeated
      self.rounds = rounds
      self.seconds = seconds
      self.warmUpSeconds = warmUpSeconds
    }
  }

  /// A run with these cells.
  public init(started: String, command: [String], method: Method, cells: [Cell]) {
    self.started = started
    self.command = command
    self.method = method
    self.cells = cells
  }
}
