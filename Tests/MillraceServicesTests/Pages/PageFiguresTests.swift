import Foundation
@testable import MillraceServices
import Testing

@Suite("Figures in pages")
struct PageFiguresTests {
  private static func written(_ write: (inout PageWriter) -> Void) -> String {
    var writer = PageWriter(capacity: 32)
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test(
    "are sizes in the unit that keeps them short",
    arguments: [
      (0, "0 B"), (13, "13 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (4096, "4.0 KiB"), (1_258_291, "1.2 MiB"),
      (1_048_524, "1023.9 KiB"), (1_048_525, "1.0 MiB"), (1 << 30, "1.0 GiB"), (1 << 40, "1.0 TiB"),
      (1 << 50, "1.0 PiB"),
      (1 << 60, "1.0 EiB"), (UInt64(Int64.max), "8.0 EiB"), (.max, "16.0 EiB"),
    ] as [(UInt64, String)])
  func sizes(_ bytes: UInt64, _ text: String) {
    #expect(Self.written { $0.size(bytes) } == text)
  }

  @Test("are times as Foundation reckons them, over all years that can be written")
  func times() throws {
    let formatter = ISO8601DateFormatter()
    // From the Gregorian reform on, for before it Foundation goes over to the Julian calendar.
    for seconds in stride(from: Int64(-12_219_292_800), to: 253_402_300_799, by: 86_400 * 97 + 12_345) {
      let time = try #require(CalendarTime(seconds: seconds))
      let text = Self.written { $0.timestamp(time) }
      #expect(text == formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }
  }

  @Test(
    "are times at the edges of years and of what can be written",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_735_689_599, "2024-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
      (-62_135_596_800, "0001-01-01T00:00:00Z"), (253_402_300_800, nil), (-62_135_596_801, nil), (.max, nil),
      (.min, nil),
    ] as [(Int64, String?)])
  func edges(_ seconds: Int64, _ text: String?) {
    let time = CalendarTime(seconds: seconds)
    #expect(time.map { time in Self.written { $0.timestamp(time) } } == text)
  }

  @Test(
    "are numbers of JSON without an exponent",
    arguments: [
      (0, "0.0"), (12.3, "12.3"), (1234567.8, "1234567.8"), (0.0004, "0.0"), (0.0005, "0.001"), (-1.25, "-1.25"),
      (0.001, "0.001"), (0.05, "0.05"), (1e12, "1000000000000.0"), (1e300, "9000000000000000.0"), (.infinity, "null"),
      (.nan, "null"),
    ] as [(Double, String)])
  func numbers(_ number: Double, _ text: String) {
    #expect(Self.written { $0.json(number) } == text)
  }
}
