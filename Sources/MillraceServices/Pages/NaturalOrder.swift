/// Bytes whose plain order is the one in which people expect names: numbers by their value, so that file2 comes before
/// file10, and capitals with small letters.
///
/// A key is made once for a name; comparing two is then comparing bytes, which a sort does a dozen times for each.
enum NaturalOrder {
  /// The key of a name. Names that differ in case or in leading zeros alone have the same key.
  static func key(_ name: [UInt8]) -> [UInt8] {
    let folded = fold(name)
    var key: [UInt8] = []
    key.reserveCapacity(folded.count + 4)
    var index = 0
    while index < folded.count {
      guard isDigit(folded[index]) else {
        key.append(folded[index])
        index += 1
        continue
      }
      let end = folded[index...].firstIndex { !isDigit($0) } ?? folded.count
      let digits = folded[index..<end].drop { $0 == zero }
      // All numbers stand where the digit 0 stands among other characters; then the longer is the greater. A length of
      // 255 and above goes on in the next byte.
      key.append(zero)
      key.append(contentsOf: repeatElement(255, count: digits.count / 255))
      key.append(UInt8(digits.count % 255))
      key.append(contentsOf: digits)
      index = end
    }
    return key
  }

  private static let zero = UInt8(ascii: "0")

  private static func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }

  /// In small letters: those of Unicode in what is UTF-8, otherwise those of ASCII.
  private static func fold(_ name: [UInt8]) -> [UInt8] {
    if name.contains(where: { $0 >= 0x80 }), let text = String(validating: name, as: UTF8.self) {
      return Array(text.lowercased().utf8)
    }
    return name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }
}
