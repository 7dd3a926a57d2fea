import LinuxCalls
import Reactors

/// What was asked for, until a transfer does it.
final class CopyRequest: Sendable {
  let source: any ByteSource
  let sink: any ByteSink
  let sourceShape: SourceShape
  let sinkShape: SinkShape
  let options: CopyOptions

  private init(_ source: any ByteSource, _ sink: any ByteSink, _ options: CopyOptions) {
    self.source = source
    self.sink = sink
    self.options = options
    sourceShape = source.sourceShape
    sinkShape = sink.sinkShape
  }

  /// Where and how a copy is done.
  enum Way {
    /// On the reactor whose thread this is.
    case here(Transfer)
    /// On another thread than this, which is no reactor's.
    case elsewhere(CopyRequest)
    /// One end may have a way of its own.
    case direct(CopyRequest)
  }

  /// Never inlined: what it needs for a moment would stay in the caller's frame for as long as the copy waits.
  @inline(never)
  static func prepare(
    _ source: some ByteSource, _ sink: some ByteSink, _ limit: Int?, _ options: CopyOptions
  ) -> Way {
    var options = options
    if let limit { options.limit = min(limit, options.limit ?? Int.max) }
    let request = CopyRequest(source, sink, options)
    if request.originalSource is any DirectByteSource || request.originalSink is any DirectByteSink {
      return .direct(request)
    }
    if let reactor = Reactor.current { return .here(request.transfer(on: reactor)) }
    return .elsewhere(request)
  }

  /// The source and the sink as they were before any wrapper.
  var originalSource: any ByteSource { sourceShape.origin ?? source }
  var originalSink: any ByteSink { sinkShape.origin ?? sink }

  @inline(never)
  private func transfer(on reactor: Reactor) -> Transfer {
    Transfer(sourceShape, sinkShape, options, on: reactor, parker: reactor.leaseParker())
  }

  /// By the routes, on this reactor or another.
  func perform(declined: CopyReport.Declined? = nil) async throws(CopyError) -> CopyReport {
    guard let reactor = Reactor.current else { return try await performElsewhere(declined: declined) }
    let transfer = transfer(on: reactor)
    transfer.note(declined)
    await transfer.run()
    return try transfer.conclude()
  }

  func performElsewhere(declined: CopyReport.Declined? = nil) async throws(CopyError) -> CopyReport {
    let reactor = sourceShape.home ?? sinkShape.home ?? Reactors.shared.next()
    return try await withTaskExecutorPreference(reactor) { () async throws(CopyError) -> CopyReport in
      try await performHopped(on: reactor, declined)
    }
  }

  @concurrent
  private func performHopped(
    on reactor: Reactor, _ declined: CopyReport.Declined?
  ) async throws(CopyError) -> CopyReport {
    let transfer = transfer(on: reactor)
    transfer.note(declined)
    await transfer.run()
    return try transfer.conclude()
  }
}

extension SourceShape {
  /// The reactor its end lives on.
  fileprivate var home: Reactor? {
    if case .stream(let descriptor) = end { descriptor.home?.reactor } else { nil }
  }
}

extension SinkShape {
  /// The reactor its end lives on.
  fileprivate var home: Reactor? {
    if case .stream(let descriptor) = end { descriptor.home?.reactor } else { nil }
  }
}
