import LinuxCalls
import Logging
import Millrace
import Reactors

/// The part of a relay that lives on one reactor: its listeners and its connections. Confined to that reactor.
final class RelayWorker: @unchecked Sendable {
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
  private let whenFull: RelayConfiguration.WhenFull
  private let logger: Logger
  private let askForNames: @Sendable () -> Void
  private let gaveUp: @Sendable () -> Void
  private var listeners: [Listener] = []
  private var sessions: [RelaySession] = []
  /// The mirror's connections; some outlast the sessions that they were made for.
  private var links: [ObjectIdentifier: MirrorLink] = [:]
  /// Those among them, the oldest first. They are no connection's any more, so they have a bound of their own.
  private var lingering: [MirrorLink] = []
  /// On each reactor; `DescriptorBudget` leaves room for them.
  static let mostLingering = 64

  init(
    _ configuration: RelayConfiguration, on reactor: Reactor, _ pool: UpstreamPool, _ admission: Admission,
    _ mirror: Mirror?, _ metrics: RelayMetrics, _ logger: Logger, askForNames: @escaping @Sendable () -> Void,
    gaveUp: @escaping @Sendable () -> Void
  ) {
    self.reactor = reactor
    self.pool = pool
    self.admission = admission
    self.mirror = mirror
    mirrorPatience = configuration.mirrorPatience ?? .zero
    self.metrics = metrics
    self.logger = logger
    self.askForNames = askForNames
    self.gaveUp = gaveUp
    acceptProxyFrom = configuration.acceptProxyFrom
    proxyTimeout = configuration.proxyTimeout
    sendProxy = configuration.sendProxy
    whenFull = configuration.whenFull
    connectTimeout = configuration.connectTimeout
    halfClosedTimeout = configuration.halfClosedTimeout
    options = CopyOptions(idleTimeout: configuration.idleTimeout, passesEnd: true, measuresCPU: false)
    connectionOptions = RelayWorker.connectionOptions(configuration)
  }

  static func connectionOptions(_ configuration: RelayConfiguration) -> ConnectionOptions {
    var options = ConnectionOptions()
    options.keepAliveIdle = configuration.keepAlive
    return options
  }

  // MARK: - Accepting

  /// From any thread, before anything else.
  func listen(at listeners: [Listener]) { self.listeners = listeners }

  /// Accepts until the listeners are closed, or nobody waits at those that are to end then.
  func start() {
    for (number, listener) in listeners.enumerated() {
      admission.beginAccepting()
      reactor.task {
        await self.accept(on: listener, number)
        self.admission.endAccepting()
      }
    }
  }

  private func accept(on listener: Listener, _ number: Int) async {
    while true {
      if whenFull == .wait { await admission.waitForRoom() }
      await admission.waitForDescriptors()
      let client: Connection
      var address = InternetAddress()
      var isShort = false
      do throws(EndpointError) {
        client = try await listener.accept(from: &address) { errno in
          metrics.pausedAccepting()
          // Once for each time that it begins.
          if !isShort {
            logger.warning("accepting pauses", metadata: ["listener": "\(listener.address)", "reason": "\(errno)"])
          }
          isShort = true
        }
      } catch {
        // What can be waited out or skipped the listener has.
        if !listener.isClosed { giveUp(listener, error) }
        return
      }
      if isShort { logger.info("accepting goes on", metadata: ["listener": "\(listener.address)"]) }
      await admit(RelaySession(client, address, listener: number, self))
    }
  }

  /// One that cannot accept must not go on to be given connections.
  private func giveUp(_ listener: Listener, _ error: EndpointError) {
    logger.error("a listener was closed", metadata: ["listener": "\(listener.address)", "reason": "\(error)"])
    listener.close()
    gaveUp()
  }

  private func admit(_ session: RelaySession) async {
    while true {
      do throws(Admission.Refusal) {
        try admission.enter(at: Linux.now)
        break
      } catch {
        switch error {
        case .tooFast(let next) where whenFull == .wait:
          // The relay is no task that is cancelled: it ends by closing the admission.
          try? await reactor.sleep(for: .nanoseconds(next - Linux.now))
        case .tooFast: return refuse(session, .limit("max-accept-rate"))
        // Another reactor was faster. It is accepted and waits here, and no other is accepted meanwhile.
        case .full where whenFull == .wait: await admission.waitForRoom()
        case .full: return refuse(session, .limit("max-connections"))
        case .closed: return refuse(session, .drained)
        }
      }
    }
    metrics.began()
    session.place = sessions.count
    sessions.append(session)
    // Connecting is a handful of calls: others have their turn after a few clients, not after sixteen. In a storm of
    // connections an echo then takes 0.9 ms instead of 3.1; the storm takes 4 % longer.
    reactor.countShare(ofCalls: 4)
    session.start()
  }

  private func refuse(_ session: RelaySession, _ ending: RelayEnding) {
    session.reset()
    metrics.refused(ending)
    logger.info("refused", metadata: session.refusal(ending).metadata)
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

  /// Ends what is left; from anywhere.
  func abortAll() {
    reactor.task { for session in self.sessions { session.abort() } }
  }

  /// Ends what outlasts the sessions; from anywhere, when they have ended.
  func endLinks() async {
    _ = await reactor.task { for link in self.links.values { link.end() } }.result
  }
}
