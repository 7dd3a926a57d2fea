import CLinux
package import SystemPackage

// Calls that pass bytes through memory.
extension Linux {
  /// read(2)
  package static func read(_ fd: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try perform(.read, on: fd, length: buffer.count) { clinux_read(fd, buffer.baseAddress, $0) }
  }

  /// write(2)
  package static func write(_ fd: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try perform(.write, on: fd, length: bytes.count) { clinux_write(fd, bytes.baseAddress, $0) }
  }

  /// pread(2)
  package static func read(
    _ fd: Int32, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try perform(.pread, on: fd, length: buffer.count) { clinux_pread(fd, buffer.baseAddress, $0, offset) }
  }

  /// pwrite(2)
  package static func write(_ fd: Int32, at offset: Int64, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try perform(.pwrite, on: fd, length: bytes.count) { clinux_pwrite(fd, bytes.baseAddress, $0, offset) }
  }

  /// Reads what can be had at once, whatever the descriptor's O_NONBLOCK says; EAGAIN where that is nothing.
  /// `offset` -1 stands for a pipe, which has none. EOPNOTSUPP where the kernel cannot promise.
  /// preadv2(2), RWF_NOWAIT
  package static func readNoWait(
    _ fd: Int32, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try perform(.read, on: fd, length: buffer.count) { clinux_read_nowait(fd, buffer.baseAddress, $0, offset) }
  }

  /// Writes what a pipe takes at once, whatever its O_NONBLOCK says. pwritev2(2), RWF_NOWAIT
  package static func writeNoWait(_ fd: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try perform(.write, on: fd, length: bytes.count) { clinux_write_nowait(fd, bytes.baseAddress, $0) }
  }

  /// Never blocks. recv(2), MSG_DONTWAIT
  package static func receive(_ fd: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try perform(.recv, on: fd, length: buffer.count) { clinux_recv(fd, buffer.baseAddress, $0, messageFlags) }
  }

  /// Never blocks, never raises SIGPIPE. `more` says that more follows at once: the last segment is held back for it.
  /// send(2), MSG_DONTWAIT | MSG_NOSIGNAL
  package static func send(_ fd: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(Errno) -> Int {
    let flags = messageFlags | (more ? messageMore : 0)
    return try perform(.send, on: fd, length: bytes.count) { clinux_send(fd, bytes.baseAddress, $0, flags) }
  }

  private static var messageFlags: Int32 { 0x40 /* MSG_DONTWAIT */ | 0x4000 /* MSG_NOSIGNAL */ }
  private static var messageMore: Int32 { 0x8000 }
}
