import LinuxCalls
import Logging
import Millrace
import Reactors

/// Accepts at the listeners of one reactor, and lets in who may come in. Confined to that reactor.
final class Acceptor: @unchecked Sendable {
  private let reactor: Reactor
  private let listeners: [Listener]
  private let admission: Admission
  private let whenFull: WhenFull
  private let host: any ConnectionHost
  private let logger: Logger
  private let gaveUp: @Sendable () -> Void

  init(
    on reactor: Reactor, at listeners: [Listener], _ admission: Admission, whenFull: WhenFull,
    for host: any ConnectionHost, _ logger: Logger, gaveUp: @escaping @Sendable () -> Void
  ) {
    self.reactor = reactor
    self.listeners = listeners
    self.admission = admission
    self.whenFull = whenFull
    self.host = host
    self.logger = logger
    self.gaveUp = gaveUp
  }

  /// Accepts until the listeners are closed, or nobody waits at those that are to end then; from any thread.
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
          host.pausedAccepting()
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
      await admit(client, address, number)
    }
  }

  /// One that cannot accept must not go on to be given connections.
  private func giveUp(_ listener: Listener, _ error: EndpointError) {
    logger.error("a listener was closed", metadata: ["listener": "\(listener.address)", "reason": "\(error)"])
    listener.close()
    gaveUp()
  }

  private func admit(_ client: Connection, _ address: InternetAddress, _ number: Int) async {
    while true {
      do throws(Admission.Refusal) {
        try admission.enter(at: Linux.now)
        break
      } catch {
        switch error {
        case .tooFast(let next) where whenFull == .wait:
          // A service is no task that is cancelled: it ends by closing the admission.
          try? await reactor.sleep(for: .nanoseconds(next - Linux.now))
        case .tooFast: return host.refuse(client, address, listener: number, .limit("max-accept-rate"))
        // Another reactor was faster. It is accepted and waits here, and no other is accepted meanwhile.
        case .full where whenFull == .wait: await admission.waitForRoom()
        case .full: return host.refuse(client, address, listener: number, .limit("max-connections"))
        case .closed: return host.refuse(client, address, listener: number, .ending)
        }
      }
    }
    host.take(client, address, listener: number)
  }
}
