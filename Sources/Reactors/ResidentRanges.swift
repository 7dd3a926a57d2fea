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

  /// How far ahead one count asks, in bytes.
  package static let window: Int64 = 4 << 20
  /// How far apart the bytes are that speak for a range where there is no count: the kernel reads ahead 128 KiB at once
  /// unless it was told otherwise (read_ahead_kb, sysfs-class-bdi), so what is cold is seldom smaller. A probe costs a
  /// third of a microsecond, a hundredth of what sendfile takes for these bytes.
  package static let stride: Int64 = 128 << 10
  /// Nanoseconds for which an answer is believed. Pages that somebody used a quarter of a second ago are not the first
  /// to be evicted.
  package static let lifetime: Int64 = 250_000_000
  /// A bound on memory; past it the memory starts over.
  private static let mostFiles = 256
  private static let pageSize: Int64 = 4096

  private var known: [File: Known] = [:]
  /// The kernel has no cachestat (before Linux 6.5), or a sandbox hides it: it is not asked again.
  private var countIsMissing = false

  package init() {}

  /// True when all of `[offset, offset + length)` that the file has is resident; `now` in nanoseconds. At or past its
  /// size: when the read that finds the end waits for nobody.
  package mutating func holds(
    _ fd: Int32, _ file: File, at offset: Int64, length: Int, fileSize: Int64, now: Int64
  ) -> Bool {
    var range = Known(from: offset, to: offset, since: now)
    if let earlier = known[file], now - earlier.since < Self.lifetime, earlier.from <= offset, offset <= earlier.to {
      range = earlier
    }
    guard offset < fileSize else {
      // The size of a file in /proc or tracefs is no end: there are bytes behind it, and they may have to be waited
      // for. Such a file has no pages. One whose last page was seen is an ordinary file, and its end costs no question.
      let sawLastPage = range.from < range.to && range.to == fileSize
      return sawLastPage || Self.probe(fd, at: offset) != nil
    }
    let end = offset + min(Int64(length), fileSize - offset)
    if end <= range.to { return true }
    guard let reached = residentEnd(fd, from: range.to, to: end, fileSize: fileSize) else { return false }
    range.to = reached
    if known.count >= Self.mostFiles { known.removeAll(keepingCapacity: true) }
    known[file] = range
    return true
  }

  /// How far, at least to `end`, the file is resident from `start` on; nil where it is not.
  private mutating func residentEnd(_ fd: Int32, from start: Int64, to end: Int64, fileSize: Int64) -> Int64? {
    let ahead = min(fileSize, max(end, start + Self.window))
    do throws(Errno) {
      guard !countIsMissing else { throw .noFunction }
      if try Self.countsAll(fd, from: start, to: ahead) { return ahead }
      guard ahead > end else { return nil }
      return try Self.countsAll(fd, from: start, to: end) ? end : nil
    } catch {
      // EPERM is of this file alone: the kernel counts only for who owns it or may write to it.
      if error == .noFunction { countIsMissing = true }
      return Self.probesAll(fd, from: start, to: end) ? end : nil
    }
  }

  private static func countsAll(_ fd: Int32, from start: Int64, to end: Int64) throws(Errno) -> Bool {
    let pages = (end + pageSize - 1) / pageSize - start / pageSize
    return try Linux.cachedPages(of: fd, at: start, length: Int(end - start)) >= Int(pages)
  }

  /// Without a count, one byte in every stride speaks for it, and the last one for the end.
  private static func probesAll(_ fd: Int32, from start: Int64, to end: Int64) -> Bool {
    var offset = start
    while offset < end {
      guard probe(fd, at: offset) ?? 0 > 0 else { return false }
      offset = (offset / stride + 1) * stride
    }
    return probe(fd, at: end - 1) ?? 0 > 0
  }

  /// What a read of one byte gives without waiting; zero is the end. Nil is EAGAIN, which says not resident, or
  /// EOPNOTSUPP, of a file system that cannot say and is treated as a disk. preadv2(2), RWF_NOWAIT
  private static func probe(_ fd: Int32, at offset: Int64) -> Int? {
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room in
      try? Linux.readNoWait(fd, at: offset, into: room)
    }
  }
}
