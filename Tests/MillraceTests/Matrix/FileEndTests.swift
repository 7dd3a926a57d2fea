import Glibc
import Millrace
import Testing

@Suite("The end of an ordinary file")
struct FileEndTests {
  /// given a file in the page cache, and no limit that would say where it ends; when it is sent to a socket; then the
  /// call that finds the end is made on the reactor, and no other is made for it.
  @Test(
    "is found without the blocking pool, by one call", .enabled(if: canCountPages), arguments: [(1, 1), (300_000, 4)])
  func inPlace(count: Int, probes: Int) async throws {
    let bytes = Pattern.bytes(count)
    let source = File(taking: FileDescriptor(rawValue: try PlainFile.make(bytes)))
    let (engine, peer) = try PlainPair.tcp()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    let arrived = startThread { try peer.read() }
    let report = try await copy(from: source, to: connection)
    connection.close()
    #expect(Pattern.difference(try await arrived.value, bytes) == nil)
    #expect(report.bytesByRoute == [.sendfile: count])
    #expect(report.end == .sourceEnded)
    #expect(report.waits.blockingPool == 0)
    // Those that ask whether the file is in memory: tmpfs cannot say, which takes one, and an answer holds for a while alone.
    #expect(report.systemCalls["read"] ?? 0 <= 2 * probes + 1)
    #expect(report.systemCalls["pread"] == nil)
  }
}

private let canCountPages: Bool = {
  guard KernelAbilities.probe().abilities.contains(where: { $0.name == "cachestat" && $0.value == "yes" }),
    let number = try? PlainFile.make([1])
  else { return false }
  defer { close(number) }
  return PageCache.saysWhetherReadsWait(number)
}()
