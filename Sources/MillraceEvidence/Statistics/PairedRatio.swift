/// How many times a subject's figure is that of a reference, round by round.
///
/// Rounds are interleaved: what the machine did to one subject in a round, it did to the other a moment later. The ratio
/// inside a round is free of what drifts between rounds; the ratio of two medians is not.
public struct PairedRatio: Sendable, Equatable {
  /// Rounds that both have.
  public let pairs: Int
  /// The median of the ratios: 2 is twice the reference's.
  public let median: Double
  /// Of the median of ratios, with the coverage that so few pairs have: 93.75 % for five. Nil for one pair.
  public let interval: ConfidenceInterval?

  /// The ratios of `subject` over `reference`, each with the one at the same place. A place where either has none, or the
  /// reference has zero, is left out; nil where none is left.
  public init?(_ subject: [Double?], over reference: [Double?]) {
    let ratios = zip(subject, reference).compactMap { subject, reference -> Double? in
      guard let subject, let reference, reference != 0 else { return nil }
      let ratio = subject / reference
      return ratio.isFinite ? ratio : nil
    }
    guard let summary = Summary(ratios) else { return nil }
    pairs = ratios.count
    median = summary.median
    interval = .ofMedian(ratios)
  }

  /// Of a figure of two cells of one load.
  public init?(_ figure: Figure, of subject: Cell, over reference: Cell) {
    self.init(figure.values(of: subject), over: figure.values(of: reference))
  }
}
