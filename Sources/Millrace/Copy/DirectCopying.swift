import LinuxCalls

/// Asks the source and then the sink for a way of their own. Nil when there is none, or when someone looks on who would
/// not see the bytes.
func copyDirectly(
  _ source: any ByteSource, _ sourceShape: SourceShape, _ sink: any ByteSink, _ sinkShape: SinkShape,
  _ options: CopyOptions
) async throws(CopyError) -> CopyReport? {
  guard options.routes.allows(.own), sourceShape.modifiers.isEmpty, sinkShape.modifiers.isEmpty,
    options.progress == nil, options.deadline == nil, options.idleTimeout == nil, !options.passesEnd
  else { return nil }
  let originalSource = sourceShape.origin ?? source
  let originalSink = sinkShape.origin ?? sink
  // A prefix is not the original's own.
  guard sourceShape.origin == nil || sourceShape.head == originalSource.sourceShape.head else { return nil }
  let limits = [options.limit, sourceShape.limit].compactMap { $0 }
  let started = Linux.now
  var side = CopyError.Side.source
  do {
    var done = try await originalSource.copyDirectly(to: originalSink, limit: limits.min())
    if done == nil {
      side = .sink
      done = try await originalSink.copyDirectly(from: originalSource, limit: limits.min())
    }
    guard let done else { return nil }
    var ledger = Ledger()
    ledger.took(done.delivered)
    ledger.deliver(done.delivered, by: .own)
    ledger.ownRoute = done.name
    let end: CopyReport.End = done.delivered == limits.min() ? .limitReached : .sourceEnded
    return ledger.report(end: end, elapsed: Linux.now - started, hasCPU: false)
  } catch let error as CopyError {
    throw error
  } catch {
    throw CopyError(
      side: side, cause: .custom(error),
      report: Ledger().report(end: .failed, elapsed: Linux.now - started, hasCPU: false), residue: Bytes([UInt8]()))
  }
}
