// What each endpoint stands for in a copy.

extension File: ByteSource, ByteSink {
  /// The file from its ``position`` on, which moves by what is taken.
  public var sourceShape: SourceShape { SourceShape(end: .file(self, offset: nil, length: nil)) }
  /// The file from its ``position`` on, which moves by what is delivered.
  public var sinkShape: SinkShape { SinkShape(end: .file(self, offset: nil, length: nil)) }
}

extension FileSection: ByteSource, ByteSink {
  /// The range.
  public var sourceShape: SourceShape { SourceShape(end: .file(file, offset: offset, length: length)) }
  /// The range; what is beyond it stays as it is.
  public var sinkShape: SinkShape { SinkShape(end: .file(file, offset: offset, length: length)) }
}

extension Connection: ByteSource, ByteSink {
  /// What the peer sends.
  public var sourceShape: SourceShape { SourceShape(end: .stream(descriptor)) }
  /// What the peer receives.
  public var sinkShape: SinkShape { SinkShape(end: .stream(descriptor)) }
}

extension PipeEnd: ByteSource, ByteSink {
  /// What is written to the other end.
  public var sourceShape: SourceShape { SourceShape(end: .stream(descriptor)) }
  /// What is read from the other end.
  public var sinkShape: SinkShape { SinkShape(end: .stream(descriptor)) }
}

extension Bytes: ByteSource {
  /// The bytes.
  public var sourceShape: SourceShape { .memory(array) }
}
