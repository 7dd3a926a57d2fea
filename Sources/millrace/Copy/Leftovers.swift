import LinuxCalls
import Synchronization

/// Names in the file system that must not outlive this process: a half-written file, the socket it listens at.
enum Leftovers {
  private static let paths = Mutex<Set<String>>([])

  static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  /// It has its final name, or is gone already.
  static func forget(_ path: String) { paths.withLock { _ = $0.remove(path) } }

  /// Removes one of them.
  static func clear(_ path: String) {
    if paths.withLock({ $0.remove(path) }) != nil { try? Linux.unlink(path) }
  }

  /// Removes all of them, when the process has to end now.
  static func clearAll() {
    for path in paths.withLock({ $0 }) { clear(path) }
  }
}
