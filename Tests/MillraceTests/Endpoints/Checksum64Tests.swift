import Millrace
import Testing

@Suite("Checksum64")
struct Checksum64Tests {
  /// Published values of XXH64 with seed 0.
  static let vectors: [(String, UInt64)] = [
    ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
    ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
  ]

  @Test("is XXH64", arguments: vectors)
  func known(_ text: String, _ value: UInt64) {
    #expect(Checksum64.of(Array(text.utf8)) == value)
  }

  @Test("does not depend on how the bytes are cut", arguments: [1, 3, 7, 8, 31, 32, 33, 64])
  func pieces(_ size: Int) {
    for length in 0..<130 {
      let bytes = Pattern.bytes(length, from: length)
      let checksum = Checksum64()
      var start = 0
      while start < length {
        let piece = Array(bytes[start..<min(length, start + size)])
        checksum.update(piece.span.bytes)
        start += size
      }
      #expect(checksum.value == Checksum64.of(bytes), "\(length) bytes")
      #expect(checksum.count == length)
    }
  }

  @Test("tells bytes apart that differ in one bit or in their order")
  func differs() {
    let bytes = Pattern.bytes(1000)
    for index in [0, 31, 32, 500, 992, 999] {
      var other = bytes
      other[index] ^= 1
      #expect(Checksum64.of(other) != Checksum64.of(bytes))
    }
    #expect(Checksum64.of(bytes.reversed()) != Checksum64.of(bytes))
    #expect(Checksum64.of([0]) != Checksum64.of([0, 0]))
  }

  @Test("of what is delivered is the checksum of the source, and costs the kernel route with a reason")
  func wrapper() async throws {
    let checksum = Checksum64()
    let source = try FedSource(.file, Pattern.bytes(200_000))
    let sink = try WatchedSink(.tcp)
    func copyHashed(_ source: some ByteSource) async throws -> CopyReport {
      try await Rig.attempt(source.hashed(into: checksum), sink.endpoint).get()
    }

    let report = try await copyHashed(source.endpoint)

    #expect(checksum.value == Checksum64.of(Pattern.bytes(200_000)))
    #expect(report.mainRoute == .buffered)
    #expect(report.declined.map(\.reason) == ["a hash must see the bytes"])
    _ = try await source.rest()
    #expect(try await sink.received().count == 200_000)
  }
}
