import Glibc

// Numbers as measurements have them.
extension Dice {
  /// From 0 to 1.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / Double(1 << 53) }

  /// With mean 0 and deviation 1, by Box and Muller.
  mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }
}
