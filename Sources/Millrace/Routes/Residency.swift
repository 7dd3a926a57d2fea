import LinuxCalls
import SystemPackage

/// Whether a range of a file is in the page cache, so that a call on the reactor does not wait for a disk.
struct Residency: Sendable {
  /// How far ahead one question asks. The answer costs about a microsecond, a bite of this size twenty times that.
  static let window = 4 << 20
  private static let pageSize: Int64 = 4096

  /// Where the range that is known to be resident begins and ends.
  private var knownFrom: Int64 = 0
  private var knownTo: Int64 = 0

  /// True when all of `[offset, offset + length)` that the file has is resident.
  mutating func holds(_ fd: Int32, at offset: Int64, length: Int, fileSize: Int64) -> Bool {
    guard offset < fileSize else { return true }
    let end = offset + min(Int64(length), fileSize - offset)
    if offset >= knownFrom, end <= knownTo { return true }
    let ahead = min(fileSize, max(end, offset + Int64(Self.window)))
    if Self.isResident(fd, from: offset, to: ahead) {
      (knownFrom, knownTo) = (offset, ahead)
      return true
    }
    guard ahead > end, Self.isResident(fd, from: offset, to: end) else { return false }
    (knownFrom, knownTo) = (offset, end)
    return true
  }

  private static func isResident(_ fd: Int32, from start: Int64, to end: Int64) -> Bool {
    let first = start / pageSize
    let pages = (end + pageSize - 1) / pageSize - first
    do throws(Errno) {
      return try Linux.cachedPages(of: fd, at: start, length: Int(end - start)) >= Int(pages)
    } catch {
      return probe(fd, at: start) && probe(fd, at: end - 1)
    }
  }

  /// Before Linux 6.5 there is no count: the first and the last byte speak for the range. EAGAIN says not resident;
  /// a file system that cannot say (EOPNOTSUPP) is treated as a disk.
  private static func probe(_ fd: Int32, at offset: Int64) -> Bool {
    (try? unsafe readBytes(upTo: 1) { (room) throws(Errno) in
      try unsafe Linux.readNoWait(fd, at: offset, into: room)
    })?.isEmpty == false
  }
}
