import CLinux
package import SystemPackage

/// How the path of a file is followed from the directory that it is beneath. openat2(2)
package struct PathResolution: OptionSet, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Nothing leads out of the directory: neither "..", nor a symbolic link, nor an absolute path.
  package static let beneath = PathResolution(rawValue: 0x08)
  /// No symbolic link is followed: ELOOP.
  package static let noLinks = PathResolution(rawValue: 0x04)
  /// No link of /proc is followed, which names no path.
  package static let noMagicLinks = PathResolution(rawValue: 0x02)
  /// EAGAIN where the kernel does not have all of it in memory, so that the call would wait. Linux 5.12
  package static let cached = PathResolution(rawValue: 0x20)
}

// Files beneath a directory that is open already. Names and paths are bytes, as the kernel has them.
extension Linux {
  /// O_PATH: the file is named, and neither read nor written. O_NOFOLLOW: a symbolic link is itself.
  package static let pathItself = OpenFlags(rawValue: 0o10000000 | 0o400000)
  package static let directoryOnly = OpenFlags(rawValue: 0o200000)

  /// Close-on-exec, without a controlling terminal. openat2(2)
  package static func open(
    beneath directory: Int32, _ path: [UInt8], _ flags: OpenFlags, _ resolution: PathResolution, mode: UInt32 = 0
  ) throws(Errno) -> Int32 {
    guard let text = Self.cString(path) else { throw .noSuchFileOrDirectory }
    // Not with O_PATH, which openat2(2) takes without flags that mean nothing to it.
    let isPath = flags.rawValue & 0o10000000 != 0
    let all = isPath ? flags.union(.closeOnExec) : flags.union([.closeOnExec, .noTerminal])
    return Int32(
      try perform(.open, on: directory) { _ in
        text.withUnsafeBufferPointer {
          clinux_open_beneath(directory, $0.baseAddress, all.rawValue, mode, resolution.rawValue)
        }
      })
  }

  /// Of a name in a directory; itself where it is a symbolic link. fstatat(2)
  package static func facts(beneath directory: Int32, _ name: [UInt8]) throws(Errno) -> FileFacts {
    guard let text = Self.cString(name) else { throw .noSuchFileOrDirectory }
    var raw = clinux_stat()
    _ = try perform(.fstat, on: directory) { _ in
      text.withUnsafeBufferPointer { clinux_stat_beneath(directory, $0.baseAddress, &raw) }
    }
    return FileFacts(raw)
  }

  /// Where a symbolic link leads that was opened as `pathItself`. readlinkat(2)
  package static func target(ofLink link: Int32) throws(Errno) -> [UInt8] {
    var target = [CChar](repeating: 0, count: 4096)
    let size = target.count
    let length = try perform(.other, on: link) { _ in
      target.withUnsafeMutableBufferPointer { clinux_read_link(link, $0.baseAddress, size) }
    }
    guard length < size else { throw .fileNameTooLong }
    return target.prefix(length).map { UInt8(bitPattern: $0) }
  }

  /// Gives a name to a file that is open without one (O_TMPFILE); EEXIST where the name is taken. linkat(2)
  package static func link(_ fd: Int32, beneath directory: Int32, as name: [UInt8]) throws(Errno) {
    try named(name, on: directory) { clinux_link_open(fd, directory, $0) }
  }

  /// From one directory into the same or another one, replacing what has the name there. renameat(2)
  package static func rename(
    beneath directory: Int32, _ from: [UInt8], beneath other: Int32, to: [UInt8]
  ) throws(Errno) {
    guard let target = cString(to) else { throw .noSuchFileOrDirectory }
    try named(from, on: directory, .rename) { from in
      target.withUnsafeBufferPointer { clinux_rename_beneath(directory, from, other, $0.baseAddress) }
    }
  }

  /// unlinkat(2)
  package static func unlink(beneath directory: Int32, _ name: [UInt8]) throws(Errno) {
    try named(name, on: directory) { clinux_unlink_beneath(directory, $0) }
  }

  /// The process's umask applies. mkdirat(2)
  package static func makeDirectory(beneath directory: Int32, _ name: [UInt8], mode: UInt32 = 0o777) throws(Errno) {
    try named(name, on: directory) { clinux_mkdir_beneath(directory, $0, mode) }
  }

  private static func named(
    _ name: [UInt8], on directory: Int32, _ kind: SystemCall = .other, _ call: (UnsafePointer<CChar>?) -> Int
  ) throws(Errno) {
    guard let text = cString(name) else { throw .noSuchFileOrDirectory }
    _ = try perform(kind, on: directory) { _ in text.withUnsafeBufferPointer { call($0.baseAddress) } }
  }

  /// Nil for bytes that no path has.
  private static func cString(_ bytes: [UInt8]) -> [CChar]? {
    bytes.contains(0) ? nil : bytes.map { CChar(bitPattern: $0) } + [0]
  }
}
