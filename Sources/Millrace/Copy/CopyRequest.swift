import Reactors

/// What was asked for.
final class CopyRequest: Sendable {
  let source: any ByteSource
  let sink: any ByteSink
  let sourceShape: SourceShape
  let sinkShape: SinkShape
  let options: CopyOptions

  init(_ source: any ByteSource, _ sink: any ByteSink, _ options: CopyOptions) {
    self.source = source
    self.sink = sink
    self.options = options
    sourceShape = source.sourceShape
    sinkShape = sink.sinkShape
  }

  /// The source and the sink as they were before any wrapper.
  var originalSource: any ByteSource { sourceShape.origin ?? source }
  var originalSink: any ByteSink { sinkShape.origin ?? sink }

  /// The reactor that one of the ends lives on, the source's first.
  var home: Reactor? {
    if case .stream(let descriptor) = sourceShape.end, let home = descriptor.home { return home.reactor }
    if case .stream(let descriptor) = sinkShape.end { return descriptor.home?.reactor }
    return nil
  }
}
