/// One subject at one load, before and after.
public struct CellComparison: Sendable {
  /// What is measured.
  public let load: Cell.Load
  /// Who.
  public let subject: String
  /// What came of it.
  public let result: Result
  /// Warnings that were not there before.
  public let newWarnings: [String]

  /// What came of comparing.
  public enum Result: Sendable {
    /// Both were measured. `exact` is nil where a side has no exact figures.
    case compared(figures: [FigureComparison], exact: ExactComparison?, lost: [String])
    /// It was measured, and fails now: a regression.
    case broken(reason: String)
    /// It was measured, and is skipped now.
    case skipped(reason: String)
    /// It was measured, and is not in the new run.
    case missing
    /// It failed or was skipped, and is measured now.
    case mended(before: String)
    /// It is new in the new run.
    case added
    /// Neither run measured it, and one failed to at least. The reason is that of the new run, or of the old where it is
    /// not in the new.
    case neither(reason: String)
    /// Neither run was to measure it.
    case leftOut
  }

  /// Compares the cells of one load and subject; nil is a run that does not have it. Without a
  /// family only what is exact is compared.
  init(load: Cell.Load, subject: String, old: Cell?, new: Cell?, tolerance: Double, family: Family?) {
    self.load = load
    self.subject = subject
    result =
      switch (old?.outcome, new?.outcome) {
      case (.measured?, .measured?): Self.compare(old, new, tolerance: tolerance, family: family)
      case (.measured?, .failed(let reason)?): .broken(reason: reason)
      case (.measured?, .skipped(let reason)?): .skipped(reason: reason)
      case (.measured?, nil): .missing
      case (.failed(let before)?, .measured?), (.skipped(let before)?, .measured?): .mended(before: before)
      case (nil, .measured?): .added
      case (_, .failed(let reason)?), (.failed?, .skipped(let reason)?): .neither(reason: reason)
      case (.failed(let reason)?, nil): .neither(reason: reason)
      case (_, .skipped?), (.skipped?, nil), (nil, nil): .leftOut
      }
    // Numbers aside: "the rounds differ by 31 %" is not new where they differed by 29 %.
    let known = Set((old?.warnings ?? []).map(\.withoutNumbers))
    newWarnings = old == nil ? [] : (new?.warnings ?? []).filter { !known.contains($0.withoutNumbers) }
  }

  private static func compare(_ old: Cell?, _ new: Cell?, tolerance: Double, family: Family?) -> Result {
    guard let old, let new else { return .missing }
    var figures: [FigureComparison] = []
    var lost: [String] = []
    for figure in family == nil ? [] : Figure.allCases {
      let before = figure.values(of: old).compactMap(\.self)
      let after = figure.values(of: new).compactMap(\.self)
      if let comparison = FigureComparison(
        figure, old: before, new: after, tolerance: tolerance, family: family ?? .alone)
      {
        figures.append(comparison)
      } else if !before.isEmpty {
        lost.append("\(figure.title) is no longer measured")
      }
    }
    if old.exact != nil, new.exact == nil { lost.append("exact figures are no longer counted") }
    let exact = old.exact.flatMap { before in new.exact.map { ExactComparison(old: before, new: $0) } }
    return .compared(figures: figures, exact: exact, lost: lost + (exact?.lost ?? []))
  }
}

extension CellComparison {
  /// The figures that were compared.
  public var figures: [FigureComparison] {
    if case .compared(let figures, _, _) = result { figures } else { [] }
  }

  /// The exact figures that are not what they were.
  public var exactDifferences: [ExactDifference] {
    if case .compared(_, let exact?, _) = result { exact.differences } else { [] }
  }

  /// What was measured or counted before, and is not now: a sentence each.
  public var lost: [String] {
    if case .compared(_, _, let lost) = result { lost } else { [] }
  }

  /// Something got worse: a figure, an exact figure, or that it works at all.
  public var hasRegression: Bool {
    if case .broken = result { return true }
    return figures.contains { $0.verdict == .regression } || exactDifferences.contains { $0.verdict == .regression }
  }

  /// The cell in words: `millrace: echo, 64 B, 8 connections, automatic`.
  var title: String { "\(subject): \(load.title)" }
}

extension String {
  fileprivate var withoutNumbers: String { filter { !$0.isNumber && $0 != "." } }
}
