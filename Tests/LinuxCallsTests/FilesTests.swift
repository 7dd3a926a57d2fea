import Glibc
import LinuxCalls
import SystemPackage
import Testing

@Suite("Calls on files")
struct FilesTests {
  @Test("open creates with the mode, refuses to replace when asked to, and is close-on-exec")
  func opening() throws {
    let path = temporaryPath()
    let file = try Linux.open(path, [.create, .exclusive, .write], mode: 0o600)
    defer {
      release(file)
      try? Linux.unlink(path)
    }

    #expect(try Linux.facts(of: file).permissions == 0o600)
    #expect(fcntl(file, F_GETFD) == FD_CLOEXEC)
    #expect(throws: Errno.fileExists) { try Linux.open(path, [.create, .exclusive, .write]) }
    #expect(throws: Errno.noSuchFileOrDirectory) { try Linux.open(path + "-not", .read) }
    #expect(throws: Errno.isDirectory) { try Linux.open("/", .write) }
  }

  @Test("an unnamed file is open and has no link")
  func unnamed() throws {
    do {
      let file = try Linux.open("/tmp", [.unnamed, .readWrite], mode: 0o600)
      defer { release(file) }
      #expect(try Linux.facts(of: file).links == 0)
    } catch .notSupportedOnSocket {
      // open(2): not every file system has O_TMPFILE.
    }
  }

  @Test("the status flags are told, and can be set and taken back")
  func statusFlags() throws {
    let file = try temporaryFile()
    defer { release(file) }

    #expect(try Linux.flags(of: file).isDisjoint(with: [.append, .nonBlocking]))
    #expect(try Linux.flags(of: file).contains(.readWrite))
    try Linux.setFlags(of: file, to: try Linux.flags(of: file).union(.append))
    #expect(try Linux.flags(of: file).contains(.append))
    try Linux.setFlags(of: file, to: try Linux.flags(of: file).subtracting(.append))
    #expect(try !Linux.flags(of: file).contains(.append))
  }

  @Test("a duplicate is the same open file under another number, close-on-exec")
  func duplicate() throws {
    let file = try temporaryFile(pattern(10))
    let second = try Linux.duplicate(file)
    defer { release(second) }

    #expect(second != file)
    #expect(fcntl(second, F_GETFD) == FD_CLOEXEC)
    try Linux.setPosition(of: second, to: 4)
    #expect(try Linux.position(of: file) == 4)
    try Linux.close(file)
    #expect(try get(10, from: second) == Array(pattern(10)[4...]))
  }

  @Test("close gives the number back, and a second close is EBADF")
  func closing() throws {
    // A number far above what other tests open meanwhile.
    let file = fcntl(try Linux.open("/dev/null", .read), F_DUPFD_CLOEXEC, 4_000)
    try #require(file >= 0)

    try Linux.close(file)

    #expect(throws: Errno.badFileDescriptor) { try Linux.close(file) }
  }

  @Test("the map of a sparse file: data, then a hole, then nothing")
  func holes() throws {
    let file = try temporaryFile(pattern(1 << 16))
    defer { release(file) }
    try Linux.truncate(file, to: 1 << 20)

    #expect(try Linux.nextData(in: file, from: 0) == 0)
    #expect(try Linux.nextHole(in: file, from: 0) == 1 << 16)
    #expect(throws: Errno.noSuchAddressOrDevice) { try Linux.nextData(in: file, from: 1 << 17) }
  }

  @Test("a pipe has no position")
  func noPosition() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }

    #expect(throws: Errno.illegalSeek) { try Linux.position(of: pipe.read) }
  }

  @Test("truncate cuts and extends; a file open for reading alone refuses")
  func truncating() throws {
    let file = try temporaryFile(pattern(100))
    let readOnly = try Linux.open("/proc/self/exe", .read)
    defer { release(file, readOnly) }

    try Linux.truncate(file, to: 3)
    #expect(try get(100, from: file, at: 0) == pattern(3))
    #expect(throws: Errno.invalidArgument) { try Linux.truncate(readOnly, to: 0) }
  }

  @Test("owner and permissions can be set to what they are, and sync says yes")
  func ownerAndSync() throws {
    let file = try temporaryFile(pattern(10))
    defer { release(file) }
    let facts = try Linux.facts(of: file)

    try Linux.setOwner(of: file, to: facts.owner, group: facts.group)
    try Linux.setPermissions(of: file, to: 0o400)
    try Linux.sync(file)

    #expect(try Linux.facts(of: file).permissions == 0o400)
    #expect(try Linux.facts(of: file).owner == facts.owner)
  }

  @Test("rename replaces only when it may")
  func renaming() throws {
    let paths = (from: temporaryPath(), to: temporaryPath())
    let from = try Linux.open(paths.from, [.create, .exclusive, .write])
    let to = try Linux.open(paths.to, [.create, .exclusive, .write])
    defer {
      release(from, to)
      try? Linux.unlink(paths.from)
      try? Linux.unlink(paths.to)
    }

    #expect(throws: Errno.fileExists) { try Linux.rename(paths.from, to: paths.to, replacing: false) }
    #expect(try Linux.facts(of: to).links == 1)
    try Linux.rename(paths.from, to: paths.to, replacing: true)
    #expect(try Linux.facts(ofPath: paths.to).isSameFile(as: Linux.facts(of: from)))
    #expect(try Linux.facts(of: to).links == 0)
    #expect(throws: Errno.noSuchFileOrDirectory) { try Linux.unlink(paths.from) }
  }

  @Test("a file just written is in the page cache, page by page", .enabled(if: kernelHasCachestat))
  func cachedPages() throws {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let file = try temporaryFile(pattern(4 * page))
    defer { release(file) }
    try Linux.truncate(file, to: 1 << 24)

    try Linux.willNeed(file, at: 0, length: 4 * page)

    #expect(try Linux.cachedPages(of: file, at: 0, length: 4 * page) == 4)
    #expect(try Linux.cachedPages(of: file, at: 1 << 23, length: 4 * page) == 0)
  }

  @Test("a file, a pipe and a device are no terminals; the master of a terminal is one, with its columns")
  func terminals() throws {
    let file = try temporaryFile()
    let null = try Linux.open("/dev/null", .readWrite)
    let terminal = try Linux.open("/dev/ptmx", .readWrite)
    defer { release(file, null, terminal) }
    var size = winsize(ws_row: 25, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)

    #expect(!Linux.isTerminal(file))
    #expect(!Linux.isTerminal(null))
    #expect(Linux.terminalColumns(file) == nil)
    #expect(Linux.isTerminal(terminal))
    #expect(Linux.terminalColumns(terminal) == 132)
  }
}

/// cachestat(2) is there since Linux 6.5.
private let kernelHasCachestat: Bool = {
  guard let file = try? temporaryFile() else { return false }
  defer { release(file) }
  do {
    _ = try Linux.cachedPages(of: file, at: 0, length: 4096)
    return true
  } catch { return error as? Errno != .noFunction }
}()
