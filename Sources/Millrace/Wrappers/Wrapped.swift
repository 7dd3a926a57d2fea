/// A source with wrappers around it.
public struct WrappedSource: ByteSource {
  /// What the wrappers made of the source's shape.
  public let sourceShape: SourceShape

  package init(_ origin: some ByteSource, _ shape: SourceShape) {
    var shape = shape
    if shape.origin == nil { shape.origin = origin }
    sourceShape = shape
  }
}

/// A sink with wrappers around it.
public struct WrappedSink: ByteSink {
  /// What the wrappers made of the sink's shape.
  public let sinkShape: SinkShape

  package init(_ origin: some ByteSink, _ shape: SinkShape) {
    var shape = shape
    if shape.origin == nil { shape.origin = origin }
    sinkShape = shape
  }
}

extension ByteSource {
  /// At most `most` bytes of this source. Keeps the kernel route. Reaching the limit is no error.
  public func limited(to most: Int) -> WrappedSource { WrappedSource(self, sourceShape.limited(to: most)) }

  /// `count` bytes of this source, no more and no fewer: an end before is an error
  /// (``CopyError/Cause/truncated(owed:)``). Keeps the kernel route.
  public func exactly(_ count: Int) -> WrappedSource { WrappedSource(self, sourceShape.exactly(count)) }

  /// `bytes` first, then this source: bytes that were read too far. Keeps the kernel route; the prefix goes together
  /// with what follows it where the kernel can do that.
  public func prefixed(by bytes: [UInt8]) -> WrappedSource { WrappedSource(self, sourceShape.prefixed(by: bytes)) }

  /// This source, with `progress` called as its bytes are delivered. Keeps the kernel route.
  public func observed(_ progress: @escaping @Sendable (CopyProgress) -> Void) -> WrappedSource {
    WrappedSource(self, sourceShape.observed(progress))
  }

  /// This source, no faster than `bytesPerSecond` (1 or more). Keeps the kernel route.
  public func throttled(to bytesPerSecond: Int) -> WrappedSource {
    WrappedSource(self, sourceShape.throttled(to: bytesPerSecond))
  }

  /// This source, no faster, together with all other copies that share it, than `limit` says. Keeps the kernel route.
  public func throttled(by limit: RateLimit) -> WrappedSource { WrappedSource(self, sourceShape.throttled(by: limit)) }

  /// This source, with the same bytes going to a second sink. Keeps the kernel route where splice and tee can be
  /// used for all three ends.
  public func teed(
    to second: some ByteSink, whenStalled: Tee.WhenStalled = .wait, whenFailed: Tee.WhenFailed = .detach
  ) -> WrappedSource {
    WrappedSource(
      self, sourceShape.teed(to: Tee(second, whenStalled: whenStalled, whenFailed: whenFailed)))
  }

  /// This source, with every byte that is delivered shown to `hasher`. Costs the kernel route, and the report says
  /// so.
  public func hashed(into hasher: some ByteHasher) -> WrappedSource {
    WrappedSource(self, sourceShape.hashed(into: hasher))
  }
}

extension ByteSink {
  /// This sink, with `progress` called as it accepts bytes. Keeps the kernel route.
  public func observed(_ progress: @escaping @Sendable (CopyProgress) -> Void) -> WrappedSink {
    WrappedSink(self, sinkShape.observed(progress))
  }

  /// This sink, no faster than `bytesPerSecond` (1 or more). Keeps the kernel route.
  public func throttled(to bytesPerSecond: Int) -> WrappedSink {
    WrappedSink(self, sinkShape.throttled(to: bytesPerSecond))
  }

  /// This sink, no faster, together with all other copies that share it, than `limit` says. Keeps the kernel route.
  public func throttled(by limit: RateLimit) -> WrappedSink { WrappedSink(self, sinkShape.throttled(by: limit)) }

  /// This sink, with the same bytes going to a second one. Keeps the kernel route where splice and tee can be used
  /// for all three ends.
  public func teed(
    to second: some ByteSink, whenStalled: Tee.WhenStalled = .wait, whenFailed: Tee.WhenFailed = .detach
  ) -> WrappedSink {
    WrappedSink(self, sinkShape.teed(to: Tee(second, whenStalled: whenStalled, whenFailed: whenFailed)))
  }

  /// This sink, with every byte it accepts shown to `hasher`. Costs the kernel route, and the report says so.
  public func hashed(into hasher: some ByteHasher) -> WrappedSink {
    WrappedSink(self, sinkShape.hashed(into: hasher))
  }
}
