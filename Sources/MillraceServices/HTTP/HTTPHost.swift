import LinuxCalls
import Logging
import Millrace
import MillraceHTTP
import Reactors

/// The part of an HTTP server that lives on one reactor: between who lets clients in and who answers them. Confined to it.
final class HTTPHost: ConnectionHost {
  private let admission: Admission
  private let watch: HTTPWatch
  private let worker: HTTPWorker
  private let service: String
  private let rates: HTTPRates?

  init(
    _ handler: any HTTPHandler, on reactor: Reactor, at listeners: [Listener], _ admission: Admission,
    _ metrics: HTTPMetrics, _ logger: Logger, limits: HeadLimits, times: HTTPTimes, rates: HTTPRates?, service: String
  ) {
    self.service = service
    self.rates = rates
    self.admission = admission
    watch = HTTPWatch(admission, rates, metrics, logger, listeners.map { "\($0.address)" })
    worker = HTTPWorker(on: reactor, handler, watch, limits: limits, times: times)
  }

  func take(_ client: Connection, _ address: InternetAddress, listener: Int) {
    if let hash = address.hostHash, !admission.identify(hash) {
      admission.leave(nil)
      return refuse(client, address, listener: listener, .limit("max-connections-per-client"))
    }
    watch.began()
    worker.serve(client, address, tag: Int32(listener), limits: rates?.enter(address.hostHash) ?? [])
  }

  func refuse(_ client: Connection, _ address: InternetAddress, listener: Int, _ reason: EntryRefusal) {
    client.reset()
    watch.refused(address, listener, reason)
  }

  func transfers() async -> [TransferView] {
    let moving = await worker.reactor.task { self.worker.moving }.result
    guard case .success(let moving) = moving else { return [] }
    return moving.map { TransferView($0, service, reactor: worker.reactor.index) }
  }

  func pausedAccepting() { watch.metrics.pausedAccepting() }

  func drain() { worker.drain() }

  func abortAll() { worker.abortAll() }

  func finish() async { await worker.finish() }
}
