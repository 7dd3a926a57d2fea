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
    let residue = failure == nil ? [] : takeResidue()
    giveBackEverything()
    noteWhatStayedOut()
    for route in Route.allCases where ledger.bytes(by: route) > 0 {
      reactor.countDelivered(ledger.bytes(by: route), by: route.rawValue)
    }
    if measuresCPU { ledger.end(ThreadMeter(of: reactor)) }
    let end: CopyReport.End = failure != nil ? .failed : hitLimit ? .limitReached : .sourceEnded
    let report = ledger.report(
      end: end, elapsed: Linux.now - started, hasCPU: measuresCPU,
      tees: tees.map { $0.report(copied: ledger.delivered) })
    close()
    guard let failure else { return .success(report) }
    return .failure(
      CopyError(side: failure.side, cause: failure.cause, report: report, residue: Bytes(residue)))
  }

  private func noteWhatStayedOut() {
    if let lastingRefusal { reactor.refusals[refusalKey(.pipedSplice)] = lastingRefusal }
    guard isAdaptive, !spliceIsOut, ledger.bytes(by: .pipedSplice) == 0, ledger.bytes(by: .buffered) > 0 else {
      return
    }
    ledger.decline(
      .pipedSplice,
      "the flow stayed small: no \(FlowGauge.inARow) wake-ups in a row brought \(Amount.bytes(FlowGauge.bulk))")
  }
}
