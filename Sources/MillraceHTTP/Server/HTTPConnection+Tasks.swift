import LinuxCalls
import Millrace
import Reactors
import SystemPackage

// What takes longer than a step: a task has the connection, and hands it back.
extension HTTPConnection {
  /// Sends what is in the output. False when a task has to wait for room, or the client is gone.
  func flush(_ lease: inout BufferLease) -> Bool {
    guard !worker.output.isEmpty else { return true }
    do throws(Errno) {
      let sent = try worker.output.withBytes { (bytes) throws(Errno) in try connection.sendNow(bytes) }
      if sent == worker.output.count {
        worker.output.clear()
        return true
      }
      let closes = worker.output.persistence == .closes
      let rest = Array(worker.output.take()[sent...])
      keep(&lease)
      begin { await $0.sendRest(rest, thenClosing: closes) }
    } catch {
      worker.output.clear()
      end(inOrder: false)
    }
    return false
  }

  /// A task goes on with the request whose head was read.
  func handOver(
    _ lease: inout BufferLease, _ length: Int, _ started: Int64, _ answer: ReadyAnswer? = nil, sentOfHead: Int = 0,
    sentOfFile: Int = 0
  ) {
    let head = lease.withBytes { RequestHead($0, length: length, worker.index) }
    lease.removeFirst(length)
    let ahead = lease.takeAll()
    let output = Array(worker.output.take()[sentOfHead...])
    let persistence = worker.output.persistence
    let exchange = Exchange(self, head, ahead: ahead, persistence, started)
    self.exchange = exchange
    begin { connection in
      if let answer {
        await exchange.finish(answer, output, sentOfFile: sentOfFile)
      } else {
        // Answers to earlier requests go first.
        await exchange.run(after: output)
      }
      connection.takeBack(exchange)
    }
  }

  func begin(_ work: @escaping @Sendable (HTTPConnection) async -> Void) {
    state = .exchanging
    deadline = .max
    task = worker.reactor.task { await work(self) }
  }

  /// What is left of answers that are complete.
  func sendRest(_ rest: [UInt8], thenClosing closes: Bool) async {
    do {
      let client = WrappedSink(connection, sinkShape(worker.times.pace(isTaking: true), isBody: false))
      try await copy(from: Bytes(rest), to: client, options: CopyOptions(measuresCPU: false))
      resume(closing: closes)
    } catch {
      end(inOrder: false)
    }
  }

  /// The client, who has to take what it is sent, by the rates of its connection where that is a body.
  func sinkShape(_ pace: MinimumPace?, isBody: Bool) -> SinkShape {
    var shape = connection.sinkShape.bounded(idle: worker.times.idle.inNanoseconds, pace: pace)
    if isBody { for limit in limits { shape = shape.throttled(by: limit) } }
    return shape
  }

  // MARK: - After an exchange

  /// The task is done with it.
  func takeBack(_ exchange: Exchange) {
    self.exchange = nil
    guard case .exchanging = state else { return }
    switch exchange.verdict {
    case .keep(let ahead):
      partial = ahead
      searched = 0
      resume(closing: worker.isDraining)
    case .linger: lingerTask()
    case .close: endAfterAnswer(false)
    case .breakOff: end(inOrder: false)
    }
  }

  func resume(closing: Bool) {
    guard case .exchanging = state else { return }
    if closing { return endAfterAnswer(!partial.isEmpty) }
    state = .reading
    task = nil
    isInHead = !partial.isEmpty
    limit(to: (isInHead ? worker.times.head : worker.times.keepAlive)?.inNanoseconds ?? .max)
    wake()
  }

  /// - Parameter hasMore: the client has sent more than was read, and a close would be a reset that eats the answer.
  func endAfterAnswer(_ hasMore: Bool) {
    if hasMore || hasUnread { lingerTask() } else { end(inOrder: true) }
  }

  /// Whether something has come while the answer was sent. What it is nobody wants to know any more.
  var hasUnread: Bool {
    var lease = worker.reactor.buffers.lease()
    let count = try? connection.receiveNow(into: &lease)
    worker.reactor.buffers.giveBack(lease)
    return (count ?? 0) > 0
  }

  func lingerTask() {
    begin { await $0.linger() }
  }

  /// RFC 9112 §9.6: says that this side is done, and reads on for a while, so that no reset overtakes the answer.
  func linger() async {
    try? connection.finishWriting()
    let (sum, isTooFar) = Linux.now.addingReportingOverflow(worker.times.linger.inNanoseconds)
    let until = isTooFar ? .max : sum
    var left = Self.mostLingered
    while left > 0 {
      let rest = until - Linux.now
      guard rest > 0,
        let bytes = try? await connection.read(upTo: 16384, timeout: .nanoseconds(rest)), !bytes.isEmpty
      else { break }
      left -= 1
    }
    end(inOrder: true)
  }

  /// Reads of 16 KiB at most.
  static let mostLingered = 1024
}
