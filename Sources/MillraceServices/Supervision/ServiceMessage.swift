import LinuxCalls

/// What a service tells its manager. sd_notify(3)
enum ServiceMessage: Sendable, Equatable {
  /// It does its work from now on; `process` is said by one that has taken another's place.
  case ready(status: String, process: Int32?)
  /// It reads its configuration again; the time is of CLOCK_MONOTONIC, by which the manager tells this reload from others.
  case reloading(nanoseconds: Int64)
  /// It has read it.
  case reloaded
  case stopping(status: String)
  case status(String)
  case alive
  /// Another process is the service from now on.
  case mainProcess(Int32)

  var text: String {
    switch self {
    case .ready(let status, let process):
      "READY=1\nSTATUS=\(Self.line(status))" + (process.map { "\nMAINPID=\($0)" } ?? "")
    case .reloading(let nanoseconds): "RELOADING=1\nMONOTONIC_USEC=\(nanoseconds / 1000)"
    case .reloaded: "READY=1"
    case .stopping(let status): "STOPPING=1\nSTATUS=\(Self.line(status))"
    case .status(let status): "STATUS=\(Self.line(status))"
    case .alive: "WATCHDOG=1"
    case .mainProcess(let process): "MAINPID=\(process)"
    }
  }

  /// What comes after the end of a line would be another assignment: a path may have one in it.
  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
