/// Lines over an axis, as SVG that needs nothing else.
struct LineChart {
  /// One place of a line.
  struct Point {
    let x: Double
    let y: Double
    /// From the smallest to the greatest round.
    var range: ClosedRange<Double>?
  }

  /// One line.
  struct Series {
    let name: String
    let style: SubjectStyle
    let points: [Point]
    /// A place that belongs to no line, such as a stream among sizes.
    var alone: Point?
  }

  /// What it shows, in a few words.
  let title: String
  /// The same for those who cannot see it: the values themselves.
  let description: String
  let x: Axis
  let y: Axis
  let series: [Series]

  // As wide as a phone, so that its letters are as great as the page's there; a page shows two side by side.
  private static let width = 400.0
  private static let height = 268.0
  private static let left = 79.0
  private static let right = 382.0
  private static let top = 33.0
  private static let bottom = 220.0

  /// The drawing. `id` is its own on the page.
  func svg(id: String) -> Markup {
    tag(
      "svg",
      [
        "class": "chart", "viewBox": "0 0 \(coordinate(Self.width)) \(coordinate(Self.height))", "role": "img",
        "aria-labelledby": "\(id)-t \(id)-d",
      ]
    ) {
      tag("title", ["id": "\(id)-t"]) { title }
      tag("desc", ["id": "\(id)-d"]) { description }
      grid
      for line in series { drawing(of: line) }
    }
  }

  /// The names, with how their lines look.
  var legend: Markup {
    tag("ul", ["class": "legend"]) {
      for line in series {
        tag("li") {
          line.style.sample
          line.name
        }
      }
    }
  }

  private func across(_ value: Double) -> Double { Self.left + x.place(value) * (Self.right - Self.left) }
  private func down(_ value: Double) -> Double { Self.bottom - y.place(value) * (Self.bottom - Self.top) }

  @MarkupBuilder
  private var grid: Markup {
    tag("text", ["class": "axis-title", "x": "4", "y": "13"]) { y.title }
    for tick in y.ticks {
      tag(
        "path",
        ["class": "grid", "d": "M\(coordinate(Self.left)) \(coordinate(down(tick.value)))H\(coordinate(Self.right))"])
      tag(
        "text",
        ["class": "tick", "x": coordinate(Self.left - 6), "y": coordinate(down(tick.value) + 4), "text-anchor": "end"]
      ) {
        tick.label
      }
    }
    for tick in x.ticks {
      tag("path", ["class": "grid", "d": "M\(coordinate(across(tick.value))) \(coordinate(Self.bottom))v5"])
      tag(
        "text",
        [
          "class": "tick", "x": coordinate(across(tick.value)), "y": coordinate(Self.bottom + 19),
          "text-anchor": "middle",
        ]
      ) {
        tick.label
      }
    }
    tag(
      "path", ["class": "base", "d": "M\(coordinate(Self.left)) \(coordinate(Self.bottom))H\(coordinate(Self.right))"])
    tag(
      "text",
      [
        "class": "axis-title", "x": coordinate((Self.left + Self.right) / 2), "y": coordinate(Self.height - 8),
        "text-anchor": "middle",
      ]
    ) {
      x.title
    }
  }

  private func drawing(of line: Series) -> Markup {
    let points = line.points.filter { $0.x.isFinite && $0.y.isFinite }
    return tag("g", ["class": line.style.colour]) {
      if points.count > 1 {
        tag(
          "polyline",
          [
            "class": "series", "stroke-dasharray": line.style.dash,
            "points": points.map { "\(coordinate(across($0.x))),\(coordinate(down($0.y)))" }.joined(separator: " "),
          ])
      }
      for point in points + (line.alone.map { [$0] } ?? []) {
        if let range = point.range { bar(point.x, range) }
      }
      // Of a line of hundreds, some eight points are marked: enough to know it by.
      for (index, point) in points.enumerated()
      where points.count <= 24 || index % (points.count / 8) == points.count / 16 {
        line.style.mark(across(point.x), down(point.y))
      }
      if let point = line.alone { line.style.mark(across(point.x), down(point.y)) }
    }
  }

  /// An error bar: two ends and a line.
  private func bar(_ x: Double, _ range: ClosedRange<Double>) -> Markup {
    let (x, low, high) = (across(x), down(range.lowerBound), down(range.upperBound))
    return tag(
      "path",
      [
        "class": "bar",
        "d": "M\(coordinate(x - 3)) \(coordinate(low))h6m-3 0V\(coordinate(high))m-3 0h6",
      ])
  }
}
