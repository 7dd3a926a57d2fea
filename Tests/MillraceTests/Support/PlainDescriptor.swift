import Glibc
import LinuxCalls
import Synchronization

/// A system call of the test's own failed.
struct PlainFailure: Error, CustomStringConvertible {
  var call: String
  var number = errno
  var description: String { "\(call): \(String(cString: strerror(number)))" }
}

/// A blocking descriptor of the test's side, used with the C library alone, so that what the engine does is judged by
/// something else. Closed with the last reference.
final class PlainDescriptor: Sendable {
  let number: Int32
  private let isClosed = Guarded(false)

  init(_ number: Int32) { self.number = number }

  deinit { close() }

  func close() {
    let closes = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    if closes { _ = Glibc.close(number) }
  }

  /// Writes all of `bytes`; blocks.
  func write(_ bytes: ArraySlice<UInt8>) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let count = Glibc.write(number, part.baseAddress, part.count)
        if count < 0 {
          if errno == EINTR { continue }
          throw PlainFailure(call: "write")
        }
        rest = rest.dropFirst(count)
      }
    }
  }

  func write(_ bytes: [UInt8]) throws { try write(bytes[...]) }

  /// Reads until `count` bytes are there or the stream ends; waits, even where the descriptor does not block.
  func read(_ count: Int = .max, upToOnce chunk: Int = 256 * 1024) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(count, chunk))
    while bytes.count < count {
      let got = Glibc.read(number, &buffer, min(buffer.count, count - bytes.count))
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        guard errno == EAGAIN else { throw PlainFailure(call: "read") }
        try wait(for: POLLIN)
        continue
      }
      bytes += buffer[..<got]
    }
    return bytes
  }

  /// Blocks until the descriptor is ready; a minute without it is a failure, so that no test hangs.
  func wait(for events: Int32) throws {
    var entry = pollfd(fd: number, events: Int16(events), revents: 0)
    while true {
      let count = poll(&entry, 1, 60_000)
      if count > 0 { return }
      if count == 0 { throw PlainFailure(call: "poll", number: ETIMEDOUT) }
      if errno != EINTR { throw PlainFailure(call: "poll") }
    }
  }

  /// Calls return EAGAIN instead of blocking; `read` then waits with a limit.
  func makeNonBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }

  /// Says that nothing more is written: of a socket the other direction goes on, a pipe is closed.
  func finishWriting() {
    if shutdown(number, Int32(SHUT_WR)) != 0, errno == ENOTSOCK { close() }
  }

  /// A second number for the open file behind `number`.
  static func duplicate(of number: Int32) throws -> PlainDescriptor {
    let copy = dup(number)
    guard copy >= 0 else { throw PlainFailure(call: "dup") }
    return PlainDescriptor(copy)
  }
}
