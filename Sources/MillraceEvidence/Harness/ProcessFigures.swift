import Foundation
import LinuxCalls

/// What the kernel says of a process and its descendants. proc(5)
struct ProcessFigures {
  /// Seconds of CPU, as the scheduler charged them; of children that have ended and were waited for, in clock ticks.
  var cpuSeconds = 0.0
  /// Clock ticks in either mode, which say how those are divided.
  var userTicks = 0
  var systemTicks = 0
  var switches = ContextSwitches(voluntary: 0, involuntary: 0)
  /// The most memory it ever had, in bytes.
  var peakMemory = 0

  /// Nil where the process is gone.
  init?(of root: Int32) {
    guard Linux.cpuTime(of: root) != nil else { return nil }
    for process in ProcessTree.members(of: root) { add(process) }
  }

  private mutating func add(_ process: Int32) {
    guard let time = Linux.cpuTime(of: process) else { return }
    cpuSeconds += Double(time) / 1e9
    // The name is in parentheses and may have spaces; the fields from the state on are behind it.
    let stat = ProcessTree.text("/proc/\(process)/stat")
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
    if fields.count > 13 {
      userTicks += Int(fields[12]) ?? 0
      systemTicks += Int(fields[13]) ?? 0
    }
    // A process for each connection, as some have it, is gone before it can be asked: its parent has its time.
    if fields.count > 15, let user = Int(fields[14]), let system = Int(fields[15]) {
      userTicks += user
      systemTicks += system
      cpuSeconds += Double(user + system) / Double(Linux.clockTicks)
    }
    peakMemory += Self.field("VmHWM", ProcessTree.text("/proc/\(process)/status")) * 1024
    for task in ProcessTree.tasks(of: process) {
      let status = ProcessTree.text("/proc/\(process)/task/\(task)/status")
      switches.voluntary += Self.field("voluntary_ctxt_switches", status)
      switches.involuntary += Self.field("nonvoluntary_ctxt_switches", status)
    }
  }

  static func field(_ name: String, _ text: String) -> Int {
    for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return 0
  }

  /// The seconds since `before`, in user and in kernel mode.
  func cpu(since before: ProcessFigures) -> (user: Double, system: Double) {
    // A child that has ended counts in ticks, and a little less than it did.
    let spent = max(0, cpuSeconds - before.cpuSeconds)
    var (user, system) = (userTicks - before.userTicks, systemTicks - before.systemTicks)
    // Too short for a tick: as in all of its life.
    if user + system < 5 { (user, system) = (userTicks, systemTicks) }
    let share = user + system > 0 ? Double(user) / Double(user + system) : 0
    return (spent * share, spent * (1 - share))
  }

  func switches(since before: ProcessFigures) -> ContextSwitches {
    ContextSwitches(
      voluntary: max(0, switches.voluntary - before.switches.voluntary),
      involuntary: max(0, switches.involuntary - before.switches.involuntary))
  }

  /// Bytes of user memory that are a process's alone, those of its descendants included.
  static func privateMemory(of root: Int32) -> Int {
    ProcessTree.members(of: root).reduce(0) { sum, process in
      let text = ProcessTree.text("/proc/\(process)/smaps_rollup")
      return sum + (field("Private_Clean", text) + field("Private_Dirty", text)) * 1024
    }
  }
}
