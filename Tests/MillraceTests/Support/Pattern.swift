import Glibc

/// Bytes that say where they belong: each word is a hash of its place, so that bytes lost, doubled, swapped or shifted
/// do not compare equal.
enum Pattern {
  /// As far as the pattern goes before it repeats.
  static let period = 16 << 20

  private static let master: [UInt8] = {
    var words = [UInt64](repeating: 0, count: period / 8)
    words.withUnsafeMutableBufferPointer { words in
      var state: UInt64 = 0x5eed
      var index = 0
      while index < words.count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        words[index] = state ^ (state >> 29)
        index += 1
      }
    }
    return words.withUnsafeBytes { Array($0) }
  }()

  /// `count` bytes of the pattern from `start` on.
  static func bytes(_ count: Int, from start: Int = 0) -> [UInt8] {
    let first = start % period
    if first + count <= period { return Array(master[first..<(first + count)]) }
    var bytes = Array(master[first...])
    while bytes.count < count { bytes += master.prefix(count - bytes.count) }
    return bytes
  }

  /// Where `got` departs from `expected`, in words; nil when they are equal.
  static func difference(_ got: [UInt8], _ expected: [UInt8]) -> String? {
    if isSame(got, expected) { return nil }
    let place = zip(got, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(got.count, expected.count)
    return "\(got.count) bytes where \(expected.count) were expected, and they differ from byte \(place) on"
  }
}

/// Whether both have the same bytes. `==` of arrays takes a millisecond for each 100 KiB without optimisation.
func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && (a.isEmpty || memcmp(a, b, a.count) == 0)
}
