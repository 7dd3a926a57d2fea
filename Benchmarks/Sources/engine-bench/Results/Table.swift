import Foundation

/// The result of a scenario for a person to read.
struct Table: CustomStringConvertible {
  let result: ScenarioResult

  var description: String {
    let scenario = result.scenario
    let lines = ["\(scenario.name): \(scenario.title)"] + grid + scenario.targets.map(verdict)
    return lines.joined(separator: "\n")
  }

  private var references: [Subject] {
    result.scenario.references.filter { result.subjects.contains($0) }
  }

  private var grid: [String] {
    let metrics = result.scenario.metrics
    var rows = [["subject"] + metrics.map(\.label)]
    if !references.isEmpty {
      rows[0].append("× " + references.map(\.rawValue).joined(separator: " or "))
    }
    for subject in result.subjects {
      var row = [subject.rawValue]
      row += metrics.map { metric in
        Summary(result.values(of: metric, by: subject))?.text(metric.digits) ?? "-"
      }
      if !references.isEmpty, let main = metrics.first {
        row.append(Summary(result.ratios(of: main, by: subject))?.text(2) ?? "")
      }
      rows.append(row)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "  " + cells.joined(separator: "  ").trimmedRight
    }
  }

  private func verdict(_ target: Target) -> String {
    let digits = target.kind == .ratio ? 2 : target.metric.digits
    let bar =
      target.kind == .ratio
      ? " over \(target.references.map(\.rawValue).joined(separator: " or "))" : ""
    let head = "  \(target.subject.rawValue)\(bar), \(target.metric.label): "
    let limit = "target ≤ \(target.atMost.text(digits))"
    guard let measured = result.measured(target) else { return head + limit + ", not measured" }
    let verdict = measured.median <= target.atMost ? "met" : "missed"
    return head + "\(limit), measured \(measured.median.text(digits)): \(verdict)"
  }
}

extension Summary {
  /// The median, and the spread behind it.
  func text(_ digits: Int) -> String {
    "\(median.text(digits)) (\(least.text(digits))..\(most.text(digits)))"
  }
}

extension Double {
  func text(_ digits: Int) -> String {
    String(format: "%.\(digits)f", self)
  }
}

extension String {
  fileprivate var trimmedRight: String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}
