package import CLinux
package import SystemPackage

/// What became possible on a descriptor. epoll_ctl(2)
package struct ReadinessEvents: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let readable = ReadinessEvents(rawValue: CLINUX_EPOLLIN)
  package static let writable = ReadinessEvents(rawValue: CLINUX_EPOLLOUT)
  package static let urgent = ReadinessEvents(rawValue: CLINUX_EPOLLPRI)
  package static let peerFinished = ReadinessEvents(rawValue: CLINUX_EPOLLRDHUP)
  package static let failed = ReadinessEvents(rawValue: CLINUX_EPOLLERR)
  package static let hungUp = ReadinessEvents(rawValue: CLINUX_EPOLLHUP)
  package static let edgeTriggered = ReadinessEvents(rawValue: CLINUX_EPOLLET)
}

package typealias ReadinessEvent = clinux_event

extension clinux_event {
  /// What was given at registration.
  package var identity: UInt64 { data }
  package var readiness: ReadinessEvents { ReadinessEvents(rawValue: events) }
  /// The same, for the loop that looks at every event.
  package var bits: UInt32 { events }
}

/// How finely a wait for events can be timed.
package enum WaitPrecision: Sendable {
  /// epoll_pwait2(2)
  case nanoseconds
  /// epoll_wait(2)
  case milliseconds
}

extension Linux {
  /// epoll_create1(2)
  package static func epollCreate() throws(Errno) -> Int32 {
    Int32(try perform(.epollControl) { _ in clinux_epoll_create() })
  }

  /// EPERM where the descriptor can never be waited for, such as a regular file. epoll_ctl(2)
  package static func epollAdd(
    _ epoll: Int32, _ fd: Int32, _ events: ReadinessEvents, data: UInt64
  ) throws(Errno) {
    _ = try perform(.epollControl, on: fd) { _ in clinux_epoll_add(epoll, fd, events.rawValue, data) }
  }

  /// epoll_ctl(2)
  package static func epollRemove(_ epoll: Int32, _ fd: Int32) throws(Errno) {
    _ = try perform(.epollControl, on: fd) { _ in clinux_epoll_remove(epoll, fd) }
  }

  /// Waits for events, at most `timeout` nanoseconds; nil waits for ever. A signal ends the wait with no events.
  ///
  /// Where epoll_pwait2 is refused (ENOSYS before Linux 5.11; ENOSYS or EPERM in sandboxes that do not know it), the
  /// `precision` becomes milliseconds, rounded up, and stays so for the caller that keeps it.
  /// epoll_wait(2), epoll_pwait2(2)
  package static func epollWait(
    _ epoll: Int32, into events: UnsafeMutableBufferPointer<ReadinessEvent>, timeout: Int64?,
    precision: inout WaitPrecision
  ) throws(Errno) -> Int {
    do throws(Errno) {
      return try epollWait(epoll, into: events, timeout: timeout, precision)
    } catch {
      guard precision == .nanoseconds, error == .noFunction || error == .notPermitted else { throw error }
      precision = .milliseconds
      return try epollWait(epoll, into: events, timeout: timeout, precision)
    }
  }

  private static func epollWait(
    _ epoll: Int32, into events: UnsafeMutableBufferPointer<ReadinessEvent>, timeout: Int64?, _ precision: WaitPrecision
  ) throws(Errno) -> Int {
    let timeout = timeout ?? -1
    clinux_count(clinux_thread_counts(), Int32(SystemCall.epollWait.rawValue))
    // A fault is for the call that may be refused.
    if timeout > 0, precision == .nanoseconds, clinux_faults_armed() != 0,
      case .error(let errno)? = Faults.shared.strike(.epollWait, epoll, -1)
    {
      throw errno
    }
    let count = clinux_epoll_wait(
      epoll, events.baseAddress, Int32(events.count), timeout, precision == .milliseconds ? 1 : 0)
    if count >= 0 { return count }
    let errno = Errno(rawValue: Int32(-count))
    if errno == .interrupted { return 0 }
    throw errno
  }

  /// Non-blocking and close-on-exec. eventfd(2)
  package static func eventDescriptor() throws(Errno) -> Int32 {
    Int32(try perform(.eventfd) { _ in clinux_eventfd() })
  }

  /// eventfd(2)
  package static func signal(event fd: Int32) {
    var one: UInt64 = 1
    _ = try? withUnsafeBytes(of: &one) { (bytes) throws(Errno) in try write(fd, bytes) }
  }

  /// eventfd(2)
  package static func clear(event fd: Int32) {
    var value: UInt64 = 0
    _ = try? withUnsafeMutableBytes(of: &value) { (bytes) throws(Errno) in try read(fd, into: bytes) }
  }

  /// Waits on one descriptor, in a thread that may block. True when something happened. poll(2)
  package static func wait(for fd: Int32, _ events: ReadinessEvents, milliseconds: Int32) throws(Errno) -> Bool {
    // POLLIN and POLLOUT have the values of EPOLLIN and EPOLLOUT.
    try perform(.poll, on: fd) { _ in clinux_poll(fd, Int16(truncatingIfNeeded: events.rawValue), milliseconds) } > 0
  }
}
