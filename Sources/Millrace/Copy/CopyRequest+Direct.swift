import LinuxCalls

extension CopyRequest {
  /// What came of asking for a way of someone's own.
  enum Directly {
    case done(Result<CopyReport, CopyError>)
    case declined(String)
  }

  /// Whether one end may have a way of its own.
  var mayGoDirectly: Bool { originalSource is any DirectByteSource || originalSink is any DirectByteSink }

  /// Asks the source and then the sink for a way of their own, unless someone looks on who would not see the bytes.
  func goDirectly() async -> Directly {
    if let reasonAgainstOwnRoute { return .declined(reasonAgainstOwnRoute) }
    let started = Linux.now
    if let source = originalSource as? any DirectByteSource {
      let done: DirectCopy?
      do { done = try await source.copyDirectly(to: originalSink, limit: limit) } catch {
        return .done(.failure(failure(.source, error, started)))
      }
      if let done { return .done(.success(report(done, started))) }
    }
    if let sink = originalSink as? any DirectByteSink {
      let done: DirectCopy?
      do { done = try await sink.copyDirectly(from: originalSource, limit: limit) } catch {
        return .done(.failure(failure(.sink, error, started)))
      }
      if let done { return .done(.success(report(done, started))) }
    }
    return .declined("the type that brings it has none for this other end")
  }

  private var limit: Int? { [options.limit, sourceShape.limit].compactMap { $0 }.min() }

  private var reasonAgainstOwnRoute: String? {
    switch options.routes {
    case .automatic, .only(.own): break
    case .only: return "another route was asked for"
    case .without(let excluded): if excluded.contains(.own) { return "excluded by the caller" }
    }
    if !sourceShape.modifiers.isEmpty || !sinkShape.modifiers.isEmpty || options.progress != nil {
      return "a wrapper wants to see or to pace the bytes"
    }
    if sourceShape.head != originalSource.sourceShape.head { return "a prefix goes before it" }
    if options.deadline != nil || options.idleTimeout != nil { return "it knows no deadline" }
    return options.passesEnd ? "it does not pass the end on" : nil
  }

  private func report(_ done: DirectCopy, _ started: Int64) -> CopyReport {
    var ledger = Ledger()
    ledger.took(done.delivered)
    ledger.deliver(done.delivered, by: .own)
    let end: CopyReport.End = done.delivered == limit ? .limitReached : .sourceEnded
    return ledger.report(end: end, elapsed: Linux.now - started, hasCPU: false, ownRoute: done.name)
  }

  private func failure(_ side: CopyError.Side, _ error: any Error, _ started: Int64) -> CopyError {
    // A copy inside the fast path has kept its own account.
    if let inner = error as? CopyError { return inner }
    let report = Ledger().report(end: .failed, elapsed: Linux.now - started, hasCPU: false)
    return CopyError(side: side, cause: .custom(error), report: report, residue: Bytes([UInt8]()))
  }
}
