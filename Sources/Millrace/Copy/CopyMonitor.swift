/// What a copy under way has done, for who looks on; on the thread of its reactor, which is the copy's too.
package final class CopyMonitor: @unchecked Sendable {
  /// Nil before the first bytes are delivered.
  @safe @exclusivity(unchecked) package private(set) var reading: CopyReading?

  package init() {}

  func note(_ reading: CopyReading) { self.reading = reading }
}

/// Where a copy stands.
package struct CopyReading: Sendable {
  package let delivered: Int
  /// Of the bytes delivered last.
  package let route: Route
  /// Better routes that were not taken.
  package let declined: [CopyReport.Declined]
  /// Nanoseconds since it began.
  package let elapsed: Int64
}

extension Transfer {
  /// Of one that no thread of the blocking pool has.
  var reading: CopyReading {
    CopyReading(
      delivered: ledger.delivered, route: ledger.lastRoute, declined: ledger.declined, elapsed: reactor.now - started)
  }
}

extension ExchangeRun {
  /// Of both directions, on the reactor's thread; nil of one that a thread of the blocking pool has at the moment.
  package var readings: (forth: CopyReading?, back: CopyReading?) { (forthReading, backReading) }
}
