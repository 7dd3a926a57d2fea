extension Cell.Load {
  /// What is measured, in words: `echo, 64 B, 8 connections, automatic`.
  public var title: String { "\(scenario), \(inScenario)" }

  /// The same where the scenario is known.
  var inScenario: String { "\(sizeTitle), \(connectionsTitle), \(route)\(besideTitle)" }

  /// `, beside 8 bulk transfers`, or nothing.
  var besideTitle: String { beside.map { ", beside \($0.title)" } ?? "" }

  /// `8 connections`
  var connectionsTitle: String { connections == 1 ? "1 connection" : "\(connections) connections" }

  /// The size of an operation: `64 KiB`, `1500 B`; `stream` where there is none, or `idle`.
  public var sizeTitle: String {
    size.map(Self.title(ofSize:)) ?? (Scenario(rawValue: scenario)?.isIdle == true ? "idle" : "stream")
  }

  /// Bytes in the greatest unit that divides them: sizes are settings, and 65537 is not 64 KiB.
  static func title(ofSize size: Int) -> String {
    var size = size
    var unit = "B"
    for next in ["KiB", "MiB", "GiB", "TiB"] where size >= 1024 && size.isMultiple(of: 1024) {
      size /= 1024
      unit = next
    }
    return "\(size) \(unit)"
  }
}

extension String {
  /// Without control characters, which would move a terminal's cursor, break a table's line, or are no XML at all. Names
  /// come from a command line, and warnings from programs.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          // U+FFFE and U+FFFF, and their like in other planes, are no XML; bidirectional controls turn a line round.
          case .control, .surrogate, .unassigned, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}
