import Synchronization

/// Bytes that may be held at once, of something that is made and given back as a whole. One of them always may be, however large
/// it is: a bound that refuses it for ever would be a limit of size.
final class ByteBudget: Sendable {
  private let most: Int
  private let held = Atomic(0)

  init(most: Int) { self.most = most }

  /// Takes `count` bytes, or none.
  func take(_ count: Int) -> Bool {
    var before = held.load(ordering: .relaxed)
    while before == 0 || before + count <= most {
      let (isTaken, now) = held.compareExchange(expected: before, desired: before + count, ordering: .relaxed)
      if isTaken { return true }
      before = now
    }
    return false
  }

  func giveBack(_ count: Int) { held.wrappingSubtract(count, ordering: .relaxed) }
}
