import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// A mirror's connection beside one client's. Confined to its reactor.
final class MirrorLink: @unchecked Sendable {
  let connection: Connection
  let upstream: Upstream
  private let reactor: Reactor
  /// Told when it begins to linger, and when it is over.
  private let lingers: (MirrorLink) -> Void
  private let over: (MirrorLink) -> Void
  private lazy var timer = TimerEntry(self)
  private var state = State.writing
  /// A socket tells once why it failed: to whoever asks first, which may be the one who reads.
  private var failure: Errno?
  /// The mirror has said its last word, or failed.
  private var hasEnded = false
  /// What it gets its bytes from, for as long as there are any.
  var run: ExchangeRun?

  private enum State {
    /// The client's bytes are still coming.
    case writing
    /// It has all of them and their end; it may still have something to say, which keeps the connection for a while: closed
    /// with bytes unread it would be reset, and the mirror lose what it has not read yet. tcp(7)
    case lingering
    case over
  }

  /// How long a mirror may take to end when it has got everything.
  private static let linger: Int64 = 5_000_000_000

  init(
    _ connection: Connection, _ upstream: Upstream, on reactor: Reactor, lingers: @escaping (MirrorLink) -> Void,
    over: @escaping (MirrorLink) -> Void
  ) {
    self.lingers = lingers
    self.over = over
    self.connection = connection
    self.upstream = upstream
    self.reactor = reactor
    upstream.begin()
    reactor.task { await self.discard() }
  }

  /// Reads what it answers, so that it is not held up, and forgets it.
  private func discard() async {
    do throws(EndpointError) {
      while !(try await connection.read(upTo: 16384)).isEmpty {}
    } catch {
      failure = error.errno
    }
    hasEnded = true
    if state == .lingering { end() }
  }

  /// What became of it; the reason is the one that the mirror gave, where it gave one.
  func outcome(_ tee: CopyReport.TeeReport) -> MirrorOutcome {
    var outcome = MirrorOutcome(tee)
    guard let failure else { return outcome }
    // With nothing to send, nothing was refused.
    if outcome.delivered == 0 { outcome.kind = .detached }
    if outcome.kind == .detached { outcome.reason = "\(failure)" }
    return outcome
  }

  /// The client's bytes have come to their end, or the mirror was let go.
  func finish(_ outcome: MirrorOutcome, isClean: Bool) {
    guard state == .writing else { return }
    run = nil
    guard outcome.kind == .whole, isClean else {
      // It must not take a part for the whole.
      connection.reset()
      return end()
    }
    guard !hasEnded else { return end() }
    state = .lingering
    lingers(self)
    reactor.setTimer(timer, to: reactor.now + Self.linger)
  }

  /// Ends it now, whatever it still has to say.
  func end() {
    guard state != .over else { return }
    state = .over
    over(self)
    reactor.cancelTimer(timer)
    connection.close()
    upstream.end()
  }
}

extension MirrorLink: TimerTarget {
  func timerFired(at now: Int64) -> Int64? {
    end()
    return nil
  }
}
