import Foundation

/// Runs of the program in which the kernel fails by order of strace.
enum Injected {
  private static let path = ["/usr/bin/strace", "/bin/strace", "/usr/local/bin/strace"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Whether there is an strace, and the kernel lets it trace: containers often forbid ptrace.
  static let isPossible: Bool = {
    guard let path else { return false }
    let probe = try? Process.run(URL(fileURLWithPath: path), arguments: ["-qq", "-o", "/dev/null", "/bin/true"])
    probe?.waitUntilExit()
    return probe?.terminationStatus == 0
  }()

  /// The command that starts a program with this call of its threads failing, "fsync:error=EIO:when=2", and writes the
  /// calls of that name to `trace`, and those of `others`; with `file`, only the calls on that one. strace(1)
  static func command(
    _ fault: String, on file: String? = nil, trace: URL? = nil, also others: [String] = []
  ) -> [String] {
    let call = fault.split(separator: ":").first.map(String.init) ?? fault
    let inject = fault == call ? [] : ["-e", "inject=\(fault)"]
    let traced = ([call] + others).joined(separator: ",")
    return [path ?? "strace", "-f", "-qq", "-y", "-o", trace?.path ?? "/dev/null", "-e", "trace=\(traced)"] + inject
      + (file.map { ["-P", $0] } ?? [])
  }

  /// The same, and the program gets these signals once it has begun that call. A shell sends them: how soon a task of
  /// this process gets its turn depends on the tests that run beside it.
  static func command(_ fault: String, then signals: [Int32], trace: URL) -> [String] {
    // The program is the child of strace, which passes no signals on. proc_pid_children(5)
    let script = """
      trace=$1; signals=$2; shift 2
      "$@" &
      until [ -s "$trace" ]; do sleep 0.02; done
      for signal in $signals; do kill -$signal $(cat /proc/$!/task/$!/children); sleep 0.1; done
      wait $!
      """
    let list = signals.map(String.init).joined(separator: " ")
    return ["/bin/sh", "-c", script, "sh", trace.path, list] + command(fault, trace: trace)
  }
}
