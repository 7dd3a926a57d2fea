import Synchronization

/// Bytes that may be held at once, of something that is made and given back as a whole. One of them always may be, however large
/// it is: a bound that refuses it for ever would be a limit of size.
final class ByteBudget: Sendable {
  private let most: Int
  private let held = Atomic(0)

  init(most: Int) { self.most = most }

  /// Takes `count` bytes, or none.
  func take(_ count: Int) -> Bool {
    let before = held.wrappingAdd(count, ordering: .relaxed).oldValue
    if before == 0 || before + count <= most { return true }
    giveBack(count)
    return false
  }

  func giveBack(_ count: Int) { held.wrappingSubtract(count, ordering: .relaxed) }
}
