import CLinux
package import SystemPackage

/// How a process ended. wait(2)
package enum ProcessEnd: Sendable, Equatable, CustomStringConvertible {
  case exited(status: Int32)
  case killed(signal: Int32)

  package var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .killed(let signal): "killed by signal \(signal)"
    }
  }
}

extension Linux {
  /// Nanoseconds of CPU that all threads of a process have used; nil where it is gone. clock_getcpuclockid(3)
  package static func cpuTime(of process: Int32) -> Int64? {
    let time = clinux_cpu_of(process)
    return time < 0 ? nil : time
  }

  /// getpid(2)
  package static var process: Int32 { clinux_process() }

  /// getppid(2)
  package static var parentProcess: Int32 { clinux_parent_process() }

  /// The path that this process was started by; nil where the kernel does not say. getauxval(3), AT_EXECFN
  package static var executablePath: String? { clinux_executable().map { String(cString: $0) } }

  /// The file that this process runs, wherever it was started from; nil where /proc is not there. proc_pid_exe(5)
  package static var ownProgram: String? {
    var path = [CChar](repeating: 0, count: 4097)
    let count = clinux_own_program(&path, 4096)
    return count > 0 ? String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  /// Starts a program and answers the id of its process. posix_spawn(3)
  ///
  /// - Parameters:
  ///   - arguments: texts that each end with a zero byte.
  ///   - environment: the same.
  ///   - descriptors: what it has as 3, 4, …; their numbers here are `3 + descriptors.count` or more, so that none is
  ///     overwritten before it is in its place. Everything else stays here (before glibc 2.34, what is close-on-exec).
  package static func spawn(
    _ path: String, arguments: [UInt8], environment: [UInt8], descriptors: [Int32]
  ) throws(Errno) -> Int32 {
    var (arguments, environment) = (arguments, environment)
    let child = try perform(.other) { _ in
      arguments.withUnsafeMutableBytes { arguments in
        environment.withUnsafeMutableBytes { environment in
          clinux_spawn(
            path, arguments.bindMemory(to: CChar.self).baseAddress, arguments.count,
            environment.bindMemory(to: CChar.self).baseAddress, environment.count, descriptors,
            Int32(descriptors.count))
        }
      }
    }
    return Int32(child)
  }

  /// Blocks until a child has ended, and leaves it to be reaped: its number is its own until then. waitid(2)
  package static func awaitEnd(of child: Int32) throws(Errno) {
    _ = try perform(.other) { _ in clinux_await_end(child) }
  }

  /// Blocks until a child has ended, and reaps it. waitpid(2)
  package static func wait(for child: Int32) throws(Errno) -> ProcessEnd {
    var (status, signal): (Int32, Int32) = (0, 0)
    _ = try perform(.other) { _ in clinux_wait(child, &status, &signal) }
    return status < 0 ? .killed(signal: signal) : .exited(status: status)
  }

  /// Orphans among this process's descendants become its children. prctl(2), PR_SET_CHILD_SUBREAPER
  package static func adoptOrphans() throws(Errno) { _ = try perform(.other) { _ in clinux_adopt_orphans() } }

  /// Clock ticks a second, in which proc(5) counts. sysconf(3)
  package static var clockTicks: Int { max(1, clinux_clock_ticks()) }

  /// The signal comes to nothing here; a program that is started has it as ever. sigaction(2)
  package static func disregard(signal: Int32) throws(Errno) {
    _ = try perform(.other) { _ in clinux_disregard(signal) }
  }

  /// kill(2)
  package static func send(signal: Int32, to process: Int32) throws(Errno) {
    _ = try perform(.other) { _ in clinux_kill(process, signal) }
  }

  /// Everything in a file of /proc, which has no size before it is read. proc(5)
  package static func contents(ofPath path: String) throws(Errno) -> [UInt8] {
    let fd = try open(path, .read)
    defer { try? close(fd) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try perform(.read, on: fd, length: piece.count) { length in
        piece.withUnsafeMutableBytes { clinux_read(fd, $0.baseAddress, length) }
      }
      if count == 0 { return all }
      all += piece.prefix(count)
    }
  }

  /// Sends one datagram over a Unix socket. Never blocks: EAGAIN where the receiver's queue is full. unix(7)
  package static func sendDatagram(_ bytes: [UInt8], to address: RawAddress) throws(Errno) {
    let fd = try socket(SocketFamily.unix, SocketType.datagram)
    defer { try? close(fd) }
    _ = try connect(fd, to: address)
    var failure: Errno?
    bytes.withUnsafeBytes { bytes in
      do throws(Errno) { _ = try send(fd, bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
