import Glibc
import LinuxCalls
import Millrace

/// The three descriptors that a process is given. One that was closed would be taken by the first file that is opened,
/// and what is meant for standard output or error would be written into that one.
enum StandardStreams {
  /// Those that were closed when the process began. /dev/null keeps their numbers.
  private static let closed: Set<Int32> = {
    var closed: Set<Int32> = []
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      closed.insert(number)
      // The lowest free number, which is this one.
      _ = unsafe open("/dev/null", O_RDWR)
    }
    return closed
  }()

  /// Must come before anything that opens a descriptor.
  static func reserve() { _ = closed }

  static func wasClosed(_ descriptor: FileDescriptor) -> Bool { closed.contains(descriptor.rawValue) }
}
