/// A packet that is being scrubbed in place: what was captured of it, and the ways to read and replace its fields. A field
/// that the capture cut is emptied, for half an address tells half of it.
struct Packet {
  var bytes: [UInt8]
  /// Whether anything but zeros was overwritten that is no address.
  private(set) var hasEmptied = false
  private(set) var identities: Identities

  /// How many bytes there are, without those behind the end of a packet inside.
  private(set) var count: Int

  init(_ bytes: [UInt8], _ identities: Identities) {
    self.bytes = bytes
    self.identities = identities
    count = bytes.count
  }

  func has(_ offset: Int, _ length: Int) -> Bool { offset >= 0 && length >= 0 && offset + length <= count }

  func byte(_ offset: Int) -> UInt8? { offset < count ? bytes[offset] : nil }

  /// Here ends what is in the packet: the rest is filling, and is emptied.
  mutating func end(at offset: Int) {
    empty(from: offset)
    count = min(count, offset)
  }

  func number16(_ offset: Int) -> Int? {
    has(offset, 2) ? Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) : nil
  }

  /// A number in the order of the network, of up to eight bytes that are there.
  func number(_ offset: Int, _ length: Int) -> UInt64 {
    var number: UInt64 = 0
    for at in offset..<offset + length { number = number << 8 | UInt64(bytes[at]) }
    return number
  }

  mutating func set(_ offset: Int, _ length: Int, to number: UInt64) {
    for place in 0..<length {
      bytes[offset + place] = UInt8(truncatingIfNeeded: number >> UInt64((length - 1 - place) * 8))
    }
  }

  /// Overwrites a part with zeros, as far as it is there.
  mutating func empty(_ range: Range<Int>) { fill(range, with: 0) }

  /// Overwrites it with a byte that means nothing there.
  mutating func fill(_ range: Range<Int>, with filler: UInt8) {
    guard range.lowerBound < bytes.count else { return }
    for at in range.clamped(to: 0..<bytes.count) where bytes[at] != filler {
      bytes[at] = filler
      hasEmptied = true
    }
  }

  /// Everything from here on.
  mutating func empty(from offset: Int) {
    if offset < bytes.count { empty(max(0, offset)..<bytes.count) }
  }

  // MARK: addresses

  mutating func replaceIPv4(at offset: Int) throws(RefusedContent) {
    guard has(offset, 4) else { return empty(from: offset) }
    let address = UInt32(truncatingIfNeeded: number(offset, 4))
    let image = try identities.image(of: address)
    guard image != address else { return }
    identities.count(.ipAddress)
    set(offset, 4, to: UInt64(image))
  }

  mutating func replaceIPv6(at offset: Int) throws(RefusedContent) {
    guard has(offset, 16) else { return empty(from: offset) }
    let address = IPv6(high: number(offset, 8), low: number(offset + 8, 8))
    let image = try identities.image(of: address)
    guard image != address else { return }
    identities.count(.ipAddress)
    set(offset, 8, to: image.high)
    set(offset + 8, 8, to: image.low)
  }

  mutating func replaceHardware(at offset: Int) throws(RefusedContent) {
    guard has(offset, 6) else { return empty(from: offset) }
    let address = number(offset, 6)
    let image = try identities.image(ofHardware: address)
    guard image != address else { return }
    identities.count(.hardwareAddress)
    set(offset, 6, to: image)
  }

  // MARK: checksums

  /// Writes the checksum at `offset` of `range`, which begins at an even place, over what `seed` has already. The field
  /// itself counts as zero.
  mutating func writeChecksum(
    at offset: Int, over range: Range<Int>, seed: InternetChecksum = InternetChecksum(), zeroIsNone: Bool = false
  ) {
    guard has(offset, 2) else { return empty(from: offset) }
    set(offset, 2, to: 0)
    var checksum = seed
    checksum.add(bytes, range)
    // UDP has ones for zero, for zero says that there is none. RFC 768
    set(offset, 2, to: UInt64(zeroIsNone && checksum.value == 0 ? 0xFFFF : checksum.value))
  }
}
