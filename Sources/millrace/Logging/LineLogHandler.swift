import Glibc
import LinuxCalls
import Logging
import Synchronization

/// A log of lines: time, level, message, fields.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let format: LogFormat
  private let output: LogOutput

  init(_ format: LogFormat, level: Logger.Level, to output: LogOutput) {
    self.format = format
    logLevel = level
    self.output = output
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
    output.add(format.line(LogTime.now(), event.level, "\(event.message)", fields))
  }
}

/// The time of day as the log has it: "2026-03-14T09:26:53.589Z" (RFC 3339).
enum LogTime {
  private struct Second: Sendable {
    var number = 0
    var text = ""
  }

  // The calendar is asked once a second.
  private static let second = Guarded(Second())

  static func now() -> String {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    let text = second.withLock { second in
      if second.number != time.tv_sec { second = Second(number: time.tv_sec, text: calendar(of: time.tv_sec)) }
      return second.text
    }
    let millisecond = "\(time.tv_nsec / 1_000_000)"
    return text + "." + String(repeating: "0", count: 3 - millisecond.count) + millisecond + "Z"
  }

  private static func calendar(of second: Int) -> String {
    var second = second
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&second, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return unsafe "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
