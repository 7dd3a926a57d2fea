import LinuxCalls
import Reactors
import SystemPackage

extension Transfer {
  /// Everything is delivered: passes the end of the source on, if that is wanted.
  func passEnd() throws(CopyFailure) -> Suspension? {
    stage = .ended
    guard passesEnd else { return nil }
    passEndToTees()
    if writer != nil {
      stage = .passingEnd
      return .writerEnd
    }
    guard let sink, !endIsPassed else { return nil }
    if sink.kind.isStreamSocket {
      try shutDown(sink)
    } else if sink.kind == .pipe, sink.descriptor.ownership == .owned {
      // Closed when this copy's use of it ends.
      sink.descriptor.close()
    }
    return nil
  }

  /// The first sink has everything. Second sinks that must hold up nobody do not hold up the end of the stream either; where
  /// the copy waits for one, or fails with it, the end says that it has not.
  func passEndBeforeTees() throws(CopyFailure) {
    guard passesEnd, writer == nil, let sink, sink.kind.isStreamSocket,
      tees.allSatisfy({ $0.tee.whenStalled != .wait && $0.tee.whenFailed == .detach })
    else { return }
    try shutDown(sink)
    endIsPassed = true
  }

  private func shutDown(_ sink: KernelEnd) throws(CopyFailure) {
    do throws(Errno) { try Linux.shutdown(sink.number, .write) } catch {
      throw CopyFailure(.sink, .call(SystemCall.shutdown.name, error))
    }
  }

  var hitLimit: Bool { ledger.consumed >= limit }

  // MARK: - Accounts

  /// Counts bytes as taken from the source.
  func took(_ count: Int) {
    ledger.took(count)
    remaining -= count
    owed -= min(count, owed)
  }

  /// Shows bytes that were delivered to those who asked to see them, from the first that concerns them.
  func show(_ slice: ArraySlice<UInt8>) {
    guard !hashers.isEmpty || !tees.isEmpty else { return }
    unsafe showBytes(slice.span.bytes)
  }

  func showBytes(_ bytes: RawSpan) {
    for request in hashers {
      let skip = max(0, request.skip - ledger.delivered)
      if skip < bytes.byteCount { request.hasher.update(bytes.extracting(droppingFirst: skip)) }
    }
    for tee in tees { tee.keep(bytes, from: ledger.delivered) }
  }
}
