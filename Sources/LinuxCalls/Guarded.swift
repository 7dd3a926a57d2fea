import CLinux
package import Synchronization

/// A value that one thread at a time may touch: `Mutex`, with what the thread sanitizer has to know.
///
/// The standard library's lock is a futex, which the thread sanitizer does not see: it would report every hand-over as a
/// race. Here each section tells it that it comes after the one before. In a build without
/// `-Xcc -DCLINUX_THREAD_SANITIZER` that is nothing.
package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
  @usableFromInline package let mutex: Mutex<Value>

  @inlinable package init(_ value: consuming sending Value) { mutex = Mutex(value) }

  /// Runs `body` while no other thread touches the value. Not to be nested.
  @inlinable package borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try mutex.withLock { (value) throws(Failure) -> sending Result in
      withUnsafePointer(to: mutex) { clinux_sanitizer_acquire($0) }
      defer { withUnsafePointer(to: mutex) { clinux_sanitizer_release($0) } }
      return try body(&value)
    }
  }
}
