import Millrace
import Testing

@Suite("A second sink beside a file", .serialized)
struct PooledTeeTests {
  /// given a file as sink, which is written in the blocking pool, and a second sink that a peer drains as fast as it can;
  /// when it has room again at the very moment when the pool comes back; then that is not forgotten, and the copy goes on.
  @Test("is served on when it has room, however the moments fall", arguments: ["unix", "pipe"])
  func roomAtTheWrongMoment(second: String) async throws {
    let bytes = Pattern.bytes(3 << 20)
    let reactors = try MatrixReactor()
    for round in 0..<40 {
      let (engine, peer) = try second == "unix" ? PlainPair.unix() : PlainPair.pipeFromEngine()
      let arrived = startThread { try peer.read() }
      let report = try await reactors.group.all[0].task {
        let source = try SourceRig(.section, bytes)
        let sink = try SinkRig(round % 2 == 0 ? .append : .file, length: nil)
        defer {
          source.close()
          sink.close()
        }
        var options = CopyOptions()
        options.deadline = .now + .seconds(10)
        if second == "unix" {
          let connection = try Connection(taking: FileDescriptor(rawValue: engine))
          defer { connection.close() }
          return try await copy(from: source.source.teed(to: connection), to: sink.sink, options: options)
        }
        let pipe = try PipeEnd(taking: FileDescriptor(rawValue: engine))
        defer { pipe.close() }
        return try await copy(from: source.source.teed(to: pipe), to: sink.sink, options: options)
      }.value
      #expect(report.tees.first?.delivered == bytes.count)
      #expect(Pattern.difference(try await arrived.value, bytes) == nil)
    }
    try await reactors.expectNothingLeased()
  }
}
