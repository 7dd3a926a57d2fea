import Foundation
import Glibc
import MillraceServices

/// The environment that the process began with. What it says of this process alone is taken out of it then: a program that
/// is started from here must not take descriptors for its own, or speak to the service manager in this one's name.
enum LaunchEnvironment {
  static let variables = ProcessInfo.processInfo.environment

  private static let ofThisProcess = LaunchVariables.ofOneProcess + ["NOTIFY_SOCKET", "WATCHDOG_USEC"]

  /// Must come before any other thread: the environment is the C library's, without a lock.
  static func take() {
    _ = variables
    for name in ofThisProcess { _ = unsafe unsetenv(name) }
  }
}
