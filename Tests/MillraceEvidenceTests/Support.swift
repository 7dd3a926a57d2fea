@testable import MillraceEvidence

/// Numbers that are the same in every run. SplitMix64 (Steele, Lea & Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From the standard normal distribution, near enough: twelve uniform ones (Irwin–Hall) have no tails beyond six.
  mutating func normal() -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
  }
}

extension Round {
  /// A second with these; what is not said is unremarkable.
  static func plain(
    seconds: Double = 1, operations: Int = 10_000, bytes: Int = 1 << 30, user: Double = 0.1, system: Double = 0.4
  ) -> Round {
    Round(
      seconds: seconds, operations: operations, bytes: bytes, userCPUSeconds: user, systemCPUSeconds: system)
  }
}
