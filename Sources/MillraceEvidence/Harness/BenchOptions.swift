/// What to measure, and how.
public struct BenchOptions: Sendable {
  /// Which scenarios; in this order.
  public var scenarios: [Scenario] = Scenario.allCases
  /// Bytes of an operation; nil within is the long stream. Empty is every size that a scenario has.
  public var sizes: [Int?] = []
  /// Connections at once. Default: 1, 32 and 256.
  public var connections = [1, 32, 256]
  /// Connections in the scenario ``Scenario/idle``: of fewer, what each takes is lost in what an allocator takes at a time.
  /// Default: 256.
  public var idleConnections = [256]
  /// Connections in the scenario ``Scenario/httpIdle``. Default: 8,000.
  public var httpIdleConnections = [8000]
  /// Sizes of the scenario ``Scenario/httpFile`` where they are not ``sizes``. Empty is those.
  public var httpSizes: [Int] = []
  /// `automatic`, or names of routes. Empty is automatic, and each route that a scenario has.
  public var routes: [String] = []
  /// What else goes on meanwhile, one after the other; nil within is nothing. Where there is anything, what is measured has a core of
  /// its own, and the loads have the others. Default: nothing.
  public var beside: [Company?] = [nil]
  /// Rounds that count. Default: 5.
  public var rounds = 5
  /// Seconds of each measurement. Default: 1.
  public var seconds = 1.0
  /// Operations a second, all connections together; nil is one after the other.
  public var rate: Double?
  /// Seconds that an answer may take before the row has failed. Default: 10.
  public var patience = 10.0
  /// Other programs to measure beside.
  public var peers: [Peer] = []
  /// Anyone's programs: a name, and a shell's command with `{listen}`, `{upstream}` and `{root}`.
  public var targets: [Target] = []
  /// A folder for the files that are measured with; a temporary one is made in it.
  public var root = "/tmp"
  /// Looks from outside, each in a turn of its own. Default: none.
  public var tracers: [Tracer] = []
  /// Whether one connection's operations are counted exactly, too. Default: true.
  public var countsExactly = true

  /// Somebody's program.
  public struct Target: Sendable, Equatable {
    /// What it is called in the table.
    public var name: String
    /// The command, with the placeholders.
    public var command: String

    /// - Parameters: as the fields.
    public init(name: String, command: String) {
      self.name = name
      self.command = command
    }
  }

  /// Everything, with every default.
  public init() {}

  /// Less of everything, in under a minute: a look, and what CI compares exactly.
  public static var quick: BenchOptions {
    var options = BenchOptions()
    options.sizes = [4096, nil]
    // The way of an answer goes by its size.
    options.httpSizes = Scenario.httpFile.sizes.compactMap(\.self)
    options.connections = [1, 32]
    options.routes = ["automatic"]
    options.rounds = 3
    options.seconds = 0.1
    return options
  }

  /// The loads, in order.
  public var loads: [Cell.Load] {
    scenarios.filter { rate == nil || $0.canBePaced }.flatMap { scenario in
      let own = scenario.sizes
      let sizes: [Int?] = scenario == .httpFile && !httpSizes.isEmpty ? httpSizes : sizes
      let chosen = (sizes.isEmpty || own.count == 1 ? own : sizes).filter {
        // A stream has no operations that could be begun at a time.
        $0.map { $0 <= scenario.greatestSize } ?? (own.contains(nil) && rate == nil)
      }
      let names =
        routes.isEmpty
        ? ["automatic"] + scenario.routes
        : routes.filter {
          $0 == "automatic" || scenario.routes.contains($0)
        }
      return chosen.flatMap { size in
        connectionCounts(of: scenario).flatMap { connections in
          names.flatMap { name in
            (scenario.canHaveCompany ? beside : [nil]).map { company in
              Cell.Load(
                scenario: scenario.rawValue, size: size, connections: connections, route: name, beside: company)
            }
          }
        }
      }
    }
  }

  private func connectionCounts(of scenario: Scenario) -> [Int] {
    switch scenario {
    case .idle: idleConnections
    case .httpIdle: httpIdleConnections
    default: scenario.connections(connections)
    }
  }
}
