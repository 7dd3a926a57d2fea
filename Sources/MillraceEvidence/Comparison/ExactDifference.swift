/// One of the exact figures that is not what it was. Nothing about it is by chance, so nothing is tolerated.
public struct ExactDifference: Sendable, Equatable {
  /// What was counted.
  public enum Subject: Sendable, Equatable {
    /// Calls of the system call of this name.
    case systemCall(String)
    /// Calls of malloc(3) and its like.
    case allocations
    /// Bytes that those asked for.
    case allocatedBytes
    /// Bytes by the route of this name.
    case route(String)
  }

  /// What it amounts to.
  public enum Verdict: Sendable, Equatable {
    /// More calls or allocations, or bytes that went from a kernel route to a buffer.
    case regression
    /// Fewer, or back again.
    case improvement
    /// Other, and neither better nor worse by itself: the bytes of allocations, or another kernel route.
    case change
  }

  /// A count, and the operations that it is of.
  public struct Count: Sendable, Equatable {
    /// All of them together.
    public let total: Int
    /// Operations, one at least.
    public let operations: Int

    /// For one operation.
    public var perOperation: Double { Double(total) / Double(operations) }
  }

  /// What was counted.
  public let subject: Subject
  /// The count before.
  public let old: Count
  /// The count after.
  public let new: Count
  /// What the difference amounts to.
  public let verdict: Verdict
}

extension ExactDifference.Count {
  /// a/b and c/d are compared as a·d and c·b, without rounding.
  static func isLess(_ one: Self, _ other: Self) -> Bool {
    let left = one.total.multipliedFullWidth(by: other.operations)
    let right = other.total.multipliedFullWidth(by: one.operations)
    return (left.high, left.low) < (right.high, right.low)
  }
}
