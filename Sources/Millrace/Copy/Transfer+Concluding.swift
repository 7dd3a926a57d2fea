import LinuxCalls
import Reactors

extension Transfer {
  /// Runs the copy to its end; on its reactor.
  func run() async {
    let ticket = parker.ticket
    await withTaskCancellationHandler {
      await drive()
    } onCancel: {
      ticket.interrupt(by: .cancelled)
    }
  }

  func note(_ declined: CopyReport.Declined?) {
    if let declined { ledger.decline(declined.route, declined.reason) }
  }

  /// Gives everything back and says what was done.
  @inline(never)
  func conclude() -> Result<CopyReport, CopyError> {
    defer {
      otherDirection = nil
      reactor.giveBack(parker)
    }
    reactor.countShare(ofBytes: ledger.delivered)
    let residue = failure == nil ? [] : takeResidue()
    giveBackEverything()
    endThrottling()
    if let peers {
      peers.sourcePace?.endWait(at: Linux.now)
      peers.sinkPace?.endWait(at: Linux.now)
    }
    noteWhatStayedOut()
    countDelivered()
    if measuresCPU { ledger.end(ThreadMeter(of: reactor)) }
    let end: CopyReport.End = failure != nil ? .failed : hitLimit ? .limitReached : .sourceEnded
    let report = ledger.report(
      end: end, elapsed: Linux.now - started, hasCPU: measuresCPU,
      tees: tees.map { $0.report(copied: ledger.delivered) })
    close()
    for observer in observers {
      observer.settled?(max(0, ledger.delivered + residue.count - observer.skip), failure?.side == .source)
    }
    guard let failure else { return .success(report) }
    return .failure(
      CopyError(side: failure.side, cause: failure.cause, report: report, residue: Bytes(residue)))
  }

  /// A copy that goes on for long is seen in the metrics while it does, this many bytes at a time.
  private static let countedAtOnce = 1 << 20

  func countDeliveredIfMuch() {
    guard ledger.delivered >= Self.countedAtOnce, ledger.delivered - counted.reduce(0, +) >= Self.countedAtOnce else {
      return
    }
    countDelivered()
    counted = Route.allCases.map { ledger.bytes(by: $0) }
  }

  private func countDelivered() {
    for (place, route) in Route.allCases.enumerated() {
      let more = ledger.bytes(by: route) - (counted.isEmpty ? 0 : counted[place])
      if more > 0 { reactor.countDelivered(more, by: route.rawValue) }
    }
  }

  private func noteWhatStayedOut() {
    if let lastingRefusal { reactor.refusals[refusalKey(.pipedSplice)] = lastingRefusal }
    guard isAdaptive, !spliceIsOut, ledger.bytes(by: .pipedSplice) == 0, ledger.bytes(by: .buffered) > 0 else {
      return
    }
    ledger.decline(.pipedSplice, Self.stayedSmall)
  }

  // Made once: it is the reason of every connection with small messages.
  private static let stayedSmall =
    "the flow stayed small: no \(FlowGauge.inARow) wake-ups in a row brought \(Amount.bytes(FlowGauge.bulk))"
}
