import LinuxCalls
import Millrace
import Synchronization

/// Names in the file system that must not outlive this process: a half-written file, the socket it listens at.
enum Leftovers {
  private static let paths = Guarded<Set<String>>([])

  static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  /// It has its final name, or is gone already.
  static func forget(_ path: String) { paths.withLock { _ = $0.remove(path) } }

  /// Removes one of them; false when it was gone.
  @discardableResult
  static func clear(_ path: String) -> Bool {
    guard paths.withLock({ $0.remove(path) }) != nil else { return true }
    do throws(Errno) { try Linux.unlink(path) } catch { return error != .noSuchFileOrDirectory }
    return true
  }

  /// Removes all of them, when the process has to end now; false when one was gone, for it may have its final name.
  static func clearAll() -> Bool {
    paths.withLock { $0 }.map { clear($0) }.allSatisfy { $0 }
  }
}
