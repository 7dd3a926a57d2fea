import LinuxCalls
import Millrace
import Synchronization

/// Who may come in: how many connections there are, in all and of each client. Shared by all reactors.
final class Admission: Sendable {
  private struct Present {
    var all = 0
    var byClient: [UInt64: Int] = [:]
    var rate: AcceptRate?
    /// Those that wait for room: each reactor has at most one acceptor for each listener.
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Connections that were let in and lack a descriptor to go on.
    var lacking = 0
    var awaitDescriptors: [CheckedContinuation<Void, Never>] = []
    /// Those that accept: each may have a connection in its hands that has not entered yet.
    var acceptors = 0
    var isClosed = false
    var awaitEmpty: [CheckedContinuation<Void, Never>] = []

    var isEmpty: Bool { all == 0 && acceptors == 0 }

    mutating func takeAwaitEmpty() -> [CheckedContinuation<Void, Never>] {
      guard isEmpty else { return [] }
      defer { awaitEmpty = [] }
      return awaitEmpty
    }
  }

  private let present: Guarded<Present>
  let most: Int
  let mostPerClient: Int?

  init(most: Int, mostPerClient: Int?, rate: AcceptRate? = nil) {
    present = Guarded(Present(rate: rate))
    self.most = most
    self.mostPerClient = mostPerClient
  }

  /// Why a connection does not come in.
  enum Refusal: Error {
    case full, closed
    /// There were too many in the last moment; the next one may come then, in the nanoseconds of `Linux.now`.
    case tooFast(until: Int64)
  }

  var count: Int { present.withLock { $0.all } }

  func enter(at now: Int64) throws(Refusal) {
    let refusal: Refusal? = present.withLock { present in
      if present.isClosed { return .closed }
      if present.all >= most { return .full }
      if let next = present.rate?.admit(at: now) { return .tooFast(until: next) }
      present.all += 1
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Says who it is that has entered: a client is named by the hash of its address. False when there are too many of it;
  /// then it is not counted.
  func identify(_ client: UInt64) -> Bool {
    guard let mostPerClient else { return true }
    return present.withLock { present in
      let count = present.byClient[client, default: 0]
      if count >= mostPerClient { return false }
      present.byClient[client] = count + 1
      return true
    }
  }

  /// - Parameter client: nil for one that was not identified.
  func leave(_ client: UInt64?) {
    let (waiting, awaitEmpty) = present.withLock { present in
      present.all -= 1
      if let client, mostPerClient != nil, let count = present.byClient[client] {
        present.byClient[client] = count > 1 ? count - 1 : nil
      }
      // All of them, for one may only wait for its next client: there are as many as acceptors.
      let waiting = present.waiting
      present.waiting = []
      return (waiting, present.takeAwaitEmpty())
    }
    for continuation in waiting + awaitEmpty { continuation.resume() }
  }

  func beginAccepting() { present.withLock { $0.acceptors += 1 } }

  func endAccepting() {
    let awaitEmpty = present.withLock { present in
      present.acceptors -= 1
      return present.takeAwaitEmpty()
    }
    for continuation in awaitEmpty { continuation.resume() }
  }

  /// Suspends while there is no room, until `close()`.
  func waitForRoom() async {
    // The usual case makes no continuation.
    if present.withLock({ $0.all < most || $0.isClosed }) { return }
    await withCheckedContinuation { continuation in
      let mustWait = present.withLock { present in
        guard present.all >= most, !present.isClosed else { return false }
        present.waiting.append(continuation)
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }

  // MARK: - A lack of descriptors

  /// A connection that was let in lacks a descriptor: the next one that comes free is for it, and not for yet another client.
  func beginLack() { present.withLock { $0.lacking += 1 } }

  func endLack() {
    let waiting = present.withLock { present -> [CheckedContinuation<Void, Never>] in
      present.lacking -= 1
      guard present.lacking == 0 else { return [] }
      defer { present.awaitDescriptors = [] }
      return present.awaitDescriptors
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Suspends while somebody lacks a descriptor, until `close()`.
  func waitForDescriptors() async {
    if present.withLock({ $0.lacking == 0 || $0.isClosed }) { return }
    await withCheckedContinuation { continuation in
      let mustWait = present.withLock { present in
        guard present.lacking > 0, !present.isClosed else { return false }
        present.awaitDescriptors.append(continuation)
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }

  /// Nobody comes in any more, or waits to.
  func close() {
    let waiting = present.withLock { present in
      present.isClosed = true
      defer { (present.waiting, present.awaitDescriptors) = ([], []) }
      return present.waiting + present.awaitDescriptors
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Suspends until nobody accepts any more and everybody has left.
  func waitUntilEmpty() async {
    await withCheckedContinuation { continuation in
      let mustWait = present.withLock { present in
        guard !present.isEmpty else { return false }
        present.awaitEmpty.append(continuation)
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }
}
