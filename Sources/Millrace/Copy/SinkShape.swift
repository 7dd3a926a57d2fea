/// What a sink stands for: an end that the kernel or a writer writes to, and those who look on.
public struct SinkShape: Sendable {
  enum End: Sendable {
    case file(File, offset: Int64?, length: Int?)
    case stream(Descriptor)
    case writer(any ByteWriter)
    case collector(Collector)
  }

  let end: End
  private(set) var modifiers = Modifiers()
  private(set) var bounds = TimeBounds()
  /// The most bytes that it takes in one copy.
  private(set) var limit: Int?
  var origin: (any ByteSink)?

  init(end: End) { self.end = end }

  /// Something that writes by itself; copies to it are buffered.
  public static func writer(_ writer: any ByteWriter) -> SinkShape { SinkShape(end: .writer(writer)) }

  /// Calls `progress` as bytes are delivered.
  public func observed(_ progress: @escaping @Sendable (CopyProgress) -> Void) -> SinkShape {
    modified { $0.observers.append(Observer(skip: 0, call: progress)) }
  }

  /// No faster than `bytesPerSecond`.
  public func throttled(to bytesPerSecond: Int) -> SinkShape {
    precondition(bytesPerSecond > 0, "a rate is 1 byte a second or more, not \(bytesPerSecond)")
    return modified { $0.rates.append(.own(bytesPerSecond)) }
  }

  /// No faster, together with all other copies that share it, than `limit` says.
  public func throttled(by limit: RateLimit) -> SinkShape { modified { $0.rates.append(.shared(limit)) } }

  /// The same bytes to a second sink.
  public func teed(to second: Tee) -> SinkShape {
    modified { $0.tees.append(TeeRequest(skip: 0, tee: second)) }
  }

  /// Shows the bytes to `hasher`, which costs the kernel route.
  public func hashed(into hasher: any ByteHasher) -> SinkShape {
    modified { $0.hashers.append(HashRequest(skip: 0, hasher: hasher)) }
  }

  /// At most `most` bytes in one copy, which ends then.
  package func limited(to most: Int) -> SinkShape {
    var shape = self
    shape.limit = min(limit ?? Int.max, most)
    return shape
  }

  /// Ends every copy to it when it has taken no byte for `idle` nanoseconds, or fewer than `pace` says.
  package func bounded(idle: Int64, pace: MinimumPace?) -> SinkShape {
    var shape = self
    shape.bounds = bounds.stricter(TimeBounds(idle: idle, pace: pace))
    return shape
  }

  private func modified(_ change: (inout Modifiers) -> Void) -> SinkShape {
    var shape = self
    change(&shape.modifiers)
    return shape
  }
}
