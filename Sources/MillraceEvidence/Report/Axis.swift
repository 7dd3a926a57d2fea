import Glibc

/// One axis of a chart: where values are on it, and which of them have a label.
struct Axis {
  /// A place that has a label.
  struct Tick {
    let value: Double
    let label: String
  }

  /// What it shows, with the unit where labels have none.
  let title: String
  /// The marked places, ascending.
  let ticks: [Tick]
  private let isLogarithmic: Bool
  private let start: Double
  private let end: Double

  /// The place of a value, 0 to 1; what is off the axis is at its end.
  func place(_ value: Double) -> Double {
    guard value.isFinite else { return 0 }
    let (low, high, at) =
      isLogarithmic ? (log(start), log(end), value > 0 ? log(value) : log(start)) : (start, end, value)
    return high > low ? min(1, max(0, (at - low) / (high - low))) : 0.5
  }

  /// For values of a figure: from zero, or by powers where the greatest is so many times the smallest that it would be all
  /// that is seen.
  static func values(_ values: [Double], unit: Figure.Unit, title: String) -> Axis {
    let values = values.filter { $0.isFinite && $0 >= 0 }
    let most = values.max() ?? 1
    let least = values.filter { $0 > 0 }.min() ?? most
    return most > 30 * least && !values.contains(0)
      ? powers(from: least, to: most, unit: unit, title: title + ", logarithmic")
      : steps(to: most > 0 ? most : 1, unit: unit, title: title)
  }

  /// From zero in equal steps.
  static func steps(to most: Double, unit: Figure.Unit, title: String) -> Axis {
    // What a damaged file may say is drawn at the end of the axis.
    let most = min(1e18, max(1e-9, most))
    let base = unit.base(of: most)
    let step = Self.round(most / base / 4) * base
    let count = Int((most / step).rounded(.up))
    return Axis(
      title: title,
      ticks: (0...max(1, count)).map { Tick(value: Double($0) * step, label: unit.tick(Double($0) * step)) },
      isLogarithmic: false, start: 0, end: Double(max(1, count)) * step)
  }

  /// By factors: 1, 2 and 5 of each power of ten as far as there is room, else the powers alone, or some of them.
  static func powers(from least: Double, to most: Double, unit: Figure.Unit, title: String) -> Axis {
    let (least, most) = (min(1e18, max(1e-9, least)), min(1e18, max(1e-9, most)))
    var powers = [unit.power(notAbove: least)]
    while let last = powers.last, last <= most { powers.append(unit.nextPower(last)) }
    let fine =
      powers.dropLast().flatMap { power in
        [1, 2, 5].map { $0 * power }.filter { $0 < unit.nextPower(power) }
      } + powers.suffix(1)
    let start = fine.last { $0 <= least } ?? least
    let end = fine.first { $0 >= most && $0 > start } ?? most
    let inside = fine.filter { (start...end).contains($0) }
    let coarse = powers.filter { (start...end).contains($0) }
    let stride = (coarse.count + 6) / 7
    let marked =
      inside.count <= 7 ? inside : coarse.enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
    return Axis(
      title: title, ticks: marked.map { Tick(value: $0, label: unit.tick($0)) }, isLogarithmic: true, start: start,
      end: end)
  }

  /// For sizes and counts: each has a label, as far as there is room.
  static func settings(_ settings: [(value: Double, label: String)], title: String) -> Axis {
    let least = settings.map(\.value).min() ?? 1
    let most = settings.map(\.value).max() ?? 1
    // A little air at both ends, so that marks are not on the frame.
    let air = pow(most / least, 0.04)
    let axis = Axis(title: title, ticks: [], isLogarithmic: true, start: least / air, end: most * air)
    var ticks: [Tick] = []
    for setting in settings.sorted(by: { $0.value < $1.value }) {
      // A label takes a sixth of the axis on a phone.
      if let last = ticks.last, axis.place(setting.value) - axis.place(last.value) < 1 / 5.9 { continue }
      ticks.append(Tick(value: setting.value, label: setting.label))
    }
    return Axis(title: title, ticks: ticks, isLogarithmic: true, start: axis.start, end: axis.end)
  }

  /// For percentiles: each nine more is as long as the one before, as the tail is what is looked for (HdrHistogram's plot).
  /// Values are given as ``nines(_:)``.
  static func percentiles(to most: Double) -> Axis {
    let labels = ["0", "90", "99", "99.9", "99.99", "99.999"]
    let end = min(5, max(1, most))
    return Axis(
      title: "percentile of operations",
      ticks: labels.indices.filter { Double($0) <= end }.map { Tick(value: Double($0), label: labels[$0]) },
      isLogarithmic: false, start: 0, end: end)
  }

  /// How many nines a percentile has: 90 is 1, 99 is 2. 100 has as many as `operations` have places.
  static func nines(_ percentile: Double, operations: Int) -> Double {
    let rest = max(1 - percentile / 100, 1 / Double(max(10, operations)))
    return max(0, -log10(min(1, rest)))
  }

  /// For the course of a measurement.
  static func seconds(to most: Double) -> Axis {
    steps(to: most > 0 ? most : 1, unit: .seconds, title: "time")
  }

  /// 1, 2 or 5 times a power of ten, and no less than `step`.
  private static func round(_ step: Double) -> Double {
    guard step > 0, step.isFinite else { return 1 }
    let power = pow(10, Glibc.floor(log10(step)))
    return ([1, 2, 5, 10].first { $0 * power >= step * 0.999 } ?? 10) * power
  }
}
