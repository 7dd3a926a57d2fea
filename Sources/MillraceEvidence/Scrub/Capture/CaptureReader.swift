/// Bytes of a capture as they come, read in whole records.
struct CaptureReader {
  private var bytes: [UInt8] = []
  private var start = 0
  var isBigEndian = false

  /// How many bytes there are.
  var count: Int { bytes.count - start }

  mutating func append(_ more: ArraySlice<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// Takes bytes that are there.
  mutating func take(_ length: Int) -> [UInt8] {
    let part = Array(bytes[start..<start + length])
    start += length
    return part
  }

  mutating func skip(_ length: Int) { start += length }

  func byte(_ offset: Int) -> UInt8 { bytes[start + offset] }

  /// A number of 32 bits in the order of the file.
  func number32(_ offset: Int) -> UInt32 { Self.number32(bytes, start + offset, isBigEndian) }

  static func number32(_ bytes: [UInt8], _ offset: Int, _ isBigEndian: Bool) -> UInt32 {
    var number: UInt32 = 0
    for place in 0..<4 { number = number << 8 | UInt32(bytes[offset + (isBigEndian ? place : 3 - place)]) }
    return number
  }

  static func number16(_ bytes: [UInt8], _ offset: Int, _ isBigEndian: Bool) -> Int {
    let (first, second) = (Int(bytes[offset]), Int(bytes[offset + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }

  static func bytes(of number: UInt32, _ isBigEndian: Bool) -> [UInt8] {
    let little = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32($0 * 8)) }
    return isBigEndian ? little.reversed() : little
  }
}

extension RefusedContent {
  /// More than any card and any snapshot length makes.
  static let longestPacket = 1 << 20

  static let cut = RefusedContent("it is a capture that ends in the middle of a record")
  static let malformed = RefusedContent("it is a capture with a record that makes no sense")
}
