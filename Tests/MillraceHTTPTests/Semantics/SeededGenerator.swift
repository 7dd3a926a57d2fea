/// Draws the same numbers on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// One of the good values with a few bytes changed, left out or put in: from `alphabet`, or any at all now and then.
  mutating func mutate(_ good: [String], with alphabet: String) -> [UInt8] {
    var bytes = Array((good.randomElement(using: &self) ?? "").utf8)
    let letters = Array(alphabet.utf8)
    for _ in 0...Int.random(in: 0..<4, using: &self) {
      let any = UInt8.random(in: 0...255, using: &self)
      let isAny = Int.random(in: 0..<8, using: &self) == 0
      let byte = isAny ? any : letters.randomElement(using: &self) ?? any
      let place = Int.random(in: 0...bytes.count, using: &self)
      switch Int.random(in: 0..<3, using: &self) {
      case 0 where place < bytes.count: bytes[place] = byte
      case 1 where place < bytes.count: bytes.remove(at: place)
      default: bytes.insert(byte, at: place)
      }
    }
    return bytes
  }
}
