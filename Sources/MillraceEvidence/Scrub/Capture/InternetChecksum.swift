/// The sum of RFC 1071 over bytes that come in pieces. Bytes that a capture cut off count as zero.
struct InternetChecksum {
  private var sum: UInt64 = 0

  /// Adds bytes that begin at an even place.
  mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
    let text = bytes.span
    var at = range.lowerBound
    let end = min(range.upperBound, bytes.count)
    while at + 1 < end {
      sum &+= UInt64(text[at]) << 8 | UInt64(text[at + 1])
      at += 2
    }
    if at < end { sum &+= UInt64(text[at]) << 8 }
  }

  mutating func add(_ number: Int) {
    sum &+= UInt64(number >> 16 & 0xFFFF) + UInt64(number & 0xFFFF)
  }

  var value: UInt16 {
    var folded = sum
    while folded > 0xFFFF { folded = folded >> 16 + folded & 0xFFFF }
    return ~UInt16(truncatingIfNeeded: folded)
  }
}
