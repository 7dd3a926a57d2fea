/// How the lines of one subject look, the same all over the report. The colour is not the only difference: each has a mark
/// and a dash of its own as well, for print, for eyes that do not tell colours apart, and for lines that cross.
struct SubjectStyle: Sendable {
  /// Its place among the subjects.
  let index: Int

  /// The class that gives the colour (``HTMLReport/styleSheet``).
  var colour: String { "s\(index % Self.colours)" }
  /// What a stroke-dasharray has; nil is a whole line. Five of them: with six colours, thirty subjects are all different.
  var dash: String? { [nil, "7 3", "2 3", "9 3 2 3", "4 2"][index % 5] }

  /// Of the style sheet.
  static let colours = 6

  /// The mark at a place, about seven units wide.
  func mark(_ x: Double, _ y: Double) -> Markup {
    func path(_ steps: String) -> Markup {
      tag("path", ["class": "mark", "d": "M\(coordinate(x)) \(coordinate(y))\(steps)"])
    }
    return switch index % 6 {
    case 0: tag("circle", ["class": "mark", "cx": coordinate(x), "cy": coordinate(y), "r": "3.4"])
    case 1: path("m-3.2 -3.2h6.4v6.4h-6.4z")
    case 2: path("m0 -4.2l4.1 7.2h-8.2z")
    case 3: path("m0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z")
    case 4: path("m0 4.2l4.1 -7.2h-8.2z")
    default: path("m-4.2 -1.3h2.9v-2.9h2.6v2.9h2.9v2.6h-2.9v2.9h-2.6v-2.9h-2.9z")
    }
  }

  /// A short line with the mark, for legends.
  var sample: Markup {
    tag("svg", ["class": "sample \(colour)", "viewBox": "0 0 34 12", "aria-hidden": "true"]) {
      tag("line", ["class": "series", "x1": "1", "y1": "6", "x2": "33", "y2": "6", "stroke-dasharray": dash])
      mark(17, 6)
    }
  }
}

/// A place in a drawing, to a tenth: never an exponent, and nothing that is no number.
func coordinate(_ value: Double) -> String {
  guard value.isFinite, value.magnitude < 1e6 else { return "0" }
  let tenths = Int((value * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  return "\(sign)\(tenths.magnitude / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths.magnitude % 10)")
}
