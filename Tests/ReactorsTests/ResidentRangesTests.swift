import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("What is known of the page cache")
struct ResidentRangesTests {
  private static let size: Int64 = 1 << 20

  /// What one reactor knows.
  private final class Knowledge {
    private var ranges = ResidentRanges()

    func residency(
      _ file: Int32, at offset: Int64 = 0, size: Int64 = ResidentRangesTests.size
    ) throws -> ResidentRanges.Residency {
      let facts = try Linux.facts(of: file)
      let name = ResidentRanges.File(device: facts.device, inode: facts.inode)
      return ranges.residency(file, name, at: offset, upTo: 2 << 20, fileSize: size, now: 0)
    }

    func bytes(_ file: Int32, at offset: Int64 = 0) throws -> Int {
      if case .bytes(let count) = try residency(file, at: offset) { count } else { 0 }
    }

    /// All that there is, or 2 MiB of it.
    func holds(_ file: Int32, at offset: Int64 = 0, size: Int64 = ResidentRangesTests.size) throws -> Bool {
      guard case .bytes(let count) = try residency(file, at: offset, size: size) else { return false }
      return count >= min(2 << 20, size - offset)
    }
  }

  /// A file just written, and so in the page cache.
  private func warmFile(_ size: Int64 = size) throws -> Int32 {
    let file = try temporaryFile()
    if size > 0 { try put([UInt8](repeating: 1, count: Int(size)), into: file) }
    return file
  }

  /// Runs `body` while `fault` is armed; answers its result and how often the fault struck.
  private func striking<Value>(_ fault: Faults.Fault, _ body: () throws -> Value) throws -> (value: Value, times: Int) {
    let token = Faults.shared.arm(fault)
    defer { Faults.shared.disarm(token) }
    let value = try body()
    return (value, Faults.shared.disarm(token))
  }

  /// What is probed, in the order of asking: the first byte of each stretch, and the last byte of all.
  private static func reach(_ probes: Int) -> Int { min(probes, 7) * Int(ResidentRanges.stride) }

  /// given a kernel that does not count, and a file of which one stretch is cold, wherever that is; when it is asked
  /// for; then it is held as far as there; and from there on once that has come.
  @Test(
    "without a count, every 128 KiB are asked for by themselves", .enabled(if: readsCanSkipWaiting), arguments: 0..<9)
  func coldStretch(stretch: Int) throws {
    let file = try warmFile()
    defer { release(file) }
    let known = Knowledge()
    let refusal = Faults.Fault(.cachestat, on: file, .error(.notPermitted), times: nil)
    let cold = Faults.Fault(.read, on: file, .error(.resourceTemporarilyUnavailable), skipping: stretch)
    let (held, found) = try striking(refusal) { try striking(cold) { try known.bytes(file) } }.value

    #expect(held == Self.reach(stretch))
    #expect(found == 1)
    #expect(try striking(refusal) { try known.holds(file, at: Int64(held)) }.value)
  }

  /// given a file all of whose pages are counted, of which one stretch is still on its way from the disk, wherever that is; then it
  /// is held as far as there, and from there on once that has come.
  @Test(
    "a page that is counted may still be on its way", .enabled(if: readsCanSkipWaiting), arguments: 0..<9)
  func onItsWay(stretch: Int) throws {
    let file = try warmFile()
    defer { release(file) }
    let known = Knowledge()
    let cold = Faults.Fault(.read, on: file, .error(.resourceTemporarilyUnavailable), skipping: stretch)
    let (held, found) = try striking(cold) { try known.bytes(file) }
    #expect(held == Self.reach(stretch))
    #expect(found == 1)
    #expect(try known.holds(file, at: Int64(held)))
  }

  /// given a file of which the rest is still on its way; then it is not asked for again while there is enough to send.
  @Test("what is missing is not asked for again while there is enough", .enabled(if: readsCanSkipWaiting))
  func endsShort() throws {
    let file = try warmFile()
    defer { release(file) }
    let known = Knowledge()
    let cold = Faults.Fault(.read, on: file, .error(.resourceTemporarilyUnavailable), skipping: 2)
    let stride = Int(ResidentRanges.stride)
    #expect(try striking(cold) { try known.bytes(file) }.value == 2 * stride)
    for kind in [SystemCall.cachestat, .read] {
      let any = Faults.Fault(kind, on: file, .error(.ioError), times: nil)
      let (held, asked) = try striking(any) { try known.bytes(file, at: ResidentRanges.stride) }
      #expect(held == stride)
      #expect(asked == 0)
    }
    #expect(try known.holds(file, at: ResidentRanges.stride + 1))
  }

  /// given a file all of whose pages are counted, on a file system that does not say whether they have come; then nothing is known,
  /// for a reactor might wait for them.
  @Test("a count alone is not believed", .enabled(if: readsCanSkipWaiting))
  func onlyCounted() throws {
    let file = try warmFile()
    defer { release(file) }
    let refusal = Faults.Fault(.read, on: file, .error(.notSupported), times: nil)
    #expect(try striking(refusal) { try Knowledge().residency(file) }.value == .unknown)
  }

  /// given a file on a tmpfs, which cannot say whether a read would wait; then it is held all the same.
  @Test("a file system in memory holds what is counted", .enabled("needs a tmpfs at /dev/shm", { hasMemoryFiles }))
  func inMemory() throws {
    let file = try Linux.open("/dev/shm", [.readWrite, .unnamed])
    defer { release(file) }
    try put([UInt8](repeating: 1, count: Int(Self.size)), into: file)
    #expect(try Knowledge().holds(file))
  }

  @Test("a file that has a size and no pages is unknown")
  func noPages() throws {
    let file = try Linux.open("/sys/devices/system/cpu/online", .read)
    defer { release(file) }
    let size = try Linux.facts(of: file).size
    try #require(size > 0)
    #expect(try Knowledge().residency(file, size: size) == .unknown)
  }

  @Test("what the disk has not given is cold, and what nobody can say unknown", .enabled(if: readsCanSkipWaiting))
  func coldAndUnknown() throws {
    let file = try warmFile()
    defer { release(file) }
    let cold = Faults.Fault(.read, on: file, .error(.resourceTemporarilyUnavailable), times: nil)
    #expect(try striking(cold) { try Knowledge().residency(file) }.value == .cold)
    let uncounted = Faults.Fault(.cachestat, on: file, .error(.noFunction), times: nil)
    #expect(try striking(uncounted) { try striking(cold) { try Knowledge().residency(file) } }.value.value == .cold)
    let silent = Faults.Fault(.read, on: file, .error(.notSupported), times: nil)
    #expect(
      try striking(uncounted) { try striking(silent) { try Knowledge().residency(file) } }.value.value == .unknown)
  }

  @Test("without a count, nothing is asked beyond the range", .enabled(if: readsCanSkipWaiting))
  func smallWindow() throws {
    let file = try warmFile(8 << 20)
    defer { release(file) }
    let known = Knowledge()
    let refusal = Faults.Fault(.cachestat, on: file, .error(.noFunction), times: nil)
    // The seventeenth probe is the last byte of the two MiB.
    let beyond = Faults.Fault(.read, on: file, .error(.resourceTemporarilyUnavailable), skipping: 17)
    let (isHeld, found) = try striking(refusal) { try striking(beyond) { try known.holds(file, size: 8 << 20) } }.value

    #expect(isHeld)
    #expect(found == 0)
  }

  @Test("a kernel without the count is asked once, for all files")
  func countIsMissing() throws {
    let files = (try warmFile(), try warmFile())
    defer { release(files.0, files.1) }
    let known = Knowledge()
    let first = Faults.Fault(.cachestat, on: files.0, .error(.noFunction), times: nil)
    let second = Faults.Fault(.cachestat, on: files.1, .error(.noFunction), times: nil)
    let asked = try striking(first) { try known.holds(files.0) }.times
    let askedAgain = try striking(second) { try known.holds(files.1) }.times

    #expect(asked == 1)
    #expect(askedAgain == 0)
  }

  @Test("a count that is refused for one file is asked for the next")
  func countIsRefused() throws {
    let files = (try warmFile(), try warmFile())
    defer { release(files.0, files.1) }
    let known = Knowledge()
    let first = Faults.Fault(.cachestat, on: files.0, .error(.notPermitted), times: nil)
    let second = Faults.Fault(.cachestat, on: files.1, .error(.notPermitted), times: nil)
    let asked = try striking(first) { try known.holds(files.0) }.times
    let askedAgain = try striking(second) { try known.holds(files.1) }.times

    #expect(asked == 1)
    #expect(askedAgain == 1)
  }

  @Test("the end of a file whose pages were seen costs no call", .enabled(if: readsCanSkipWaiting))
  func ordinaryEnd() throws {
    let file = try warmFile()
    defer { release(file) }
    let known = Knowledge()
    #expect(try known.holds(file))
    for kind in [SystemCall.cachestat, .read] {
      let any = Faults.Fault(kind, on: file, .error(.ioError), times: nil)
      let (isHeld, asked) = try striking(any) { try known.holds(file, at: Self.size) }
      #expect(isHeld)
      #expect(asked == 0)
    }
  }

  @Test("an empty file is known to end at once", .enabled(if: readsCanSkipWaiting))
  func emptyFile() throws {
    let file = try warmFile(0)
    defer { release(file) }
    let known = Knowledge()

    #expect(try known.holds(file, size: 0))
  }

  @Test("a file that has bytes behind the size it names is not held")
  func sizeThatLies() throws {
    let file = try Linux.open("/proc/version", .read)
    defer { release(file) }
    try #require(try Linux.facts(of: file).size == 0)

    #expect(try !Knowledge().holds(file, size: 0))
  }
}

/// Not every file system can promise not to wait: tmpfs answers EOPNOTSUPP.
private let readsCanSkipWaiting: Bool = {
  guard let file = try? temporaryFile() else { return false }
  defer { release(file) }
  return withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room in
    (try? Linux.readNoWait(file, at: 0, into: room)) != nil
  }
}()

private let hasMemoryFiles: Bool = {
  guard let file = try? Linux.open("/dev/shm", [.readWrite, .unnamed]) else { return false }
  defer { release(file) }
  return Linux.isInMemory(file)
}()
