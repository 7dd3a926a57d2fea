/// What is taken from files below `/proc` (proc_pid_stat(5), proc_stat(5), proc_pid_limits(5)). Nil for a content that is not
/// what the manual says.
enum ProcessFiles {
  struct Stat: Equatable {
    /// Time in this process' code and in the kernel for it, in ticks.
    var userTicks: Double
    var systemTicks: Double
    /// When it started, in ticks since the machine booted.
    var startTicks: Double
    var virtualBytes: Double
    var residentPages: Double
  }

  /// `/proc/self/stat`. The second field is the program's name between parentheses, in any bytes, spaces and parentheses among
  /// them; none of the fields after it has one, so they are counted from the last.
  static func stat(_ content: [UInt8]) -> Stat? {
    guard let close = content.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = String(decoding: content[(close + 1)...], as: UTF8.self).split(whereSeparator: \.isWhitespace)
    /// By its number in the manual, where the state of the process is the third.
    func field(_ number: Int) -> Double? {
      fields.indices.contains(number - 3) ? UInt64(fields[number - 3]).map { Double($0) } : nil
    }
    guard let user = field(14), let system = field(15), let start = field(22), let bytes = field(23),
      let pages = field(24)
    else { return nil }
    return Stat(userTicks: user, systemTicks: system, startTicks: start, virtualBytes: bytes, residentPages: pages)
  }

  /// `/proc/stat`: when the machine booted, in seconds since 1970.
  static func bootTime(_ content: [UInt8]) -> Double? {
    words(after: "btime ", in: content)?.first.flatMap { UInt64($0) }.map { Double($0) }
  }

  /// `/proc/self/limits`: how many descriptors may be open, the soft limit; infinity for any number.
  static func openFileLimit(_ content: [UInt8]) -> Double? {
    guard let soft = words(after: "Max open files ", in: content)?.first else { return nil }
    return soft == "unlimited" ? .infinity : UInt64(soft).map { Double($0) }
  }

  /// The words that follow `beginning` on the first line that has it.
  private static func words(after beginning: String, in content: [UInt8]) -> [Substring]? {
    for line in content.split(separator: UInt8(ascii: "\n")) where line.starts(with: beginning.utf8) {
      return String(decoding: line.dropFirst(beginning.utf8.count), as: UTF8.self).split(separator: " ")
    }
    return nil
  }
}
