import CLinux
package import SystemPackage

extension Errno {
  /// Its name in the manual, such as "ENOENT": the same in every language and on every architecture.
  /// strerrorname_np(3)
  package var symbol: String {
    clinux_errno_symbol(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)"
  }
}
