import LinuxCalls
import Reactors

/// Brings a copy onto its reactor, and its end back.
enum CopyRun {
  static func perform(
    _ source: SourceShape, _ sink: SinkShape, _ options: CopyOptions
  ) async throws(CopyError) -> CopyReport {
    if let reactor = Reactor.current { return try await runHere(source, sink, options, on: reactor) }
    let reactor = source.home ?? sink.home ?? Reactors.shared.next()
    return try await withTaskExecutorPreference(reactor) { () async throws(CopyError) -> CopyReport in
      try await runHopped(source, sink, options, on: reactor)
    }
  }

  @concurrent
  private static func runHopped(
    _ source: SourceShape, _ sink: SinkShape, _ options: CopyOptions, on reactor: Reactor
  ) async throws(CopyError) -> CopyReport {
    try await runHere(source, sink, options, on: reactor)
  }

  private static func runHere(
    _ source: SourceShape, _ sink: SinkShape, _ options: CopyOptions, on reactor: Reactor
  ) async throws(CopyError) -> CopyReport {
    let parker = reactor.leaseParker()
    let ticket = parker.ticket
    let transfer = Transfer(source, sink, options, on: reactor, parker: parker)
    let failure: CopyFailure? = await withTaskCancellationHandler {
      do throws(CopyFailure) {
        try await transfer.run()
        return nil
      } catch {
        return error
      }
    } onCancel: {
      ticket.interrupt(by: .cancelled)
    }
    defer { reactor.giveBack(parker) }
    return try transfer.conclude(failure)
  }
}

extension Transfer {
  /// Gives everything back and says what was done.
  fileprivate func conclude(_ failure: CopyFailure?) throws(CopyError) -> CopyReport {
    let residue = failure == nil ? [] : takeResidue()
    giveBackEverything()
    if let lastingRefusal { reactor.refusals[refusalKey(.pipedSplice)] = lastingRefusal }
    if spliceStayedOut {
      ledger.decline(
        .pipedSplice,
        "the flow stayed small: no \(FlowGauge.inARow) wake-ups in a row brought \(Amount.bytes(FlowGauge.bulk))")
    }
    for route in Route.allCases where ledger.bytes(by: route) > 0 {
      reactor.countDelivered(ledger.bytes(by: route), by: route.rawValue)
    }
    if options.measuresCPU { ledger.proportion.add(from: usageAtStart, to: .ofThisThread) }
    let end: CopyReport.End = failure != nil ? .failed : hitLimit ? .limitReached : .sourceEnded
    var report = ledger.report(end: end, elapsed: Linux.now - started, hasCPU: options.measuresCPU)
    report.tees = tees.map { $0.report(copied: ledger.delivered) }
    close()
    guard let failure else { return report }
    throw CopyError(side: failure.side, cause: failure.cause, report: report, residue: Bytes(residue))
  }

  private var spliceStayedOut: Bool {
    wasAdaptive && ledger.bytes(by: .pipedSplice) == 0 && ledger.bytes(by: .buffered) > 0 && !spliceIsOut
  }
}

extension SourceShape {
  /// The reactor its end lives on.
  var home: Reactor? {
    if case .stream(let descriptor) = end { descriptor.home?.reactor } else { nil }
  }
}

extension SinkShape {
  /// The reactor its end lives on.
  var home: Reactor? {
    if case .stream(let descriptor) = end { descriptor.home?.reactor } else { nil }
  }
}
