import CLinux
package import SystemPackage

/// What fstat(2) says of a descriptor.
package struct FileFacts: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case regular, directory, characterDevice, blockDevice, pipe, socket, link, other
  }

  package var kind: Kind
  package var size: Int64
  package var blocks: Int64
  package var device: UInt64
  package var inode: UInt64
  package var permissions: UInt32
  package var owner: UInt32
  package var group: UInt32
  package var links: UInt32
  /// When the content changed last, in nanoseconds since 1970.
  package var modified: Int64
  /// When anything about it changed last, its content included: nobody can set it to an earlier time.
  package var changed: Int64

  init(_ raw: clinux_stat) {
    kind =
      switch raw.mode & 0o170000 {
      case 0o100000: .regular
      case 0o040000: .directory
      case 0o020000: .characterDevice
      case 0o060000: .blockDevice
      case 0o010000: .pipe
      case 0o140000: .socket
      case 0o120000: .link
      default: .other
      }
    size = raw.size
    blocks = raw.blocks
    device = raw.device
    inode = raw.inode
    permissions = raw.mode & 0o7777
    owner = raw.uid
    group = raw.gid
    links = raw.links
    modified = raw.modified_s &* 1_000_000_000 &+ Int64(raw.modified_ns)
    changed = raw.changed_s &* 1_000_000_000 &+ Int64(raw.changed_ns)
  }

  package func isSameFile(as other: FileFacts) -> Bool { device == other.device && inode == other.inode }
}

/// How to open a file. open(2)
package struct OpenFlags: OptionSet, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let read = OpenFlags([])
  package static let write = OpenFlags(rawValue: 0o1)
  package static let readWrite = OpenFlags(rawValue: 0o2)
  package static let create = OpenFlags(rawValue: 0o100)
  package static let exclusive = OpenFlags(rawValue: 0o200)
  package static let noTerminal = OpenFlags(rawValue: 0o400)
  package static let truncate = OpenFlags(rawValue: 0o1000)
  package static let append = OpenFlags(rawValue: 0o2000)
  package static let nonBlocking = OpenFlags(rawValue: 0o4000)
  package static let closeOnExec = OpenFlags(rawValue: 0o2000000)
  package static let unnamed = OpenFlags(rawValue: CLINUX_O_TMPFILE)
}

extension Linux {
  /// open(2), always with O_CLOEXEC and O_NOCTTY
  package static func open(_ path: String, _ flags: OpenFlags, mode: UInt32 = 0o666) throws(Errno) -> Int32 {
    let all = flags.union([.closeOnExec, .noTerminal]).rawValue
    return Int32(try perform(.open) { _ in clinux_open(path, all, mode) })
  }

  /// Not repeated when a signal interrupts it: on Linux the descriptor is gone all the same. close(2)
  package static func close(_ fd: Int32) throws(Errno) {
    clinux_count(clinux_thread_counts(), Int32(SystemCall.close.rawValue))
    var fault: Errno?
    if clinux_faults_armed() != 0, case .error(let errno) = Faults.shared.strike(.close, fd, -1) { fault = errno }
    let result = clinux_close(fd)
    // The descriptor is gone, as it is when the kernel itself reports an error here.
    if let fault { throw fault }
    if result < 0, -result != Int(Errno.interrupted.rawValue) { throw Errno(rawValue: Int32(-result)) }
  }

  /// fstat(2)
  package static func facts(of fd: Int32) throws(Errno) -> FileFacts {
    var raw = clinux_stat()
    _ = try perform(.fstat, on: fd) { _ in clinux_fstat(fd, &raw) }
    return FileFacts(raw)
  }

  /// The same as the kernel has it at hand: no server and no daemon is asked, and nothing is written out for the answer, as
  /// fstat(2) does on a network file system. There the size may be old. statx(2), AT_STATX_DONT_SYNC
  package static func knownFacts(of fd: Int32) throws(Errno) -> FileFacts {
    var raw = clinux_stat()
    _ = try perform(.fstat, on: fd) { _ in clinux_known_stat(fd, &raw) }
    return FileFacts(raw)
  }

  /// stat(2)
  package static func facts(ofPath path: String) throws(Errno) -> FileFacts {
    var raw = clinux_stat()
    _ = try perform(.fstat) { _ in clinux_stat_path(path, &raw) }
    return FileFacts(raw)
  }

  /// Of the path itself, where it is a symbolic link. lstat(2)
  package static func facts(ofPathItself path: String) throws(Errno) -> FileFacts {
    var raw = clinux_stat()
    _ = try perform(.fstat) { _ in clinux_lstat_path(path, &raw) }
    return FileFacts(raw)
  }

  /// The descriptor's own position. lseek(2)
  package static func position(of fd: Int32) throws(Errno) -> Int64 {
    Int64(try perform(.seek, on: fd) { _ in clinux_lseek(fd, 0, 1) })
  }

  /// lseek(2), SEEK_SET
  package static func setPosition(of fd: Int32, to offset: Int64) throws(Errno) {
    _ = try perform(.seek, on: fd) { _ in clinux_lseek(fd, offset, 0) }
  }

  /// The next byte at or after `offset` that is data; ENXIO where only a hole is left. Moves the file's own position.
  /// lseek(2), SEEK_DATA
  package static func nextData(in fd: Int32, from offset: Int64) throws(Errno) -> Int64 {
    Int64(try perform(.seek, on: fd) { _ in clinux_lseek(fd, offset, CLINUX_SEEK_DATA) })
  }

  /// The next hole, or the end. Moves the file's own position. lseek(2), SEEK_HOLE
  package static func nextHole(in fd: Int32, from offset: Int64) throws(Errno) -> Int64 {
    Int64(try perform(.seek, on: fd) { _ in clinux_lseek(fd, offset, CLINUX_SEEK_HOLE) })
  }

  /// ftruncate(2)
  package static func truncate(_ fd: Int32, to size: Int64) throws(Errno) {
    _ = try perform(.truncate, on: fd) { _ in clinux_ftruncate(fd, size) }
  }

  /// fchmod(2)
  package static func setPermissions(of fd: Int32, to mode: UInt32) throws(Errno) {
    _ = try perform(.other, on: fd) { _ in clinux_fchmod(fd, mode) }
  }

  /// fchown(2)
  package static func setOwner(of fd: Int32, to owner: UInt32, group: UInt32) throws(Errno) {
    _ = try perform(.other, on: fd) { _ in clinux_fchown(fd, owner, group) }
  }

  /// fsync(2)
  package static func sync(_ fd: Int32) throws(Errno) {
    _ = try perform(.sync, on: fd) { _ in clinux_fsync(fd) }
  }

  /// rename(2); with `replacing` false, renameat2(2) with RENAME_NOREPLACE, which fails with EEXIST
  package static func rename(_ from: String, to: String, replacing: Bool) throws(Errno) {
    _ = try perform(.rename) { _ in replacing ? clinux_rename(from, to) : clinux_rename_new(from, to) }
  }

  /// unlink(2)
  package static func unlink(_ path: String) throws(Errno) {
    _ = try perform(.other) { _ in clinux_unlink(path) }
  }

  /// Whether a file is in memory alone (tmpfs, memfd): these have seals. Asks nobody but the kernel, where fstatfs(2) would ask
  /// a server. fcntl(2), F_GET_SEALS
  package static func isInMemory(_ fd: Int32) -> Bool { clinux_is_in_memory(fd) != 0 }

  /// Starts reading a range into the page cache. posix_fadvise(2), POSIX_FADV_WILLNEED
  package static func willNeed(_ fd: Int32, at offset: Int64, length: Int) throws(Errno) {
    _ = try perform(.other, on: fd) { _ in clinux_will_need(fd, offset, Int64(length)) }
  }

  /// How many pages of the range are in the page cache; ENOSYS before Linux 6.5, EPERM where the caller neither owns
  /// the file nor may write to it. cachestat(2)
  package static func cachedPages(of fd: Int32, at offset: Int64, length: Int) throws(Errno) -> Int {
    try perform(.cachestat, on: fd) { _ in clinux_cached_pages(fd, UInt64(offset), UInt64(length)) }
  }

  /// The status flags of the open file, as they are now. fcntl(2), F_GETFL
  package static func flags(of fd: Int32) throws(Errno) -> OpenFlags {
    OpenFlags(rawValue: Int32(try perform(.fcntl, on: fd) { _ in clinux_get_flags(fd) }))
  }

  /// fcntl(2), F_SETFL
  package static func setFlags(of fd: Int32, to flags: OpenFlags) throws(Errno) {
    _ = try perform(.fcntl, on: fd) { _ in clinux_set_flags(fd, flags.rawValue) }
  }

  /// A second descriptor of the same open file, whose number is not below `least`. fcntl(2), F_DUPFD_CLOEXEC
  package static func duplicate(_ fd: Int32, from least: Int32 = 0) throws(Errno) -> Int32 {
    Int32(try perform(.fcntl, on: fd) { _ in clinux_dup(fd, least) })
  }

  /// No program that this process starts gets it. fcntl(2), FD_CLOEXEC
  package static func setCloseOnExec(_ fd: Int32) throws(Errno) {
    _ = try perform(.fcntl, on: fd) { _ in clinux_set_close_on_exec(fd) }
  }

  /// All of a file of the kernel's, or of another small one. open(2), read(2)
  package static func content(ofPath path: String) throws(Errno) -> [UInt8] {
    let number = try open(path, .read)
    defer { try? close(number) }
    var content: [UInt8] = []
    while true {
      var failure: Errno?
      let piece = [UInt8](unsafeUninitializedCapacity: 4096) { room, count in
        do throws(Errno) {
          count = try read(number, into: UnsafeMutableRawBufferPointer(room))
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      if piece.isEmpty { return content }
      content += piece
    }
  }

  /// isatty(3)
  package static func isTerminal(_ fd: Int32) -> Bool { clinux_is_terminal(fd) == 1 }

  /// The width of a terminal in columns. ioctl_tty(2), TIOCGWINSZ
  package static func terminalColumns(_ fd: Int32) -> Int? {
    let columns = clinux_terminal_columns(fd)
    return columns > 0 ? columns : nil
  }
}
