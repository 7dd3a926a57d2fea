/// What a source stands for: bytes held in memory, then an end that the kernel or a reader reads, with a limit, and
/// those who look on. Wrappers change a shape; the planner reads it.
public struct SourceShape: Sendable {
  enum End: Sendable {
    case nothing
    case file(File, offset: Int64?, length: Int?)
    case stream(Descriptor)
    case reader(any ByteReader)
  }

  /// Bytes that go first.
  private(set) var head: [UInt8]
  let end: End
  /// The most bytes of all, the head's included.
  private(set) var limit: Int?
  /// How many bytes there have to be, the head's included: an end before is an error. Never more than the limit.
  private(set) var promised: Int?
  private(set) var modifiers = Modifiers()
  private(set) var bounds = TimeBounds()
  /// The source as it was before any wrapper: the one that may have a way of its own.
  var origin: (any ByteSource)?

  init(head: [UInt8] = [], end: End) {
    self.head = head
    self.end = end
  }

  /// Bytes in memory.
  public static func memory(_ bytes: [UInt8]) -> SourceShape { SourceShape(head: bytes, end: .nothing) }

  /// Something that reads by itself; copies from it are buffered.
  public static func reader(_ reader: any ByteReader) -> SourceShape { SourceShape(end: .reader(reader)) }

  /// At most `most` bytes of it.
  public func limited(to most: Int) -> SourceShape {
    precondition(most >= 0, "a limit is 0 or more, not \(most)")
    var shape = self
    shape.limit = min(limit ?? Int.max, most)
    shape.promised = promised.map { min($0, most) }
    return shape
  }

  /// Ends every copy of it when no byte has come for `idle` nanoseconds, or fewer than `pace` says.
  package func bounded(idle: Int64, pace: MinimumPace?) -> SourceShape {
    var shape = self
    shape.bounds = bounds.stricter(TimeBounds(idle: idle, pace: pace))
    return shape
  }

  /// `count` bytes of it, no more and no fewer: a source that ends before has failed
  /// (``CopyError/Cause/truncated(owed:)``), as a message does that ends before the length that it announced.
  public func exactly(_ count: Int) -> SourceShape {
    var shape = limited(to: count)
    shape.promised = min(promised ?? Int.max, count)
    return shape
  }

  /// `bytes` first, then all of it.
  public func prefixed(by bytes: [UInt8]) -> SourceShape {
    var shape = self
    shape.head = bytes + (limit.map { Array(head.prefix($0)) } ?? head)
    shape.limit = limit.map { $0 > Int.max - bytes.count ? Int.max : $0 + bytes.count }
    shape.promised = promised.map { $0 > Int.max - bytes.count ? Int.max : $0 + bytes.count }
    // Those who looked on so far do not see the new bytes.
    shape.modifiers.skip(bytes.count)
    return shape
  }

  /// Calls `progress` as bytes are delivered.
  public func observed(_ progress: @escaping @Sendable (CopyProgress) -> Void) -> SourceShape {
    modified { $0.observers.append(Observer(skip: 0, call: progress)) }
  }

  /// The same, and calls `settled` when the copy is over, with how many bytes it has taken, those that it delivered and those
  /// that its error gives back, and whether it was the source that failed.
  package func observed(
    _ progress: @escaping @Sendable (CopyProgress) -> Void, settled: @escaping @Sendable (Int, Bool) -> Void
  ) -> SourceShape {
    modified { $0.observers.append(Observer(skip: 0, call: progress, settled: settled)) }
  }

  /// No faster than `bytesPerSecond`.
  public func throttled(to bytesPerSecond: Int) -> SourceShape {
    precondition(bytesPerSecond > 0, "a rate is 1 byte a second or more, not \(bytesPerSecond)")
    return modified { $0.rates.append(.own(bytesPerSecond)) }
  }

  /// No faster, together with all other copies that share it, than `limit` says.
  public func throttled(by limit: RateLimit) -> SourceShape { modified { $0.rates.append(.shared(limit)) } }

  /// The same bytes to a second sink.
  public func teed(to second: Tee) -> SourceShape {
    modified { $0.tees.append(TeeRequest(skip: 0, tee: second)) }
  }

  /// Shows the bytes to `hasher`, which costs the kernel route.
  public func hashed(into hasher: any ByteHasher) -> SourceShape {
    modified { $0.hashers.append(HashRequest(skip: 0, hasher: hasher)) }
  }

  private func modified(_ change: (inout Modifiers) -> Void) -> SourceShape {
    var shape = self
    change(&shape.modifiers)
    return shape
  }
}
