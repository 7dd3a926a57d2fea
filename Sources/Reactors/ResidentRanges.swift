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

  /// What can be said of a range.
  package enum Residency: Equatable {
    /// So many bytes are in memory, 1 or more.
    case bytes(Int)
    /// It has to come from the disk first.
    case cold
    /// The file system does not say (overlayfs, network file systems, /proc): whoever reads may have to wait, and brings in
    /// nothing that anybody could see.
    case unknown
  }

  private struct Known {
    var from: Int64
    var to: Int64
    var since: Int64
    /// How far all pages were counted, from `from` on. Those behind `to` may still be on their way from the disk.
    var countedTo: Int64
    /// More was asked for than there was. Not to be asked again while there is enough: what is missing has to come first.
    var endsShort = false
  }

  /// How far ahead one count asks, in bytes.
  package static let window: Int64 = 4 << 20
  /// How far apart the bytes are that speak for a range: the kernel reads ahead 128 KiB at once unless it was told otherwise
  /// (read_ahead_kb, sysfs-class-bdi), so what is cold is seldom smaller. A probe costs a third of a microsecond, a hundredth
  /// of what sendfile takes for these bytes.
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

  /// How many bytes from `offset` on are resident, of `length` that somebody wants; more where more is known. `now` in
  /// nanoseconds. At or past the file's size `Int.max`, when the read that finds the end waits for nobody.
  package mutating func residency(
    _ fd: Int32, _ file: File, at offset: Int64, upTo length: Int, fileSize: Int64, now: Int64
  ) -> Residency {
    var range = Known(from: offset, to: offset, since: now, countedTo: offset)
    if let earlier = known[file], now - earlier.since < Self.lifetime, earlier.from <= offset, offset <= earlier.to {
      range = earlier
    }
    guard offset < fileSize else {
      // The size of a file in /proc or tracefs is no end: there are bytes behind it, and they may have to be waited
      // for. Such a file has no pages. One whose last page was seen is an ordinary file, and its end costs no question.
      let sawLastPage = range.from < range.to && range.to == fileSize
      return sawLastPage || Self.probe(fd, at: offset).count != nil ? .bytes(.max) : .unknown
    }
    let end = offset + min(Int64(length), fileSize - offset)
    var saysNothing = false
    if end > range.to, !range.endsShort || range.to - offset < Self.stride {
      saysNothing = !extend(&range, of: fd, from: offset, to: end, fileSize: fileSize)
      range.endsShort = range.to < end
      if range.to > range.from { remember(range, of: file) }
    }
    if range.to > offset { return .bytes(Int(range.to - offset)) }
    return saysNothing ? .unknown : .cold
  }

  private mutating func remember(_ range: Known, of file: File) {
    if known.count >= Self.mostFiles { known.removeAll(keepingCapacity: true) }
    known[file] = range
  }

  /// Finds out how far a range goes on, at most to `end`. False where the file system does not say.
  ///
  /// Counting says whether pages are there, also those that the disk has not given yet: readahead puts them there as soon as it
  /// asks for them, and a read waits for them; a reactor would wait for a slow disk as long as that takes. So what is wanted now
  /// is probed as well.
  private mutating func extend(
    _ range: inout Known, of fd: Int32, from offset: Int64, to end: Int64, fileSize: Int64
  ) -> Bool {
    var most = end
    do throws(Errno) {
      guard !countIsMissing else { throw .noFunction }
      if range.countedTo < end { range.countedTo = try countedEnd(fd, from: range.to, to: end, fileSize: fileSize) }
      most = min(end, range.countedTo)
    } catch {
      // EPERM is of this file alone: the kernel counts only for who owns it or may write to it.
      if error == .noFunction { countIsMissing = true }
    }
    if most <= range.to {
      // Asked behind its end: a probe of a page that is not there would have the kernel begin to read it, here.
      return range.to > offset || Self.probe(fd, at: fileSize) != .cannotSay
    }
    if let present = Self.presentEnd(fd, from: range.to, to: most) {
      range.to = present
      return true
    }
    // tmpfs cannot say whether a read would wait: none does, but for swap, whose pages are not counted.
    guard range.countedTo >= most, Linux.isInMemory(fd) else { return false }
    range.to = most
    return true
  }

  /// How far all pages from `start` on are counted. Where that is as far as `end`, it is asked whether it goes on.
  private func countedEnd(_ fd: Int32, from start: Int64, to end: Int64, fileSize: Int64) throws(Errno) -> Int64 {
    // At first more than is wanted, and at last the least that is worth a question.
    let least = end - start > Self.stride ? start + Self.stride : end
    var asked = fileSize - start > Self.window ? max(end, start + Self.window) : fileSize
    while true {
      if try Self.countsAll(fd, from: start, to: asked) { return asked }
      guard asked > least else { return start }
      asked = asked > end ? end : least
    }
  }

  private static func countsAll(_ fd: Int32, from start: Int64, to end: Int64) throws(Errno) -> Bool {
    let pages = (end - 1) / pageSize - start / pageSize + 1
    return try Linux.cachedPages(of: fd, at: start, length: Int(end - start)) >= Int(pages)
  }

  /// How far a read would not wait: one byte in every stride speaks for it, and the last one for the end. Nil where the file
  /// system cannot say.
  private static func presentEnd(_ fd: Int32, from start: Int64, to end: Int64) -> Int64? {
    var offset = start
    while offset < end {
      switch probe(fd, at: offset) {
      case .read(1...): break
      case .read, .wouldWait: return offset
      case .cannotSay: return nil
      }
      let stretch = offset - offset % stride
      if end - stretch <= stride {
        return offset == end - 1 || probe(fd, at: end - 1) == .read(1) ? end : offset
      }
      offset = stretch + stride
    }
    return end
  }

  private enum Probe: Equatable {
    /// So many bytes came; zero is the end.
    case read(Int)
    case wouldWait
    /// The file system cannot say (EOPNOTSUPP), or whatever else is in the way.
    case cannotSay

    var count: Int? { if case .read(let count) = self { count } else { nil } }
  }

  /// What a read of one byte gives without waiting. preadv2(2), RWF_NOWAIT
  private static func probe(_ fd: Int32, at offset: Int64) -> Probe {
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room in
      do throws(Errno) {
        return .read(try Linux.readNoWait(fd, at: offset, into: room))
      } catch {
        return error == .resourceTemporarilyUnavailable ? .wouldWait : .cannotSay
      }
    }
  }
}
