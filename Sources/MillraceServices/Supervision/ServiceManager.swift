import LinuxCalls
import Millrace
import Synchronization

/// The service manager that started this process and wants to know how it does: systemd, for a unit of `Type=notify`.
/// sd_notify(3)
///
/// Telling it never blocks and never fails. Where its queue is full, messages wait for a while, in their order.
public final class ServiceManager: Sendable {
  /// How often it wants a sign of life: half of what it waits for one. Nil where it does not want any.
  let signOfLife: Duration?
  private let address: Address
  private let line = Guarded(Line())

  /// What could not be sent yet, and what comes after it.
  private struct Line: Sendable {
    enum Speaker: Sendable { case thisProcess, successor }
    var waiting: [ServiceMessage] = []
    var speaker = Speaker.thisProcess
  }

  /// Messages that may wait; the oldest is dropped then.
  private static let most = 16
  private static let pause = Duration.milliseconds(20)

  init(at address: Address, signOfLife: Duration?) {
    self.address = address
    self.signOfLife = signOfLife
  }

  /// The one that `NOTIFY_SOCKET` names, a path or an abstract name with "@" before it; nil where there is none. A watchdog
  /// (`WATCHDOG_USEC`) counts where it is for this process (`WATCHDOG_PID`), or for whichever it is.
  public static func fromEnvironment(_ environment: [String: String]) -> ServiceManager? {
    guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@"),
      let address = Address(path: name)
    else { return nil }
    return ServiceManager(at: address, signOfLife: signOfLife(environment, process: Linux.process))
  }

  static func signOfLife(_ environment: [String: String], process: Int32) -> Duration? {
    guard let text = environment["WATCHDOG_USEC"], let limit = Int64(text), limit > 1 else { return nil }
    if let named = environment["WATCHDOG_PID"], named != "\(process)" { return nil }
    return .microseconds(limit / 2)
  }

  /// The service listens at these addresses.
  func ready(_ activity: String, at addresses: [Address], isSuccessor: Bool) {
    let status = "\(activity) at " + addresses.map { "\($0)" }.joined(separator: ", ")
    tell(.ready(status: status, process: isSuccessor ? Linux.process : nil))
  }

  /// The configuration is being read again.
  public func reloading() { tell(.reloading(nanoseconds: Linux.now)) }
  /// It has been read again, or stays as it was.
  public func reloaded() { tell(.reloaded) }

  /// The service lets its connections end.
  func draining(connections: Int) {
    tell(.stopping(status: "draining \(connections) connection\(connections == 1 ? "" : "s")"))
  }

  func isAlive() { tell(.alive) }

  /// Another process is the service: it alone speaks from now on.
  ///
  /// The manager believes this of the one that was it before (NotifyAccess=main), and not of the other.
  package func handOn(to process: Int32) {
    tell(.mainProcess(process))
    line.withLock { $0.speaker = .successor }
  }

  func tell(_ message: ServiceMessage) {
    let mustRetry = line.withLock { line in
      guard case .thisProcess = line.speaker else { return false }
      let isRetrying = !line.waiting.isEmpty
      // A sign of life is worth nothing later: the next one comes in time.
      if isRetrying, message == .alive { return false }
      line.waiting = isRetrying ? (line.waiting + [message]).suffix(Self.most) : send([message])
      return !isRetrying && !line.waiting.isEmpty
    }
    if mustRetry { retry() }
  }

  private func retry() {
    Task {
      repeat { try? await Task.sleep(for: Self.pause) } while !sendWaiting()
    }
  }

  /// True when nothing waits any more.
  private func sendWaiting() -> Bool {
    line.withLock { line in
      line.waiting = send(line.waiting)
      return line.waiting.isEmpty
    }
  }

  /// Suspends until everything was said, for two seconds at most: what waits is lost with the process.
  func settle() async {
    let end = ContinuousClock.now + .seconds(2)
    while !line.withLock({ $0.waiting.isEmpty }), .now < end, !Task.isCancelled {
      try? await Task.sleep(for: Self.pause)
    }
  }

  /// Answers what there was no room for. A manager that is not there is told nothing.
  private func send(_ messages: [ServiceMessage]) -> [ServiceMessage] {
    for (place, message) in messages.enumerated() {
      do throws(Errno) {
        try Linux.sendDatagram(Array(message.text.utf8), to: address.raw)
      } catch {
        if error == .wouldBlock || error == .resourceTemporarilyUnavailable {
          return Array(messages[place...].suffix(Self.most))
        }
      }
    }
    return []
  }
}
