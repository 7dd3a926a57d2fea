import Foundation

/// Random numbers that come again when the same seed is given.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The seed of a random test: from the environment variable `MILLRACE_TEST_SEED`, or else `usual`, or a new one. One that
/// is not the usual one is printed, so that a failure can be repeated.
enum Seed {
  static func choose(for test: String, usual: UInt64? = nil) -> UInt64 {
    let given = ProcessInfo.processInfo.environment["MILLRACE_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? usual ?? UInt64.random(in: 0...UInt64(UInt32.max))
    if seed != usual { print("\(test): MILLRACE_TEST_SEED=\(seed)") }
    return seed
  }
}
