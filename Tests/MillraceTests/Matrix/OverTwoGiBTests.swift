import Foundation
import Millrace
import Testing

/// More in one copy than one call of the kernel's moves, and than 31 bits count.
@Suite(
  "Over 2 GiB in one copy", .serialized, .enabled(if: access("/dev/shm", W_OK) == 0, "there is no /dev/shm for holes"))
struct OverTwoGiBTests {
  /// Files in memory, where holes take no room and are read without a disk. tmpfs(5)
  private static let folder = "/dev/shm"
  private static let hole = 2 << 30
  /// What stands behind the hole.
  private static let end = Pattern.bytes(1 << 20)
  private static let total = hole + end.count

  /// A file that is one hole but for its end.
  private func sparse() throws -> File {
    let number = try PlainFile.make([], in: Self.folder)
    let file = File(taking: FileDescriptor(rawValue: number))
    guard lseek(number, off_t(Self.hole), SEEK_SET) == Self.hole else { throw PlainFailure(call: "lseek") }
    try PlainDescriptor.duplicate(of: number).write(Self.end)
    file.position = 0
    return file
  }

  /// given such a file; when all of it is sent; then every byte arrives, by sendfile, and the counts have them all.
  @Test("is sent to a socket, to the byte")
  func toSocket() async throws {
    let file = try sparse()
    let (engine, peer) = try PlainPair.unix()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    let arriving = startThread { try peer.readZeros(then: Self.end.count) }

    let report = try await copy(from: file, to: connection)
    connection.close()

    let (zeros, end) = try await arriving.value
    #expect(zeros == Self.hole)
    #expect(Pattern.difference(end, Self.end) == nil)
    #expect(report.delivered == Self.total)
    #expect(report.consumed == Self.total)
    #expect(report.bytesByRoute == [.sendfile: Self.total])
    #expect(file.position == Int64(Self.total))
    file.close()
  }

  /// Room for the zeros: the kernel writes them out, where it does not share extents. proc_meminfo(5)
  private static let hasRoom: Bool = {
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0, Int(facts.f_bavail) * Int(facts.f_frsize) > 3 << 30,
      let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return false }
    return kibibytes > 6 << 20
  }()

  /// given the same; when it is copied to another file; then that is as long and ends alike, by copy_file_range.
  @Test(
    "is copied to a file, to the byte",
    .enabled(if: hasRoom, "less than 6 GiB of memory are free, or less than 3 GiB in /dev/shm"))
  func toFile() async throws {
    let source = try sparse()
    let number = try PlainFile.make([], in: Self.folder)
    let sink = File(taking: FileDescriptor(rawValue: number))

    let report = try await copy(from: source, to: sink)

    #expect(report.delivered == Self.total)
    #expect(report.bytesByRoute == [.copyFileRange: Self.total])
    #expect(sink.position == Int64(Self.total))
    var facts = stat()
    #expect(fstat(number, &facts) == 0)
    #expect(Int(facts.st_size) == Self.total)
    let end = try PlainFile.contents(of: number, from: Int64(Self.hole), count: Self.end.count + 1)
    #expect(Pattern.difference(end, Self.end) == nil)
    source.close()
    sink.close()
  }
}

extension PlainDescriptor {
  /// Counts zeros until the last `count` bytes of the stream, which it answers, too. Fails at the first other byte.
  fileprivate func readZeros(then count: Int) throws -> (zeros: Int, end: [UInt8]) {
    let size = 1 << 20
    let zeros = [UInt8](repeating: 0, count: size)
    var buffer = zeros
    var seen = 0
    var end: [UInt8] = []
    while true {
      let got = Foundation.read(number, &buffer, size)
      if got == 0 {
        guard end.dropLast(count).allSatisfy({ $0 == 0 }) else {
          throw Missing("other bytes than zeros before the end")
        }
        return (seen - count, Array(end.suffix(count)))
      }
      guard got > 0 else { throw PlainFailure(call: "read") }
      seen += got
      // Whole pieces are zeros until the first that is not.
      if end.isEmpty, memcmp(buffer, zeros, got) == 0 { continue }
      end += buffer[..<got]
    }
  }
}
