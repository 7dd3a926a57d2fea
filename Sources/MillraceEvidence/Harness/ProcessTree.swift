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

  /// Ends all of it, at once. The root must be this process's child, not reaped, so that the number is its own.
  static func end(_ root: Int32) {
    for process in members(of: root).reversed() { try? Linux.send(signal: 9 /* SIGKILL */, to: process) }
  }
}
