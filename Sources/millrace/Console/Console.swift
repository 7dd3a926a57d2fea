import LinuxCalls
import Millrace

/// Where the program speaks to people: standard error, so that standard output can carry data.
enum Console {
  /// Whether standard error is a terminal, where a line can be drawn again and again.
  static var isTerminal: Bool { Linux.isTerminal(FileDescriptor.standardError.rawValue) }

  /// Its width; 80 where the terminal does not say.
  static var columns: Int { Linux.terminalColumns(FileDescriptor.standardError.rawValue) ?? 80 }

  /// A line on standard error. One that nobody reads is no reason to stop.
  static func say(_ line: String) { write(line + "\n") }

  /// What went wrong, in one sentence.
  static func complain(_ sentence: String) { say(complaint(sentence)) }

  /// The line that says it.
  static func complaint(_ sentence: String) -> String { "millrace: \(sentence)" }

  /// Text as it is, on standard error.
  static func write(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(text.utf8) }

  /// A result, on standard output; whole lines.
  static func print(_ text: String) throws(Failure) {
    guard !StandardStreams.wasClosed(.standardOutput) else {
      throw Failure("cannot write to standard output: it is closed")
    }
    do {
      try FileDescriptor.standardOutput.writeAll((text.hasSuffix("\n") ? text : text + "\n").utf8)
    } catch {
      throw Failure("cannot write to standard output: \(error)")
    }
  }
}
