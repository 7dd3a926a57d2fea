import CLinux
package import SystemPackage

extension Linux {
  /// A new pipe, close-on-exec and non-blocking at both ends. pipe2(2)
  package static func pipe() throws(Errno) -> (read: Int32, write: Int32) {
    var ends: (Int32, Int32) = (-1, -1)
    _ = try perform(.pipe) { _ in
      withUnsafeMutableBytes(of: &ends) {
        Int(
          clinux_pipe(
            $0.assumingMemoryBound(to: Int32.self).baseAddress, OpenFlags.closeOnExec.union(.nonBlocking).rawValue))
      }
    }
    return (ends.0, ends.1)
  }

  /// Capacity in bytes, of which each page-sized slot can be taken by a single byte. fcntl(2), F_GETPIPE_SZ
  package static func pipeCapacity(of fd: Int32) throws(Errno) -> Int {
    try perform(.fcntl, on: fd) { _ in clinux_pipe_size(fd) }
  }

  /// Asks for a capacity; answers the one that was given. fcntl(2), F_SETPIPE_SZ
  package static func setPipeCapacity(of fd: Int32, to size: Int) throws(Errno) -> Int {
    try perform(.fcntl, on: fd) { _ in clinux_set_pipe_size(fd, Int32(clamping: size)) }
  }

  /// Bytes that wait to be read. ioctl(2), FIONREAD
  package static func readableBytes(in fd: Int32) throws(Errno) -> Int {
    try perform(.other, on: fd) { _ in clinux_readable_bytes(fd) }
  }

  /// Bytes of a socket's that its peer has not acknowledged; of a Unix socket the memory that they take. tcp(7), SIOCOUTQ
  package static func queuedBytes(in fd: Int32) throws(Errno) -> Int {
    try perform(.other, on: fd) { _ in clinux_queued_bytes(fd) }
  }
}
