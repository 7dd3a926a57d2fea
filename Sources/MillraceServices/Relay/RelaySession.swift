import LinuxCalls
import Millrace

/// One relayed connection, from its acceptance to its line in the log. Confined to its reactor.
///
/// There may be ten thousand of them doing nothing: what it keeps is what its line in the log needs.
final class RelaySession: @unchecked Sendable {
  private let worker: RelayWorker
  private let client: Connection
  private var clientAddress: InternetAddress
  private let listener: Int32
  private var tried: Int32 = 0
  private let started = Linux.now
  private var upstream: Upstream?
  private var connection: Connection?
  private var mirror: MirrorLink?
  /// What finds out who the client is and connects, for as long as that takes.
  var opening: Task<Void, any Error>?
  private let number: UInt64
  private var run: ExchangeRun?
  /// Its place among the worker's.
  var place = 0
  private var isAborted = false
  private var isCounted = false
  /// What goes to the upstream before the client's next bytes.
  private var head: [UInt8] = []

  init(_ client: Connection, _ address: InternetAddress, listener: Int, _ worker: RelayWorker) {
    self.client = client
    clientAddress = address
    self.listener = Int32(listener)
    self.worker = worker
    number = worker.nextNumber()
  }

  /// What the client is balanced by; nil where it has no address.
  private var clientHash: UInt64? { clientAddress.hostHash }
  /// What it was counted as.
  var countedAs: UInt64? { isCounted ? clientHash : nil }

  /// Goes as far as it gets without waiting, which is to an upstream on this machine. Where it waits for a header or for an
  /// upstream it does so in a task, which is gone when bytes begin to move.
  func start() {
    if worker.acceptProxyFrom.isEmpty {
      if let ending = identify(nil) { return conclude(ending, nil) }
      if let attempt = UpstreamAttempt(for: clientHash, besides: [], worker) {
        if attempt.isConnected {
          take(attempt)
          return exchange()
        }
        opening = worker.reactor.task { await self.open(after: attempt) }
        return
      }
    }
    opening = worker.reactor.task { await self.open(after: nil) }
  }

  /// Finds out who the client is, and finds an upstream.
  private func open(after attempt: UpstreamAttempt?) async {
    if !worker.acceptProxyFrom.isEmpty, let ending = await readHeader() { return conclude(ending, nil) }
    if let ending = await connect(attempt) { return conclude(isAborted ? .drained : ending, nil) }
    opening = nil
    exchange()
  }

  /// What a proxy says of the client. Answers why it is not wanted; nil if it is.
  private func readHeader() async -> RelayEnding? {
    guard let peer = client.remoteAddress, worker.acceptProxyFrom.contains(where: { $0.contains(peer) }) else {
      return identify(nil)
    }
    switch await ProxyHeader.read(from: client, timeout: worker.proxyTimeout) {
    case .success(let (header, rest)):
      head = rest
      if let source = header.ends?.source { clientAddress = InternetAddress(source.raw) }
      return identify(header.ends)
    case .failure(let failure): return isAborted ? .drained : .proxyHeader(failure.reason)
    }
  }

  /// Why it is not wanted; nil if it is.
  private func identify(_ named: ProxyHeader.Ends?) -> RelayEnding? {
    if let clientHash {
      guard worker.admission.identify(clientHash) else { return .limit("max-connections-per-client") }
      isCounted = true
    }
    if worker.sendProxy != .none {
      var ends = named
      if ends == nil, let source = clientAddress.address, let destination = client.localAddress {
        ends = ProxyHeader.Ends(source: source, destination: destination.unmapped)
      }
      head = ProxyHeader(ends: ends).bytes(worker.sendProxy) + head
    }
    return nil
  }

  private func exchange() {
    run = exchangeRun()
    run?.start(for: self)
  }

  /// What has moved so far, each way; nothing before an upstream has taken it.
  var transfers: [TransferView] {
    guard let run, let upstream else { return [] }
    let (forth, back) = run.readings
    let client = clientAddress.name
    let server = "\(upstream.address)"
    let nanoseconds = Linux.now - started
    func view(_ reading: CopyReading?, _ place: UInt64, _ from: String, _ to: String, _ direction: String)
      -> TransferView?
    {
      reading.map {
        TransferView(
          id: TransferView.identity(2 * number + place, worker.reactor.index), service: "relay", from: from, to: to,
          direction: direction, bytes: Int64($0.delivered), total: nil, nanoseconds: nanoseconds,
          $0.delivered > 0 ? $0.route : nil, $0.declined)
      }
    }
    return [view(forth, 0, client, server, "to upstream"), view(back, 1, server, client, "to client")].compactMap { $0 }
  }

  private func exchangeRun() -> ExchangeRun? {
    guard let connection else { return nil }
    mirror = worker.mirrorLink()
    guard !head.isEmpty || mirror != nil else {
      return ExchangeRun(client, connection, worker.options, worker.halfClosedTimeout, on: worker.reactor)
    }
    var source = client.prefixed(by: head)
    head = []
    if let mirror {
      source = source.teed(
        to: mirror.connection, whenStalled: .detach(after: worker.mirrorPatience), whenFailed: .detach)
    }
    let forth = CopyDirection(from: source, to: connection, options: worker.options)
    let run = ExchangeRun(
      forth, CopyDirection(from: connection, to: client, options: worker.options), worker.halfClosedTimeout,
      on: worker.reactor)
    mirror?.run = run
    return run
  }

  /// Tries one upstream after the other until one takes the connection, from `first` on, which was begun already; the client
  /// notices nothing. Where this process lacks what it takes, it waits for some, as accepting does, for as long as connecting
  /// may take. Answers why it failed.
  private func connect(_ first: UpstreamAttempt?) async -> RelayEnding? {
    var failed: [Upstream] = []
    var pause = Duration.milliseconds(10)
    let deadline = Linux.now + worker.connectTimeout.nanoseconds
    var next = first ?? UpstreamAttempt(for: clientHash, besides: [], worker)
    var isLacking = false
    defer { if isLacking { worker.admission.endLack() } }
    while let attempt = next {
      do throws(EndpointError) {
        try await attempt.finish(within: worker.connectTimeout)
        take(attempt)
        tried = Int32(failed.count)
        return isAborted ? .drained : nil
      } catch {
        attempt.upstream.end()
        if isAborted { return .drained }
        if error.isLocalShortage {
          guard Linux.now < deadline else { return .failed("\(error)") }
          if !isLacking { worker.admission.beginLack() }
          isLacking = true
          try? await worker.reactor.sleep(for: pause)
          pause = min(pause * 2, .seconds(1))
          if isAborted { return .drained }
        } else {
          worker.metrics.failedToConnect()
          worker.pool.noteFailure(of: attempt.upstream, error)
          worker.noteUnreachable()
          failed.append(attempt.upstream)
        }
      }
      next = UpstreamAttempt(for: clientHash, besides: failed, worker)
    }
    tried = Int32(failed.count)
    return .noUpstream
  }

  private func take(_ attempt: UpstreamAttempt) {
    worker.pool.noteSuccess(of: attempt.upstream)
    worker.metrics.connected(inNanoseconds: Linux.now - attempt.began)
    upstream = attempt.upstream
    connection = attempt.connection
  }

  /// Ends it now, with a reset to both sides, unless they have everything.
  func abort() {
    if let mirror, mirror.run?.hasOnlyTailLeft == true { return mirror.connection.reset() }
    isAborted = true
    opening?.cancel()
    client.reset()
    connection?.reset()
  }

  /// Ends it before it began.
  func reset() { client.reset() }

  private func conclude(_ ending: RelayEnding, _ report: ExchangeReport?) {
    // Whoever reads on after a failure must not take what it got for all there was.
    if ending.isClean {
      client.close()
      connection?.close()
    } else {
      client.reset()
      connection?.reset()
    }
    upstream?.end()
    let summary = summary(ending, report)
    worker.ended(self, summary, line(summary))
  }

  private func summary(_ ending: RelayEnding, _ report: ExchangeReport?) -> RelaySummary {
    RelaySummary(
      ending: ending, nanoseconds: Linux.now - started, sent: report?.forth.report, received: report?.back.report,
      mirror: mirrorOutcome(report, isClean: ending.isClean))
  }

  /// Ends the mirror's part in it.
  private func mirrorOutcome(_ report: ExchangeReport?, isClean: Bool) -> MirrorOutcome? {
    guard let shared = worker.mirror, let report else { return nil }
    guard let mirror else { return .skipped }
    guard let tee = report.forth.report.tees.first else {
      // It ended before it began, and the mirror has nothing of it.
      mirror.finish(.skipped, isClean: false)
      return .skipped
    }
    let outcome = mirror.outcome(tee)
    mirror.finish(outcome, isClean: isClean)
    shared.note(outcome, of: mirror)
    return outcome
  }

  /// What the log says when it was not let in.
  func refusal(_ ending: RelayEnding) -> RelayLogLine {
    line(RelaySummary(ending: ending, nanoseconds: Linux.now - started))
  }

  private func line(_ summary: RelaySummary) -> RelayLogLine {
    RelayLogLine(
      client: clientAddress.name, listener: worker.listenerName(Int(listener)),
      upstream: upstream.map { "\($0.address)" }, tried: Int(tried), summary: summary)
  }
}

extension RelaySession: ExchangeOwner {
  func exchangeEnded(_ run: ExchangeRun) {
    let report = run.outcome()
    self.run = nil
    conclude(RelayEnding(report, isAborted: isAborted), report)
  }
}

extension Result where Success == CopyReport, Failure == CopyError {
  /// What was done, well or not.
  fileprivate var report: CopyReport {
    switch self {
    case .success(let report): report
    case .failure(let error): error.report
    }
  }
}
