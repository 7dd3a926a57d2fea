import Millrace
import Testing

@Suite("A file as second sink beside a writer")
struct WriterTeeTests {
  private let bytes = Pattern.bytes(3 << 20)
  private let writer = ArrayWriter()
  private let number: Int32
  private let second: File

  init() throws {
    number = try PlainFile.make([])
    second = File(taking: FileDescriptor(rawValue: number))
  }

  private func expectEverything(_ report: CopyReport, _ routes: [Route: Int]) throws {
    #expect(report.end == .sourceEnded)
    #expect(report.bytesByRoute == routes)
    #expect(Pattern.difference(writer.bytes, bytes) == nil)
    #expect(Pattern.difference(try PlainFile.contents(of: number), bytes) == nil)
    let tee = try #require(report.tees.first)
    #expect(tee.delivered == bytes.count)
    #expect(tee.missed == 0)
    second.close()
  }

  /// given a reader with more than the second sink's backlog holds; when it is copied to a writer; then a backlog that is
  /// full is written out, and is not taken for the end of the source.
  @Test("gets all that a reader has, however much that is")
  func reader() async throws {
    let source = ReaderSource(reader: ArrayReader(bytes))
    let report = try await copy(from: source, to: WriterSink(writer: writer).teed(to: second))
    try expectEverything(report, [.buffered: bytes.count])
  }

  /// given a prefix that fills the backlog by itself; then the connection behind it is still read.
  @Test("gets a long prefix and what follows it")
  func prefix() async throws {
    let prefix = 3 << 19
    let (engine, peer) = try PlainPair.unix()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    peer.feed(Array(bytes[prefix...]))
    let report = try await copy(
      from: connection.prefixed(by: Array(bytes[..<prefix])), to: WriterSink(writer: writer).teed(to: second))
    try expectEverything(report, [.memory: prefix, .buffered: bytes.count - prefix])
    connection.close()
  }
}
