import CLinux
package import Synchronization

// A lock whose sections the thread sanitizer knows to come one after the other. The standard library's is a futex, which
// it does not see: it would report every hand-over as a race. CONTRIBUTING.md says how the macro is defined; without it
// this is the standard library's lock itself.
#if CLINUX_THREAD_SANITIZER
  /// A value that one thread at a time may touch: `Mutex`, with what the thread sanitizer has to know.
  package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>

    package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Runs `body` while no other thread touches the value. Not to be nested.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      try mutex.withLock { (value) throws(Failure) -> sending Result in
        withUnsafePointer(to: mutex) { clinux_sanitizer_acquire($0) }
        defer { withUnsafePointer(to: mutex) { clinux_sanitizer_release($0) } }
        return try body(&value)
      }
    }
  }
#else
  /// A value that one thread at a time may touch.
  package typealias Guarded = Mutex
#endif
