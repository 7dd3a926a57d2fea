import Millrace

/// The line that says how far a copy is, drawn again and again on a terminal.
struct ProgressLine {
  private var samples: [(time: ContinuousClock.Instant, done: Int)] = []

  /// How far back the rate looks: long enough to be calm, short enough to notice a stall.
  private static let window = Duration.seconds(4)

  /// The line as it is now, no wider than `columns`.
  mutating func text(_ state: Monitor.State, columns: Int, at now: ContinuousClock.Instant = .now) -> String {
    switch state.phase {
    case .opening: return "waiting for the other side"
    case .flushing:
      return fitted(["flushing to disk", Amount.seconds(state.since.duration(to: now) / .seconds(1))], columns)
    case .copying: break
    }
    samples.append((now, state.done))
    samples.removeAll { $0.time < now - Self.window && $0.time != now }
    var parts = [state.total.map { "\(Amount.bytes(state.done)) of \(Amount.bytes($0))" } ?? Amount.bytes(state.done)]
    if let total = state.total, total > 0 {
      parts.append("\(min(100, Int(Double(state.done) / Double(total) * 100))) %")
    }
    let rate = rate(since: state, now)
    parts.append("\(Amount.bytes(Int(rate)))/s")
    if let total = state.total, rate > 0, total > state.done {
      parts.append("\(Amount.seconds(Double(total - state.done) / rate)) left")
    }
    if let route = state.route { parts.append("by \(route)") }
    return fitted(parts, columns)
  }

  private func rate(since state: Monitor.State, _ now: ContinuousClock.Instant) -> Double {
    guard let first = samples.first, samples.count > 1 else {
      let elapsed = state.since.duration(to: now) / .seconds(1)
      return elapsed > 0 ? Double(state.done) / elapsed : 0
    }
    let elapsed = first.time.duration(to: now) / .seconds(1)
    return elapsed > 0 ? Double(state.done - first.done) / elapsed : 0
  }

  /// As many of the parts as fit, the first ones first. A line that wraps could not be drawn over.
  private func fitted(_ parts: [String], _ columns: Int) -> String {
    var line = ""
    for part in parts {
      let longer = line.isEmpty ? part : line + "  " + part
      if longer.count >= columns { break }
      line = longer
    }
    return line.isEmpty ? String(parts[0].prefix(max(0, columns - 1))) : line
  }
}

/// Draws the line until it is cancelled, then wipes it away.
enum ProgressDrawing {
  /// A copy that is done before has no need of a line.
  private static let delay = Duration.milliseconds(300)
  private static let interval = Duration.milliseconds(120)

  static func run(_ monitor: Monitor) async {
    var line = ProgressLine()
    var isDrawn = false
    var pause = delay
    while (try? await Task.sleep(for: pause)) != nil {
      pause = interval
      let text = line.text(monitor.now, columns: Console.columns)
      // Erase to the end of the line: the last text may have been longer.
      Console.write("\r\(text)\u{1B}[K")
      isDrawn = true
    }
    if isDrawn { wipe() }
  }

  static func wipe() { Console.write("\r\u{1B}[K") }
}
