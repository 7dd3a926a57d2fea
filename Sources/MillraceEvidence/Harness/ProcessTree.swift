import Foundation
import LinuxCalls

/// A process and all that it has started, seen from outside. proc(5)
enum ProcessTree {
  /// The process and its descendants, as far as they are there.
  static func members(of root: Int32) -> [Int32] {
    var (all, new) = ([root], [root])
    while let parent = new.popLast() {
      let children = children(of: parent).filter { !all.contains($0) }
      all += children
      new += children
    }
    return all
  }

  private static func children(of process: Int32) -> [Int32] {
    tasks(of: process).flatMap { task in
      text("/proc/\(process)/task/\(task)/children").split(separator: " ").compactMap { Int32($0) }
    }
  }

  static func tasks(of process: Int32) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
  }

  /// The text of a file of /proc; empty where it is gone.
  static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  /// Ends all of it, at once, the root last. The root must be this process's child, not reaped, so that the number is its own.
  static func end(_ root: Int32) {
    endDescendants(of: root)
    try? Linux.send(signal: 9 /* SIGKILL */, to: root)
  }

  /// Ends what it has started, also what is started meanwhile: until nothing is left that is not over.
  static func endDescendants(of root: Int32) {
    for _ in 0..<100 {
      let rest = members(of: root).dropFirst().filter { !isOver($0) }
      if rest.isEmpty { return }
      for process in rest { try? Linux.send(signal: 9 /* SIGKILL */, to: process) }
    }
  }

  /// Nobody has waited for it yet.
  private static func isOver(_ process: Int32) -> Bool {
    let stat = text("/proc/\(process)/stat")
    return stat.isEmpty || stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].hasPrefix(") Z")
  }
}
