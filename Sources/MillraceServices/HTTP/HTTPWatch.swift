import LinuxCalls
import Logging
import Millrace
import MillraceHTTP

/// Writes the log of an HTTP server and counts for its metrics, on one reactor.
final class HTTPWatch: HTTPObserver {
  let metrics: HTTPMetrics
  private let admission: Admission
  private let rates: HTTPRates?
  private let logger: Logger
  private let listeners: [String]

  init(_ admission: Admission, _ rates: HTTPRates?, _ metrics: HTTPMetrics, _ logger: Logger, _ listeners: [String]) {
    self.admission = admission
    self.rates = rates
    self.metrics = metrics
    self.logger = logger
    self.listeners = listeners
  }

  func began() { metrics.began() }

  func refused(_ address: InternetAddress, _ listener: Int, _ reason: EntryRefusal) {
    metrics.refused()
    let why =
      switch reason {
      case .limit(let setting): "limit: \(setting)"
      case .ending: "drained"
      }
    logger.info(
      "refused", metadata: ["client": "\(address.name)", "listener": "\(listeners[listener])", "ended": "\(why)"])
  }

  func exchanged(
    _ record: borrowing ExchangeRecord, _ head: borrowing HeadIndex, _ bytes: Span<UInt8>,
    on connection: HTTPConnection
  ) {
    metrics.exchanged(record)
    // Where nobody reads it, nobody writes it either.
    guard logger.logLevel <= .info else { return }
    logger.info(
      "served",
      metadata: HTTPLogLine.metadata(
        record, head, bytes, client: connection.address.name, listener: listeners[Int(connection.tag)]))
  }

  func ended(_ connection: HTTPConnection) {
    metrics.ended()
    let client = connection.address.hostHash
    rates?.leave(client)
    admission.leave(client)
  }
}
