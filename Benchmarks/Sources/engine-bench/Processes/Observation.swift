import CBench
import Foundation

/// What the kernel says about a process, seen from outside.
extension Child {
  /// CPU seconds of all its threads so far, as the scheduler charged them.
  func cpuSeconds() throws -> Double {
    let spent = bench_cpu_of(pid)
    guard spent > 0 else { throw Failure("\(name) is gone: its CPU time cannot be read.") }
    return Double(spent) / 1e9
  }

  /// Bytes of memory that are this process's alone: user space, no page cache, no
  /// socket buffers.
  func privateBytes() throws -> Int {
    let path = "/proc/\(pid)/smaps_rollup"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Failure("\(path) cannot be read.")
    }
    var kibibytes = 0
    for line in text.split(separator: "\n") where line.hasPrefix("Private_") {
      let words = line.split(separator: " ")
      if words.count >= 2, let amount = Int(words[1]) { kibibytes += amount }
    }
    return kibibytes * 1024
  }

  /// How many of its descriptors are ends of pipes.
  func pipeEnds() throws -> Int {
    let path = "/proc/\(pid)/fd"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Failure("\(path) cannot be read.")
    }
    return names.count { name in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\(name)")
      return target?.hasPrefix("pipe:") ?? false
    }
  }
}
