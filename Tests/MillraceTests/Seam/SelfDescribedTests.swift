import Millrace
import Testing

/// A wrapper of someone else's, as in Examples/OwnRoutes: bytes that were read too far, then a connection, so many in all.
private struct Upload: ByteSource {
  let connection: Connection
  let alreadyRead: [UInt8]
  let length: Int

  var sourceShape: SourceShape { connection.sourceShape.prefixed(by: alreadyRead).limited(to: length) }
}

/// A sink of someone else's that stands for a file and counts.
private struct Log: ByteSink {
  let file: File
  let progress: ProgressLog

  var sinkShape: SinkShape { file.sinkShape.observed(progress.note) }
}

@Suite("A type of someone else's that describes itself")
struct SelfDescribedTests {
  /// given wrappers that the library does not know on both sides; when they are copied; then the prefix goes from memory,
  /// the rest by the kernel's route, and what is behind the limit stays where it is.
  @Test("keeps the route of what it stands for")
  func keepsTheRoute() async throws {
    try await Rig.onReactor { _ in
      let (head, length) = (300, 2 << 20)
      let bytes = Pattern.bytes(length)
      let (engine, peer) = try PlainPair.tcp()
      let upload = Upload(
        connection: try Connection(taking: FileDescriptor(rawValue: engine)), alreadyRead: Array(bytes[..<head]),
        length: length)
      peer.feed(Array(bytes[head...]) + [7, 7, 7])
      let number = try PlainFile.make([])
      let log = Log(file: File(taking: FileDescriptor(rawValue: number)), progress: ProgressLog())

      let report = try await copy(from: upload, to: log)

      #expect(report.bytesByRoute == [.memory: head, .pipedSplice: length - head])
      #expect(report.end == .limitReached)
      #expect(report.declined == [])
      #expect(Pattern.difference(try PlainFile.contents(of: number), bytes) == nil)
      #expect(log.progress.problems(seen: length) == [])
      #expect(try await readAll(from: upload.connection) == [7, 7, 7])
      upload.connection.close()
      log.file.close()
    }
  }
}
