import LinuxCalls
import Logging
import Millrace
import Reactors

/// The part of a relay that lives on one reactor: its listeners and its connections. Confined to that reactor.
final class RelayWorker: ConnectionHost, @unchecked Sendable {
  let reactor: Reactor
  let pool: UpstreamPool
  let options: CopyOptions
  let connectionOptions: ConnectionOptions
  let connectTimeout: Duration
  let halfClosedTimeout: Duration?
  let admission: Admission
  let mirror: Mirror?
  let mirrorPatience: Duration
  let metrics: RelayMetrics
  let acceptProxyFrom: [Network]
  let proxyTimeout: Duration
  let sendProxy: ProxyVersion
  private let logger: Logger
  private let askForNames: @Sendable () -> Void
  private let listeners: [Listener]
  private var sessions: [RelaySession] = []
  private var numbers: UInt64 = 0
  /// The mirror's connections; some outlast the sessions that they were made for.
  private var links: [ObjectIdentifier: MirrorLink] = [:]
  /// Those among them, the oldest first. They are no connection's any more, so they have a bound of their own.
  private var lingering: [MirrorLink] = []
  /// On each reactor; `DescriptorBudget` leaves room for them.
  static let mostLingering = 64

  init(
    _ configuration: RelayConfiguration, on reactor: Reactor, at listeners: [Listener], _ pool: UpstreamPool,
    _ admission: Admission, _ mirror: Mirror?, _ metrics: RelayMetrics, _ logger: Logger,
    askForNames: @escaping @Sendable () -> Void
  ) {
    self.reactor = reactor
    self.listeners = listeners
    self.pool = pool
    self.admission = admission
    self.mirror = mirror
    mirrorPatience = configuration.mirrorPatience ?? .zero
    self.metrics = metrics
    self.logger = logger
    self.askForNames = askForNames
    acceptProxyFrom = configuration.acceptProxyFrom
    proxyTimeout = configuration.proxyTimeout
    sendProxy = configuration.sendProxy
    connectTimeout = configuration.connectTimeout
    halfClosedTimeout = configuration.halfClosedTimeout
    options = CopyOptions(idleTimeout: configuration.idleTimeout, passesEnd: true, measuresCPU: false)
    connectionOptions = configuration.connectionOptions
  }

  // MARK: - Coming in

  func take(_ client: Connection, _ address: InternetAddress, listener: Int) {
    metrics.began()
    let session = RelaySession(client, address, listener: listener, self)
    session.place = sessions.count
    sessions.append(session)
    // Connecting is a handful of calls: others have their turn after a few clients, not after sixteen. In a storm of
    // connections an echo then takes 0.9 ms instead of 3.1; the storm takes 4 % longer.
    reactor.countShare(ofCalls: 4)
    session.start()
  }

  func refuse(_ client: Connection, _ address: InternetAddress, listener: Int, _ reason: EntryRefusal) {
    let session = RelaySession(client, address, listener: listener, self)
    let ending: RelayEnding =
      switch reason {
      case .limit(let setting): .limit(setting)
      case .ending: .drained
      }
    session.reset()
    metrics.refused(ending)
    logger.info("refused", metadata: session.refusal(ending).metadata)
  }

  func transfers() async -> [TransferView] {
    let views = await reactor.task { self.sessions.flatMap(\.transfers) }.result
    return (try? views.get()) ?? []
  }

  func pausedAccepting() { metrics.pausedAccepting() }

  func nextNumber() -> UInt64 {
    numbers += 1
    return numbers
  }

  // MARK: - Ending

  func listenerName(_ number: Int) -> String { "\(listeners[number].address)" }

  /// An upstream cannot be connected to: its name may stand for others by now.
  func noteUnreachable() { askForNames() }

  func ended(_ session: RelaySession, _ summary: RelaySummary, _ line: @autoclosure () -> RelayLogLine) {
    let last = sessions.removeLast()
    if last !== session {
      last.place = session.place
      sessions[session.place] = last
    }
    metrics.ended(summary)
    // Where nobody reads it, nobody writes it either.
    logger.info("relayed", metadata: line().metadata)
    admission.leave(session.countedAs)
  }

  /// A new connection to the mirror; nil where there is none, or it is left out.
  func mirrorLink() -> MirrorLink? {
    guard let mirror else { return nil }
    let link = mirror.begin(
      on: reactor, lingers: { [unowned self] in self.linger($0) }, over: { [unowned self] in self.forget($0) })
    if let link { links[ObjectIdentifier(link)] = link }
    return link
  }

  private func linger(_ link: MirrorLink) {
    if lingering.count >= Self.mostLingering { lingering[0].end() }
    lingering.append(link)
  }

  private func forget(_ link: MirrorLink) {
    links[ObjectIdentifier(link)] = nil
    lingering.removeAll { $0 === link }
  }

  /// Connections end by themselves.
  func drain() {}

  /// Ends what is left; from anywhere.
  func abortAll() {
    reactor.task { for session in self.sessions { session.abort() } }
  }

  /// Ends what outlasts the sessions; from anywhere, when they have ended.
  func finish() async {
    guard mirror != nil else { return }
    _ = await reactor.task { for link in self.links.values { link.end() } }.result
  }
}
