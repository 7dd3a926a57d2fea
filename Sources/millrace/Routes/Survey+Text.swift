import Millrace

extension Survey {
  /// For people: the measurements, the kernel's abilities, the route table.
  var text: String {
    [measurements + unmeasuredText, abilitiesText, tableText].joined(separator: "\n\n")
  }

  private var measurements: String {
    let header = ["source → sink", "route", "GiB/s", "CPU s/GiB", "calls/GiB", "CPU ratio", "bytes"]
    let rows = pairs.map { pair in
      let run = pair.automatic
      return [
        "\(pair.source.rawValue) → \(pair.sink.rawValue)", run.route.rawValue, Self.number(run.gibPerSecond, 2),
        Self.number(run.cpuSecondsPerGiB, 3), Self.number(run.systemCallsPerGiB, 0),
        pair.cpuRatio.map { Self.number($0, 2) } ?? "–", pair.isIntact ? "intact" : "WRONG",
      ]
    }
    let amount = Amount.bytes(bytes)
    return "Measured with \(amount) each; CPU ratio against the buffered route:\n\n"
      + Self.columns([header] + rows, alignedRight: [2, 3, 4, 5])
  }

  private var unmeasuredText: String {
    if unmeasured.isEmpty { return "" }
    let names = unmeasured.map { "\($0.source.rawValue) → \($0.sink.rawValue)" }
    return "\n\nNot measured, for the time was up (--within): " + names.joined(separator: ", ")
  }

  private var abilitiesText: String {
    "This kernel:\n\n" + Self.columns(abilities.map { [$0.name, $0.value, $0.meaning] }, alignedRight: [])
  }

  private var tableText: String {
    let rows = table.map { row in
      [
        "\(row.source.rawValue) → \(row.sink.rawValue)", row.routes.map(\.rawValue).joined(separator: ", then "),
        row.note,
      ]
    }
    return "Routes, best first (memory goes straight to every sink, every other pair is buffered):\n\n"
      + Self.columns(rows, alignedRight: [])
  }

  /// Cells in columns of one width, two spaces apart.
  static func columns(_ rows: [[String]], alignedRight: Set<Int>) -> String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column < widths.count { widths[column] = max(widths[column], cell.count) } else { widths.append(cell.count) }
      }
    }
    return rows.map { row in
      var line = "  "
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let isLast = column == row.count - 1
        line += alignedRight.contains(column) ? space + cell : isLast ? cell : cell + space
        if !isLast { line += "  " }
      }
      return line
    }.joined(separator: "\n")
  }

  /// With a fixed number of decimals.
  static func number(_ value: Double, _ decimals: Int) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let whole = Int((value * Double(scale)).rounded())
    guard decimals > 0 else { return "\(whole)" }
    let fraction = String(whole % scale)
    return "\(whole / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}
