import CBench
import Foundation

/// The file that is served: the pattern again and again, in the page cache because
/// it was just written.
struct BulkFile {
  /// Large enough that opening connections does not count, small enough to stay
  /// in the page cache of a small machine.
  static let size = 64 << 20

  let path: String

  init(in directory: String) throws {
    path = "\(directory)/millrace-bench-\(getpid()).bin"
    var pattern = [UInt8](repeating: 0, count: Int(BENCH_PATTERN))
    bench_pattern(&pattern)
    // O_EXCL: a name in a shared directory may be someone else's link by now.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure("\(path) cannot be created.") }
    defer { close(descriptor) }
    for _ in 0..<(Self.size / pattern.count) {
      guard write(descriptor, pattern, pattern.count) == pattern.count else {
        unlink(path)
        throw Failure("\(path) cannot be filled: is there room for \(Self.size >> 20) MiB?")
      }
    }
  }

  func remove() {
    unlink(path)
  }
}
