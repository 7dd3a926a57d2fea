import MillraceHTTP
import Testing

@Suite("A Range")
struct ByteRangesTests {
  @Test(
    "of one part is clamped to the representation",
    arguments: [
      ("bytes=0-499", 0..<500), ("bytes=500-999", 500..<1000), ("bytes=0-0", 0..<1), ("bytes=9999-9999", 9999..<10_000),
      ("bytes=9500-", 9500..<10_000), ("bytes=-500", 9500..<10_000), ("bytes=-1", 9999..<10_000),
      ("bytes=0-", 0..<10_000), ("bytes=9999-", 9999..<10_000), ("bytes=0-10000", 0..<10_000),
      ("bytes=5-99999", 5..<10_000), ("bytes=-10000", 0..<10_000), ("bytes=-10001", 0..<10_000),
      ("BYTES=0-4", 0..<5), ("Bytes=0-4", 0..<5), ("bytes= 0-4", 0..<5), ("bytes=0-4 ", 0..<5), (" bytes=0-4", 0..<5),
      ("bytes=,0-4", 0..<5), ("bytes=0-4,", 0..<5), ("bytes=, ,\t0-4 , ,", 0..<5), ("bytes=007-0008", 7..<9),
      ("bytes=0-9223372036854775807", 0..<10_000), ("bytes=0-9223372036854775808", 0..<10_000),
      ("bytes=1-99999999999999999999999999", 1..<10_000), ("bytes=-99999999999999999999999999", 0..<10_000),
    ] as [(String, Range<Int64>)])
  func single(_ value: String, _ range: Range<Int64>) {
    #expect(ByteRanges.parse(value, length: 10_000) == .ranges([range]))
  }

  @Test(
    "of several parts keeps their order",
    arguments: [
      ("bytes=0-0,-1", [0..<1, 9999..<10_000]), ("bytes=500-600,601-999", [500..<601, 601..<1000]),
      ("bytes=500-700,601-999", [500..<701, 601..<1000]), ("bytes=-1, 0-0", [9999..<10_000, 0..<1]),
      ("bytes= 0-999, 4500-5499, -1000", [0..<1000, 4500..<5500, 9000..<10_000]),
      ("bytes=0-0 ,, 5-5", [0..<1, 5..<6]), ("bytes=1-1,1-1", [1..<2, 1..<2]),
      // Parts behind the end are left out.
      ("bytes=10000-, 0-0", [0..<1]), ("bytes=0-0,-0", [0..<1]), ("bytes=99999999999999999999-,3-3", [3..<4]),
    ] as [(String, [Range<Int64>])])
  func several(_ value: String, _ ranges: [Range<Int64>]) {
    #expect(ByteRanges.parse(value, length: 10_000) == .ranges(ranges))
  }

  @Test(
    "that is malformed or of another unit is ignored",
    arguments: [
      "", " ", "bytes", "bytes=", "bytes= ", "bytes=,", "bytes=, ,", "=0-4", "0-4", "bytes 0-4", "bytes =0-4",
      "byte=0-4", "bytess=0-4", "lines=0-4", "none", "bytes=0", "bytes=-", "bytes=--1", "bytes=0--1", "bytes=a-b",
      "bytes=0-4-5", "bytes=5-4", "bytes=0-4, 5-4", "bytes=5-4, 0-4", "bytes=10001-10000", "bytes=0 -4", "bytes=0- 4",
      "bytes=- 4", "bytes=0-4 5-6", "bytes=0-4;5-6", "bytes=+0-4", "bytes=0x0-4", "bytes=0-4,x", "bytes=0.5-4",
      "bytes=0-4\r\n", "bytes=0-4\u{0}", "bytes=０-４", "bytes=0–4", "bytes==0-4", "bytes=0-4=", "bytes=1e3-",
      "bytes=*", "bytes=0-4/10", "bytes=99999999999999999999-5",
    ])
  func malformed(_ value: String) {
    #expect(ByteRanges.parse(value, length: 10_000) == .whole)
    #expect(ByteRanges.parse(value, length: 0) == .whole)
  }

  @Test(
    "behind the end cannot be satisfied",
    arguments: [
      "bytes=10000-", "bytes=10000-10000", "bytes=10001-20000", "bytes=-0", "bytes=-00", "bytes=-0, 10000-",
      "bytes=9223372036854775807-", "bytes=9223372036854775808-", "bytes=99999999999999999999-99999999999999999999",
    ])
  func unsatisfiable(_ value: String) {
    #expect(ByteRanges.parse(value, length: 10_000) == .unsatisfiable)
  }

  @Test("of nothing cannot be satisfied", arguments: ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=5-,-5"])
  func empty(_ value: String) {
    #expect(ByteRanges.parse(value, length: 0) == .unsatisfiable)
  }

  @Test("reaches the end of the longest representation there can be")
  func longest() {
    let length = Int64.max
    #expect(ByteRanges.parse("bytes=0-", length: length) == .ranges([0..<length]))
    #expect(ByteRanges.parse("bytes=0-9223372036854775807", length: length) == .ranges([0..<length]))
    #expect(ByteRanges.parse("bytes=9223372036854775806-", length: length) == .ranges([(length - 1)..<length]))
    #expect(ByteRanges.parse("bytes=9223372036854775807-", length: length) == .unsatisfiable)
    #expect(ByteRanges.parse("bytes=-9223372036854775807", length: length) == .ranges([0..<length]))
    #expect(ByteRanges.parse("bytes=0-,0-,0-", length: length) == .ranges([0..<length]))
  }

  @Test(
    "that asks for more than there is has its parts joined",
    arguments: [
      ("bytes=0-,0-", [0..<100]), ("bytes=0-,0-,0-,0-", [0..<100]), ("bytes=50-, 0-60", [0..<100]),
      ("bytes=0-59, 10-69", [0..<70]),
      // In the place of the first of them.
      ("bytes=90-99, 0-59, 40-79", [90..<100, 0..<80]), ("bytes=40-79, 90-99, 0-59", [0..<80, 90..<100]),
      // Those that touch, too.
      ("bytes=0-49, 50-99, 10-10", [0..<100]), ("bytes=0-89, 95-99, 0-89", [0..<90, 95..<100]),
      // Exactly as much as there is: it stays as it was asked for.
      ("bytes=0-49, 50-99", [0..<50, 50..<100]), ("bytes=0-49, 0-49", [0..<50, 0..<50]),
    ] as [(String, [Range<Int64>])])
  func abusive(_ value: String, _ ranges: [Range<Int64>]) {
    #expect(ByteRanges.parse(value, length: 100) == .ranges(ranges))
  }

  private static func value(_ parts: some Sequence<Int>, width: Int) -> String {
    "bytes=" + parts.map { "\($0)-\($0 + width - 1)" }.joined(separator: ",")
  }

  @Test("of too many parts is joined, and ignored where they stay too many")
  func count() {
    let apart = stride(from: 0, to: 1000, by: 10)
    let sixteen = Self.value(apart.prefix(16), width: 2)
    guard case .ranges(let ranges) = ByteRanges.parse(sixteen, length: 1000) else {
      Issue.record("sixteen parts are taken as they are")
      return
    }
    #expect(ranges.count == ByteRanges.mostRanges)
    #expect(ByteRanges.parse(Self.value(apart.prefix(17), width: 2), length: 1000) == .whole)
    #expect(ByteRanges.parse(Self.value(apart.prefix(17), width: 10), length: 1000) == .ranges([0..<170]))
    // Those behind the end do not count.
    #expect(ByteRanges.parse(sixteen + ",5000-", length: 1000) == .ranges(ranges))
    #expect(ByteRanges.parse(sixteen, length: 1000, mostRanges: 15) == .whole)
    #expect(ByteRanges.parse("bytes=0-0", length: 1000, mostRanges: 0) == .whole)
    #expect(ByteRanges.parse("bytes=0-0,2-2", length: 1000, mostRanges: 1) == .whole)
    #expect(ByteRanges.parse("bytes=0-0,1-1", length: 1000, mostRanges: 1) == .ranges([0..<2]))
  }

  @Test("of ten thousand parts costs no more than reading them")
  func flood() {
    #expect(ByteRanges.parse("bytes=" + String(repeating: "0-,", count: 10_000), length: 100) == .ranges([0..<100]))
    #expect(ByteRanges.parse(Self.value((0..<10_000).map { $0 * 2 }, width: 1), length: 100_000) == .whole)
    #expect(ByteRanges.parse("bytes=" + String(repeating: ",", count: 100_000), length: 100) == .whole)
    #expect(ByteRanges.parse("bytes=" + String(repeating: "9", count: 100_000) + "-", length: 100) == .unsatisfiable)
  }

  @Test("is answered with a Content-Range")
  func contentRange() {
    #expect(ContentRange.text(for: 0..<500, of: 1234) == "bytes 0-499/1234")
    #expect(ContentRange.text(for: 1233..<1234, of: 1234) == "bytes 1233-1233/1234")
    #expect(ContentRange.text(for: 0..<Int64.max, of: .max) == "bytes 0-9223372036854775806/9223372036854775807")
    #expect(ContentRange.text(forUnsatisfiedOf: 1234) == "bytes */1234")
    #expect(ContentRange.text(forUnsatisfiedOf: 0) == "bytes */0")
  }
}
