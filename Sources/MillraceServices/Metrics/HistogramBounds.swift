/// The upper bounds of a histogram's buckets, each within its bucket: the finite ones of what was asked for, sorted, each
/// once, and the lowest 24 of them. A bucket for all above the last is always there besides.
struct HistogramBounds: Sendable {
  /// As many as a linear scan passes in about the time of the two atomic additions that follow it.
  static let most = 24

  let values: [Double]

  init(_ wanted: [Double]) { values = Array(Set(wanted.filter(\.isFinite)).sorted().prefix(Self.most)) }
}
