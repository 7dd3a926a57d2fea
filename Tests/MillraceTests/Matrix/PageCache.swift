import Glibc
import LinuxCalls
import SystemPackage

/// Files whose pages are in memory, or are not.
enum PageCache {
  /// Below /var/tmp, which is on a disk even where /tmp is not.
  static let folder = "/var/tmp"

  /// A new file that holds `bytes`, on the disk and not in memory.
  static func coldFile(_ bytes: [UInt8]) throws -> Int32 {
    let number = try PlainFile.make(bytes, in: folder)
    guard try evict(number) else { throw Missing("its pages stay in memory") }
    return number
  }

  /// Puts a file's pages out of memory; false where that does not work. posix_fadvise(2), POSIX_FADV_DONTNEED
  static func evict(_ number: Int32) throws -> Bool {
    guard fsync(number) == 0 else { throw PlainFailure(call: "fsync") }
    // Pages on their way to a list of the kernel's stay at the first time.
    for _ in 0..<100 {
      posix_fadvise(number, 0, 0, Int32(POSIX_FADV_DONTNEED))
      if try Linux.cachedPages(of: number, at: 0, length: Int.max) == 0 { return true }
      sched_yield()
    }
    return false
  }

  /// Whether there can be such a file: there is a disk, cachestat(2) to look at it, and a file system that says whether a read
  /// would wait.
  static let canBeEmptied: Bool = {
    guard let number = try? coldFile(Pattern.bytes(100_000)) else { return false }
    defer { close(number) }
    return saysWhetherReadsWait(number)
  }()

  /// RWF_NOWAIT works, or nothing ever waits.
  static func saysWhetherReadsWait(_ number: Int32) -> Bool {
    if Linux.isInMemory(number) { return true }
    return withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room in
      do throws(Errno) {
        _ = try Linux.readNoWait(number, at: 1 << 40, into: room)
        return true
      } catch {
        return error != .notSupported
      }
    }
  }
}
