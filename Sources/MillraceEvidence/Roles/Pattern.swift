import Glibc

/// The bytes that the harness sends, and knows again: no piece of them stands where another one could.
enum Pattern {
  /// They repeat after a prime number of bytes, so that nothing that is lost or doubled in powers of two goes unseen.
  static let period = 1_048_573

  /// One period, from the beginning.
  static let bytes: [UInt8] = {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    // Eight at a time: every process of the harness makes them.
    return unsafe [UInt8](unsafeUninitializedCapacity: period + 8) { buffer, count in
      for place in stride(from: 0, to: period, by: 8) {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(of: state, toByteOffset: place, as: UInt64.self)
      }
      count = period
    }
  }()

  /// `count` bytes from the beginning.
  static func prefix(_ count: Int) -> [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(count)
    while all.count < count { all += bytes.prefix(count - all.count) }
    return all
  }

  /// Whether these bytes are those from `position` on.
  static func isRight(_ some: [UInt8], at position: Int) -> Bool { isRight(some[...], at: position) }

  static func isRight(_ some: ArraySlice<UInt8>, at position: Int) -> Bool {
    var done = 0
    while done < some.count {
      let place = (position + done) % period
      let count = min(some.count - done, period - place)
      let isSame = unsafe some.withUnsafeBytes { some in
        unsafe bytes.withUnsafeBytes { bytes in
          guard let here = some.baseAddress, let there = bytes.baseAddress else { return true }
          return unsafe memcmp(here + done, there + place, count) == 0
        }
      }
      if !isSame { return false }
      done += count
    }
    return true
  }
}
