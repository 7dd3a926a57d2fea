import LinuxCalls
import Logging
import Synchronization

/// A log that a test reads.
final class LogCapture: Sendable {
  struct Line: Sendable {
    let level: Logger.Level
    let message: String
    let fields: [String: String]
    subscript(_ name: String) -> String? { fields[name] }
  }

  private struct Entries: Sendable {
    var lines: [Line] = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let entries = Guarded(Entries())

  var lines: [Line] { entries.withLock { $0.lines } }
  /// What was said of connections, in the order of their ends.
  var connections: [Line] { lines.filter { $0.message == "relayed" || $0.message == "refused" } }
  var endings: [String] { connections.compactMap { $0["ended"] } }

  var logger: Logger { Logger(label: "test") { _ in Handler(capture: self) } }

  /// The line of the connection that ended as number `place`, once it has.
  func connection(_ place: Int) async -> Line {
    while true {
      let count = lines.count
      let all = connections
      if all.count > place { return all[place] }
      await nextLine(after: count)
    }
  }

  /// The first line that `isIt`, once there is one.
  @discardableResult
  func line(where isIt: (Line) -> Bool) async -> Line {
    while true {
      let all = lines
      if let line = all.first(where: isIt) { return line }
      await nextLine(after: all.count)
    }
  }

  /// Suspends until there are more lines than that.
  func nextLine(after count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = entries.withLock { entries in
        if entries.lines.count <= count { entries.waiting.append(continuation) }
        return entries.lines.count > count
      }
      if isThere { continuation.resume() }
    }
  }

  private func add(_ line: Line) {
    let waiting = entries.withLock { entries in
      entries.lines.append(line)
      defer { entries.waiting = [] }
      return entries.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  private struct Handler: LogHandler {
    let capture: LogCapture
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let fields = (event.metadata ?? [:]).mapValues { "\($0)" }
      capture.add(Line(level: event.level, message: "\(event.message)", fields: fields))
    }
  }
}
