import Foundation

/// Runs a program under strace and says which system calls it made: the engine seen from outside.
enum Strace {
  /// One call as strace saw it.
  struct Call: Sendable {
    var name: String
    var arguments: String
    /// Negative for an error.
    var result: Int
  }

  struct Run: Sendable {
    var status: Int32
    var output: Data
    var calls: [Call]

    func calls(_ name: String) -> [Call] { calls.filter { $0.name == name } }
    /// What the calls of this name that did not fail add up to.
    func sum(_ name: String) -> Int { calls(name).reduce(0) { $0 + max(0, $1.result) } }
  }

  static let path = ["/usr/bin/strace", "/bin/strace", "/usr/local/bin/strace"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Whether there is an strace, and the kernel lets it trace: containers often forbid ptrace.
  static let works: Bool = (try? run(["/bin/true"], tracing: ["close"]).status) == 0

  /// Runs `command` to its end, tracing the calls of these names in all its threads. Blocks.
  static func run(_ command: [String], tracing names: [String]) throws -> Run {
    guard let path else { throw CocoaError(.fileNoSuchFile) }
    let folder = try TempFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments =
      [
        "-f", "-qq", "-s", "0", "-e", "signal=none", "-e", "trace=" + names.joined(separator: ","), "-o",
        folder("trace"),
      ]
      + command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let trace = String(decoding: try folder.read("trace"), as: UTF8.self)
    return Run(status: process.terminationStatus, output: output, calls: parse(trace))
  }

  /// Lines are "123 splice(5, NULL, 6, NULL, 4096, SPLICE_F_NONBLOCK) = 4096", or in two pieces where another thread's
  /// call came between: "123 splice(5, <unfinished ...>" and "123 <... splice resumed>) = 4096".
  private static func parse(_ trace: String) -> [Call] {
    var calls: [Call] = []
    var unfinished: [Substring: String] = [:]
    for line in trace.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { continue }
      let thread = line[..<space]
      var text = String(line[space...].drop { $0 == " " })
      if text.hasSuffix("<unfinished ...>") {
        unfinished[thread] = text.replacingOccurrences(of: "<unfinished ...>", with: "")
        continue
      }
      if text.hasPrefix("<..."), let end = text.range(of: "resumed>") {
        text = (unfinished.removeValue(forKey: thread) ?? "") + text[end.upperBound...]
      }
      guard let open = text.firstIndex(of: "("), let equals = text.range(of: " = ", options: .backwards) else {
        continue
      }
      let word = text[equals.upperBound...].split(separator: " ").first ?? "-1"
      calls.append(
        Call(
          name: String(text[..<open]), arguments: String(text[open..<equals.lowerBound]), result: Int(word) ?? -1))
    }
    return calls
  }
}
