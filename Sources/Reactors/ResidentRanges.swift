import LinuxCalls
import SystemPackage

/// Which ranges of files are in the page cache, so that a call on the reactor does not wait for a disk.
///
/// Belongs to a reactor's thread and serves all of its copies: cachestat(2) looks at every page, which is a tenth of the
/// cost of a sendfile of the same bytes, so that sixteen connections that are sent one file should pay it once.
package struct ResidentRanges {
  /// Names a file whatever descriptor it is open under.
  package struct File: Hashable {
    let device: UInt64
    let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  private struct Known {
    var from: Int64
    var to: Int64
    var since: Int64
  }

  /// How far ahead one question asks, in bytes.
  package static let window: Int64 = 4 << 20
  /// Nanoseconds for which an answer is believed. Pages that somebody used a quarter of a second ago are not the first
  /// to be evicted.
  package static let lifetime: Int64 = 250_000_000
  /// A bound on memory; past it the memory starts over.
  private static let mostFiles = 256
  private static let pageSize: Int64 = 4096

  private var known: [File: Known] = [:]

  package init() {}

  /// True when all of `[offset, offset + length)` that the file has is resident; `now` in nanoseconds.
  package mutating func holds(
    _ fd: Int32, _ file: File, at offset: Int64, length: Int, fileSize: Int64, now: Int64
  ) -> Bool {
    guard offset < fileSize else { return true }
    let end = offset + min(Int64(length), fileSize - offset)
    var range = Known(from: offset, to: offset, since: now)
    if let earlier = known[file], now - earlier.since < Self.lifetime, earlier.from <= offset, offset <= earlier.to {
      range = earlier
    }
    if end <= range.to { return true }
    let ahead = min(fileSize, max(end, range.to + Self.window))
    if Self.isResident(fd, from: range.to, to: ahead) {
      range.to = ahead
    } else if ahead > end, Self.isResident(fd, from: range.to, to: end) {
      range.to = end
    } else {
      return false
    }
    if known.count >= Self.mostFiles { known.removeAll(keepingCapacity: true) }
    known[file] = range
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
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room in
      ((try? Linux.readNoWait(fd, at: offset, into: room)) ?? 0) > 0
    }
  }
}
