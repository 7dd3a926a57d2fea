import CLinux
import SystemPackage

/// Where all calls of this module are made.
package enum Linux {}

extension Linux {
  /// Makes one system call: counted, faults injected where a test armed one, repeated while a signal interrupts it.
  ///
  /// `make` gets the length to ask for (a fault may have shortened it) and returns the result or -errno.
  @inline(__always)
  static func perform(
    _ kind: SystemCall, on first: Int32 = -1, and second: Int32 = -1, length: Int = 0, _ make: (Int) -> Int
  ) throws(Errno) -> Int {
    let counts = clinux_thread_counts()
    while true {
      clinux_count(counts, Int32(kind.rawValue))
      var ask = length
      if clinux_faults_armed() != 0 {
        switch Faults.shared.strike(kind, first, second) {
        case .none: break
        case .error(let errno):
          if errno == .interrupted { continue }
          throw errno
        case .short(let most): ask = min(length, most)
        case .zero: return 0
        }
      }
      let result = make(ask)
      if result >= 0 { return result }
      let errno = Errno(rawValue: Int32(-result))
      if errno != .interrupted { throw errno }
    }
  }
}
