import Millrace

/// What `millrace routes` finds out.
struct Survey: Sendable, Encodable {
  /// Bytes moved by each measurement.
  var bytes: Int
  var pairs: [PairResult]
  /// What there was no time for.
  var unmeasured: [EndPair]
  var abilities: [KernelAbilities.Ability]
  var table: [RouteTable.Row]

  /// Every pair is measured once; those who still have time are measured again, and the cheapest run counts: what
  /// disturbs a run makes it dearer, never cheaper.
  private static let rounds = 3
  private static let timeForMore = Duration.seconds(5)

  /// - Parameter timeLimit: when it has passed, no more is measured.
  static func run(
    bytes: Int, within timeLimit: Duration, progress: (String) -> Void
  ) async throws(Failure) -> Survey {
    let end = ContinuousClock.now + timeLimit
    let bench = try await Bench.make(bytes: bytes)
    let started = ContinuousClock.now
    var results: [PairResult] = []
    measuring: for round in 0..<rounds {
      if round > 0, started.duration(to: .now) > timeForMore { break }
      for (index, pair) in EndPair.all.enumerated() {
        progress(
          "measuring \(pair.source.rawValue) → \(pair.sink.rawValue) (\(index + 1) of \(EndPair.all.count), round \(round + 1))"
        )
        let result: PairResult
        do throws(Failure) { result = try await bench.measure(pair, until: end) } catch {
          if .now >= end { break measuring }
          throw error
        }
        if round == 0 { results.append(result) } else { results[index].merge(result) }
      }
    }
    await bench.shutdown()
    return Survey(
      bytes: bytes, pairs: results, unmeasured: Array(EndPair.all.dropFirst(results.count)),
      abilities: KernelAbilities.probe().abilities, table: RouteTable.rows)
  }
}

/// From where to where.
struct EndPair: Sendable, Encodable {
  enum End: String, Sendable, Encodable, CaseIterable { case file, tcp, unix, pipe, memory }

  var source: End
  var sink: End

  static let all: [EndPair] = {
    let ends: [End] = [.file, .tcp, .unix, .pipe]
    let pairs = ends.flatMap { source in ends.map { EndPair(source: source, sink: $0) } }
    return pairs + [EndPair(source: .memory, sink: .tcp)]
  }()
}

/// What one pair of ends gave.
struct PairResult: Sendable, Encodable {
  /// One way of moving the bytes.
  struct Run: Sendable, Encodable {
    /// The route of most bytes.
    var route: Route
    var bytesByRoute: [Route: Int]
    var declined: [CopyReport.Declined]
    var gibPerSecond: Double
    var cpuSecondsPerGiB: Double
    var systemCallsPerGiB: Double
    var isIntact: Bool

    init(_ report: CopyReport, isIntact: Bool) {
      let gib = Double(report.delivered) / Double(1 << 30)
      route = report.mainRoute ?? .buffered
      bytesByRoute = report.bytesByRoute
      declined = report.declined
      gibPerSecond = report.elapsedSeconds > 0 ? gib / report.elapsedSeconds : 0
      let cpu = (report.userCPUSeconds ?? 0) + (report.systemCPUSeconds ?? 0)
      cpuSecondsPerGiB = gib > 0 ? cpu / gib : 0
      systemCallsPerGiB = gib > 0 ? Double(report.systemCalls.values.reduce(0, +)) / gib : 0
      self.isIntact = isIntact
    }
  }

  var source: EndPair.End
  var sink: EndPair.End
  var automatic: Run
  /// Nil where no buffer comes into it.
  var buffered: Run?
  /// CPU of the automatic route against the buffered one.
  var cpuRatio: Double? {
    guard let buffered, buffered.cpuSecondsPerGiB > 0 else { return nil }
    return automatic.cpuSecondsPerGiB / buffered.cpuSecondsPerGiB
  }

  var isIntact: Bool { automatic.isIntact && buffered?.isIntact ?? true }

  /// Keeps the cheaper run of each; a wrong byte in either stays wrong.
  mutating func merge(_ other: PairResult) {
    automatic = Self.cheaper(automatic, other.automatic)
    if let mine = buffered, let theirs = other.buffered { buffered = Self.cheaper(mine, theirs) }
  }

  private static func cheaper(_ first: Run, _ second: Run) -> Run {
    var best = second.cpuSecondsPerGiB < first.cpuSecondsPerGiB ? second : first
    best.isIntact = first.isIntact && second.isIntact
    return best
  }

  private enum Key: String, CodingKey { case source, sink, automatic, buffered, cpuRatio, isIntact }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(source, forKey: .source)
    try container.encode(sink, forKey: .sink)
    try container.encode(automatic, forKey: .automatic)
    try container.encodeIfPresent(buffered, forKey: .buffered)
    try container.encodeIfPresent(cpuRatio, forKey: .cpuRatio)
    try container.encode(isIntact, forKey: .isIntact)
  }
}
