import LinuxCalls
import Synchronization

/// A rate that several copies share: all of a client's, or all of a server's. Whoever copies by it
/// (``ByteSource/throttled(by:)``) takes a fiftieth of a second's worth at a time, in the order of asking.
///
/// Keeps the kernel route. After a pause no more than that comes at once: a pause is not made up for.
public final class RateLimit: Sendable {
  /// Bytes a second.
  public let bytesPerSecond: Int
  /// When everything that was given out so far has been paid for, in the nanoseconds of `Linux.now`.
  private let paid = Guarded<Int64>(.min)

  /// A rate of 1 byte a second or more.
  public init(bytesPerSecond: Int) {
    precondition(bytesPerSecond > 0, "a rate is 1 byte a second or more, not \(bytesPerSecond)")
    self.bytesPerSecond = bytesPerSecond
  }

  /// What is given out at once.
  private var quantum: Int { max(1, bytesPerSecond / 50) }

  private func time(for count: Int) -> Int64 { Int64((Double(count) / Double(bytesPerSecond) * 1e9).rounded(.up)) }

  /// Reserves bytes for somebody who wants `wanted`, behind everybody who has asked before: how many, and from when on they may
  /// go.
  func reserve(_ wanted: Int, at now: Int64) -> (count: Int, from: Int64) {
    let count = min(max(1, wanted), quantum)
    return paid.withLock { paid in
      let from = max(paid, now)
      paid = from + time(for: count)
      return (count, from)
    }
  }

  /// Whether everything that was given out has been paid for.
  package func isPaid(at now: Int64) -> Bool { paid.withLock { $0 <= now } }

  /// Bytes that were reserved last and did not go.
  func giveBack(_ count: Int) {
    guard count > 0 else { return }
    paid.withLock { $0 -= time(for: count) }
  }
}

/// One copy's part of a shared rate.
struct RateShare {
  private let limit: RateLimit
  /// Reserved and not gone yet.
  private var reserved = 0
  /// They may go from then on.
  private var from: Int64 = 0

  init(_ limit: RateLimit) { self.limit = limit }

  /// Bytes that may go now.
  mutating func allowance(at now: Int64, wanted: Int) -> Int {
    if reserved == 0 { (reserved, from) = limit.reserve(wanted, at: now) }
    return from <= now ? min(reserved, wanted) : 0
  }

  /// When those that are reserved may go.
  var nextTime: Int64 { from }

  mutating func spend(_ count: Int) { reserved = max(0, reserved - count) }

  /// The copy has ended.
  mutating func end() {
    limit.giveBack(reserved)
    reserved = 0
  }
}

/// What keeps a copy to a rate.
enum Throttle {
  /// A rate of its own.
  case own(TokenBucket)
  case shared(RateShare)

  mutating func allowance(at now: Int64, wanted: Int) -> Int {
    switch self {
    case .own(var bucket):
      defer { self = .own(bucket) }
      return bucket.allowance(at: now, wanted: wanted)
    case .shared(var share):
      defer { self = .shared(share) }
      return share.allowance(at: now, wanted: wanted)
    }
  }

  func nextTime(wanted: Int) -> Int64 {
    switch self {
    case .own(let bucket): bucket.nextTime(wanted: wanted)
    case .shared(let share): share.nextTime
    }
  }

  mutating func spend(_ count: Int) {
    switch self {
    case .own(var bucket):
      bucket.spend(count)
      self = .own(bucket)
    case .shared(var share):
      share.spend(count)
      self = .shared(share)
    }
  }

  mutating func end() {
    guard case .shared(var share) = self else { return }
    share.end()
    self = .shared(share)
  }
}
