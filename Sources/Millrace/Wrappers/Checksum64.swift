import LinuxCalls
import Synchronization

/// XXH64, a fast checksum that is not for cryptography: to see that what arrived is what was sent.
///
/// Follows the specification of xxHash 0.1.1 with seed 0. For a digest wrap one of swift-crypto's hashes in a
/// ``ByteHasher`` of your own; it takes three lines.
public final class Checksum64: ByteHasher {
  private let state = Guarded(State())

  /// A checksum of nothing yet.
  public init() {}

  /// The next bytes.
  public func update(_ bytes: RawSpan) { state.withLock { $0.update(bytes) } }

  /// The checksum of the bytes so far.
  public var value: UInt64 { state.withLock { $0.value } }

  /// How many bytes there were.
  public var count: Int { state.withLock { Int($0.total) } }

  /// The checksum of `bytes`.
  public static func of(_ bytes: [UInt8]) -> UInt64 {
    var state = State()
    unsafe state.update(bytes.span.bytes)
    return state.value
  }

  private struct State: Sendable {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    var total: UInt64 = 0
    private var lanes = SIMD4<UInt64>(prime1 &+ prime2, prime2, 0, 0 &- prime1)
    private var tail: [UInt8] = []

    mutating func update(_ bytes: RawSpan) {
      total &+= UInt64(bytes.byteCount)
      var start = 0
      if !tail.isEmpty {
        start = min(32 - tail.count, bytes.byteCount)
        append(bytes, 0..<start)
        guard tail.count == 32 else { return }
        let full = tail
        tail.removeAll(keepingCapacity: true)
        unsafe stripe(full.span.bytes, at: 0)
      }
      while bytes.byteCount - start >= 32 {
        stripe(bytes, at: start)
        start += 32
      }
      append(bytes, start..<bytes.byteCount)
    }

    private mutating func append(_ bytes: RawSpan, _ range: Range<Int>) {
      unsafe bytes.extracting(range).withUnsafeBytes { unsafe tail.append(contentsOf: $0) }
    }

    private mutating func stripe(_ bytes: RawSpan, at start: Int) {
      // In bounds: the callers have checked 32 bytes from `start`.
      let words = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: SIMD4<UInt64>.self)
      for lane in 0..<4 { lanes[lane] = Self.round(lanes[lane], words[lane]) }
    }

    var value: UInt64 {
      var hash: UInt64
      if total >= 32 {
        hash =
          rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
        for lane in 0..<4 {
          hash ^= Self.round(0, lanes[lane])
          hash = hash &* Self.prime1 &+ Self.prime4
        }
      } else {
        hash = Self.prime5
      }
      hash &+= total
      var rest = tail[...]
      while rest.count >= 8 {
        hash ^= Self.round(0, word(rest.prefix(8)))
        hash = rotate(hash, 27) &* Self.prime1 &+ Self.prime4
        rest = rest.dropFirst(8)
      }
      if rest.count >= 4 {
        hash ^= word(rest.prefix(4)) &* Self.prime1
        hash = rotate(hash, 23) &* Self.prime2 &+ Self.prime3
        rest = rest.dropFirst(4)
      }
      for byte in rest {
        hash ^= UInt64(byte) &* Self.prime5
        hash = rotate(hash, 11) &* Self.prime1
      }
      hash ^= hash >> 33
      hash = hash &* Self.prime2
      hash ^= hash >> 29
      hash = hash &* Self.prime3
      return hash ^ hash >> 32
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      let sum = lane &+ word &* prime2
      return (sum << 31 | sum >> 33) &* prime1
    }

    private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }

    /// Little-endian.
    private func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}
