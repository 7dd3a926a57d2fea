import Millrace
import Testing

/// What `AllocationProbe copy` prints.
private struct CopyAnswer: Codable, Sendable {
  var allocations: Int
  var report: CopyReport
  var isRight: Bool
}

/// What `AllocationProbe readAll` prints.
private struct ReadAnswer: Codable, Sendable {
  var sizes: [Int]
  var isRight: Bool
}

private enum AllocationProbe {
  static func copy(_ way: CountedWay, chunks: Int, of size: Int) async throws -> CopyAnswer {
    let arguments = ["copy", way.source, way.sink, way.route.rawValue, "\(chunks)", "\(size)"]
    let answer: CopyAnswer = try await Probe.answer("AllocationProbe", arguments)
    #expect(answer.isRight)
    #expect(answer.report.bytesByRoute == [way.route: chunks * size])
    #expect(answer.report.systemCalls[way.call] == chunks * way.passes)
    #expect(answer.report.waits.source + answer.report.waits.sink == 0)
    return answer
  }

  static func readAll(_ size: Int) async throws -> ReadAnswer {
    try await Probe.answer("AllocationProbe", ["readAll", "\(size)"])
  }

  /// A sanitizer has an allocator of its own, in which nothing is counted.
  static let counts: Task<Bool, Never> = Task {
    let answer = try? await readAll(4096)
    return answer.map { !$0.sizes.isEmpty } ?? false
  }
}

/// A copy of which each call moves a chunk.
struct CountedWay: Sendable, CustomTestStringConvertible {
  var source: String
  var sink: String
  var route: Route
  var call: String
  /// Calls for each chunk.
  var passes = 1
  var testDescription: String { "\(source) → \(sink) by \(route)" }
}

/// Not counted is what a copy from the kernel to somebody's `ByteWriter` makes: an array for each chunk, which the writer
/// may keep. In a debug build each wait makes some, too, for its continuation is checked; nothing here waits for an end.
@Suite("Allocations", .enabled("a sanitizer has the allocator", { await AllocationProbe.counts.value }))
struct AllocationTests {
  /// given ends that are ready; when a copy makes eight times as many calls; then it allocates not once more.
  @Test(
    "are as many for 64 chunks as for 8",
    arguments: [
      CountedWay(source: "file", sink: "unix", route: .sendfile, call: "sendfile"),
      CountedWay(source: "file", sink: "pipe", route: .splice, call: "splice"),
      CountedWay(source: "file", sink: "file", route: .pipedSplice, call: "splice", passes: 2),
      CountedWay(source: "file", sink: "file", route: .buffered, call: "pwrite"),
      CountedWay(source: "unix", sink: "unix", route: .buffered, call: "recv"),
      CountedWay(source: "unix", sink: "unix", route: .pipedSplice, call: "splice", passes: 2),
      CountedWay(source: "unix", sink: "file", route: .pipedSplice, call: "splice", passes: 2),
      CountedWay(source: "unix", sink: "pipe", route: .splice, call: "splice"),
      CountedWay(source: "pipe", sink: "unix", route: .splice, call: "splice"),
      CountedWay(source: "pipe", sink: "pipe", route: .splice, call: "splice"),
      CountedWay(source: "memory", sink: "unix", route: .memory, call: "send"),
    ])
  func perChunk(_ way: CountedWay) async throws {
    let few = try await AllocationProbe.copy(way, chunks: 8, of: 1024)
    let many = try await AllocationProbe.copy(way, chunks: 64, of: 1024)
    #expect(many.allocations == few.allocations)
  }

  /// given a file to be copied inside the kernel, each call of which is a trip to the blocking pool; when each moves 64
  /// times as much; then it allocates not once more.
  @Test("are as many for large trips to the blocking pool as for small ones")
  func perTrip() async throws {
    let way = CountedWay(source: "file", sink: "file", route: .copyFileRange, call: "copy_file_range")
    let small = try await AllocationProbe.copy(way, chunks: 8, of: 1024)
    let large = try await AllocationProbe.copy(way, chunks: 8, of: 65536)
    #expect(small.report.waits.blockingPool == 8)
    #expect(large.report.waits.blockingPool == 8)
    #expect(large.allocations == small.allocations)
  }

  /// given a file; when all of it is read; then of what was asked of malloc one thing alone was as large as the file: an
  /// array of exactly its size. What the array then has room for is more, for malloc gives what it finds.
  @Test("for reading a file whole are one of its size", arguments: [4096, 65536, 65537, 1_000_000])
  func readAll(_ size: Int) async throws {
    let header = 32
    let answer = try await AllocationProbe.readAll(size)
    #expect(answer.isRight)
    #expect(answer.sizes == [size + header])
  }
}
