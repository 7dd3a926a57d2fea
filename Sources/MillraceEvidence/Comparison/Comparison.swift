/// What changed between two runs, cell by cell and figure by figure.
///
/// ```swift
/// let comparison = Comparison(
///   old: try BenchResults.read(from: "before/results.json"), new: try BenchResults.read(from: "after/results.json"))
/// print(comparison.text)
/// exit(comparison.exitCode)
/// ```
public struct Comparison: Sendable {
  /// The share that a figure may change by.
  public let tolerance: Double
  /// Figures of the clock were left out.
  public let exactOnly: Bool
  /// One for each subject of each load of either run: those of the new run in its order, then those that are gone.
  public let cells: [CellComparison]
  /// What makes the whole comparison worth less: a sentence each.
  public let notes: [String]

  /// The share that is tolerated where nothing else is said: 10 %.
  public static let usualTolerance = 0.1

  /// Compares two runs. Cells belong together by load and subject; of several with the same, the first counts.
  ///
  /// - Parameters:
  ///   - tolerance: the share that a figure may change by, 0 or more.
  ///   - exactOnly: leaves out figures of the clock, which between two machines mean nothing.
  ///   - environments: where the runs were made, if known. What differs is noted, and changes no verdict.
  public init(
    old: BenchResults, new: BenchResults, tolerance: Double = usualTolerance, exactOnly: Bool = false,
    environments: (old: BenchEnvironment, new: BenchEnvironment)? = nil
  ) {
    let before = Dictionary(old.cells.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new.cells.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<Key> = []
    let keys = (new.cells + old.cells).map(Key.init).filter { seen.insert($0).inserted }
    let family =
      exactOnly ? nil : Family(keys.compactMap { key in before[key].flatMap { old in after[key].map { (old, $0) } } })
    self.tolerance = tolerance
    self.exactOnly = exactOnly
    cells = keys.map { key in
      CellComparison(
        load: key.load, subject: key.subject, old: before[key], new: after[key], tolerance: tolerance, family: family)
    }
    notes = Self.notes(old, new, cells, exactOnly) + (environments.map { $0.new.differences(from: $0.old) } ?? [])
  }

  /// Something got worse: a figure, an exact figure, or that a subject works at all.
  public var hasRegression: Bool { cells.contains(where: \.hasRegression) }

  /// 1 where something got worse; 2 where the runs have nothing in common that was measured, so that nothing was compared;
  /// else 0.
  public var exitCode: Int32 {
    if hasRegression { return 1 }
    return comparedCells == 0 ? 2 : 0
  }

  /// Cells that both runs measured.
  var comparedCells: Int {
    cells.count { if case .compared = $0.result { true } else { false } }
  }

  /// Other subjects at the load that became worse in the figure as well, by half as much at least: then it may be the
  /// machine. A peer that nobody changed is a control.
  func alike(_ comparison: FigureComparison, of cell: CellComparison) -> [String] {
    guard let worsening = comparison.worsening else { return [] }
    return cells.filter { other in
      other.load == cell.load && other.subject != cell.subject
        && other.figures.contains {
          $0.figure == comparison.figure && $0.p <= FigureComparison.alpha && ($0.worsening ?? 0) >= worsening / 2
        }
    }.map(\.subject)
  }

  private static func notes(_ old: BenchResults, _ new: BenchResults, _ cells: [CellComparison], _ exactOnly: Bool)
    -> [String]
  {
    var notes: [String] = []
    if !exactOnly, old.method.seconds != new.method.seconds || old.method.warmUpSeconds != new.method.warmUpSeconds {
      notes.append(
        "the runs were not measured alike: \(old.method.title) before, \(new.method.title) after")
    }
    if !exactOnly, old.method.isSeated ?? false != new.method.isSeated ?? false {
      notes.append("the runs were not measured alike: in one of them subjects had a core of their own")
    }
    if !cells.contains(where: { if case .compared = $0.result { true } else { false } }) {
      notes.append("the runs have nothing in common that both measured")
    }
    return notes
  }

  private struct Key: Hashable {
    let load: Cell.Load
    let subject: String

    init(_ cell: Cell) {
      load = cell.load
      subject = cell.subject
    }
  }
}

extension BenchResults.Method {
  /// How a run measures, in words: `5 rounds of 2 s after 500 ms of warm-up`.
  public var title: String {
    "\(rounds) \(rounds == 1 ? "round" : "rounds") of \(Figure.Unit.seconds.tick(seconds)) after "
      + "\(Figure.Unit.seconds.tick(warmUpSeconds)) of warm-up"
  }
}
