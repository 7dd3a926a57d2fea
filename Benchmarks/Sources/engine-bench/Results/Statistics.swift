/// The middle of some measurements and how far they lie apart. Never a mean: one
/// disturbed round would move it.
struct Summary: Encodable {
  var median: Double
  var least: Double
  var most: Double

  /// Nil without a value.
  init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    least = first
    most = last
    let middle = sorted.count / 2
    let isEven = sorted.count.isMultiple(of: 2)
    median = isEven ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
