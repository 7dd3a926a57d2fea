import Glibc
import Millrace
import Testing

/// A file of 5 GiB that takes next to no room, with some bytes on both sides of what 32 bits hold.
@Suite("A file over 2 GiB")
struct LargeFileTests {
  private static let size: Int64 = 5 << 30
  private static let window = 3 << 20
  /// Around the most that one call moves (2 GiB − 4 KiB), the sign bit, and 32 bits.
  static let places: [Int64] = [(2 << 30) - 4096, 2 << 30, 4 << 30].map { $0 - Int64(window / 2) }

  private func make(_ bytes: [UInt8]?, at place: Int64) throws -> File {
    let number = try PlainFile.make([])
    let file = File(taking: FileDescriptor(rawValue: number))
    guard ftruncate(number, off_t(Self.size)) == 0 else { throw PlainFailure(call: "ftruncate") }
    var done = 0
    while let bytes, done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(number, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(place) + done)
      }
      guard count > 0 else { throw PlainFailure(call: "pwrite") }
      done += count
    }
    return file
  }

  /// given bytes around a place that 32 bits do not hold; when they are copied to the same place of another file; then
  /// they are there, by copy_file_range, and both positions stand behind them.
  @Test("is copied to a file at every offset", arguments: places)
  func toFile(place: Int64) async throws {
    let bytes = Pattern.bytes(Self.window)
    let source = try make(bytes, at: place)
    let sink = try make(nil, at: 0)
    source.position = place
    sink.position = place
    let report = try await copy(from: source, to: sink, limit: bytes.count)
    #expect(report.bytesByRoute == [.copyFileRange: bytes.count])
    #expect(source.position == place + Int64(bytes.count))
    #expect(sink.position == place + Int64(bytes.count))
    let got = try PlainFile.contents(of: sink.fileDescriptor.rawValue, from: place, count: bytes.count)
    #expect(Pattern.difference(got, bytes) == nil)
  }

  /// given the same bytes; when a section is sent to a socket; then they arrive, by sendfile.
  @Test("is sent to a socket from every offset", arguments: places)
  func toSocket(place: Int64) async throws {
    let bytes = Pattern.bytes(Self.window)
    let source = try make(bytes, at: place)
    let (engine, peer) = try PlainPair.tcp()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    let arrived = startThread { try peer.read() }
    let report = try await copy(from: source.section(offset: place, length: bytes.count), to: connection)
    connection.close()
    #expect(report.bytesByRoute == [.sendfile: bytes.count])
    #expect(Pattern.difference(try await arrived.value, bytes) == nil)
  }

  /// given a socket; when its bytes are written behind 4 GiB; then they are there, by splice.
  @Test("is written from a socket at every offset", arguments: places)
  func fromSocket(place: Int64) async throws {
    let bytes = Pattern.bytes(Self.window)
    let sink = try make(nil, at: 0)
    let (engine, peer) = try PlainPair.unix()
    let connection = try Connection(taking: FileDescriptor(rawValue: engine))
    let fed = startThread {
      try peer.write(bytes)
      peer.finishWriting()
    }
    let report = try await copy(from: connection, to: sink.section(offset: place))
    try await fed.value
    #expect(report.bytesByRoute == [.pipedSplice: bytes.count])
    let got = try PlainFile.contents(of: sink.fileDescriptor.rawValue, from: place, count: bytes.count)
    #expect(Pattern.difference(got, bytes) == nil)
  }
}
