import HTTPTypes
import LinuxCalls
import Millrace
import Reactors

/// One request and its response, where that takes a task. Confined to the connection's reactor, but for what a handler does
/// elsewhere with its request and its responder, one after the other.
final class Exchange: @unchecked Sendable {
  /// Which has this for as long as it lasts, and no longer.
  let connection: HTTPConnection
  let head: RequestHead
  var persistence: ResponseBuffer.Persistence
  let started: Int64
  /// Bytes behind the head, until the body takes them.
  var ahead: [UInt8]
  var body: RequestBody?
  var stage = Stage.unanswered
  var record = ExchangeRecord()
  /// The client has been asked for the body it waits to send.
  var hasContinued = false

  enum Stage {
    case unanswered
    /// Some of it is sent.
    case writing
    case answered
    /// What was sent is not all that was announced, or the client is gone.
    case broken
  }

  /// What becomes of the connection.
  enum Verdict {
    /// It is kept; these bytes came ahead.
    case keep([UInt8])
    case close
    /// It is closed when the client has stopped sending.
    case linger
    /// It is reset.
    case breakOff
  }

  private(set) var verdict = Verdict.breakOff
  /// The connection is somebody else's by now: what a handler has kept of this exchange comes to nothing.
  @safe @exclusivity(unchecked) private(set) var isOver = false

  init(
    _ connection: HTTPConnection, _ head: RequestHead, ahead: [UInt8], _ persistence: ResponseBuffer.Persistence,
    _ started: Int64
  ) {
    self.connection = connection
    self.head = head
    self.ahead = ahead
    self.persistence = persistence
    self.started = started
  }

  var worker: HTTPWorker { connection.worker }

  /// What the client has to take at least of what it is sent.
  lazy var pace = worker.times.pace(isTaking: true)

  /// What is being sent or taken at the moment.
  @safe @exclusivity(unchecked) var flow: Flow?

  struct Flow {
    let direction: MovingExchange.Direction
    let total: Int64?
    /// Of a copy whose bytes are counted at its end: so many of them are the head's.
    var monitor: (copy: CopyMonitor, headCount: Int)?
    /// Of the bytes that moved last.
    var route: Route?
  }

  /// Nil where nothing of a body moves.
  var moving: MovingExchange? {
    guard let flow else { return nil }
    let reading = flow.monitor?.copy.reading
    let counted = flow.direction == .download ? record.sent.total : record.received.total
    let under = flow.monitor.map { monitor in max(0, (reading?.delivered ?? 0) - monitor.headCount) } ?? 0
    return MovingExchange(
      number: connection.number, client: connection.address, direction: flow.direction,
      target: head.text(head.index.target), bytes: counted + Int64(under), total: flow.total,
      nanoseconds: worker.reactor.now - started, route: reading?.route ?? flow.route,
      declined: record.declined + (reading?.declined ?? []))
  }

  // MARK: - A handler

  /// Has the handler answer. `before` are answers to earlier requests.
  func run(after before: [UInt8]) async {
    do {
      if !before.isEmpty {
        // What fails in the middle of another answer leaves no place for this one.
        try await attempt { () throws(CopyError) in try await self.transmit(Bytes(before), count: 0) }
        stage = .unanswered
      }
      try await worker.handler.respond(to: IncomingRequest(head: head, exchange: self), with: Responder(self))
      switch stage {
      case .unanswered: await fail(500, "the handler did not answer")
      case .writing: record.failure = "the handler did not finish the answer's body"
      case .answered, .broken: break
      }
    } catch let failure as HTTPFailure {
      await fail(failure.status.code, failure.description)
    } catch let fault as HeadFault {
      await fail(fault.status, fault.description)
    } catch let error as CopyError {
      if case .custom(let failure as HTTPFailure) = error.cause {
        await fail(failure.status.code, failure.description)
      } else if error.isOutOfTime, hasUnreadBody {
        await fail(408, "the body came too slowly", because: "\(error)")
      } else if case .custom(let fault as HeadFault) = error.cause {
        await fail(fault.status, fault.description)
      } else if let body, body.isBroken {
        await fail(400, "the body ended before its length", because: "\(error)")
      } else {
        await fail(500, nil, because: "\(error)")
      }
    } catch {
      await fail(500, nil, because: "\(error)")
    }
    await conclude()
  }

  /// An answer that says that there is none; where one has begun, the end of the connection.
  func fail(_ status: Int, _ sentence: String?, because reason: String? = nil) async {
    switch stage {
    case .unanswered where status < 500 && status != 408 && reason == nil: record.refusal = sentence
    case .unanswered: record.failure = record.failure ?? reason ?? sentence
    // The client has its answer, whatever happened after it.
    case .answered, .broken:
      record.failure = record.failure ?? reason ?? sentence
      return
    case .writing:
      record.failure = record.failure ?? reason ?? sentence
      stage = .broken
      return
    }
    let response = ResponseBuffer(worker.clock)
    if hasUnreadBody { persistence = .closes }
    response.prepare(persistence)
    let body = ErrorAnswer.write(
      status, sentence ?? "something went wrong", hasBody: hasBody(status), into: response)
    record.status = status
    let bytes = response.take()
    do {
      try await transmit(Bytes(bytes), count: body, headCount: bytes.count - body)
      stage = .answered
    } catch {
      stage = .broken
    }
  }

  // MARK: - The request's body

  func openBody(atMost most: Int64) async throws -> RequestBody {
    if let body { return body }
    if case .length(let count) = head.framing, count > most {
      throw HTTPFailure(.contentTooLarge, "the body has \(count) bytes; at most \(most) are taken")
    }
    if head.index.expectsContinue, ahead.isEmpty, !hasContinued {
      hasContinued = true
      try await attempt { () throws(CopyError) in
        try await self.transmit(Bytes("HTTP/1.1 100 Continue\r\n\r\n"), count: 0)
      }
      stage = .unanswered
    }
    let body = RequestBody(self, ahead: ahead, head.framing, atMost: most)
    if head.framing != .none {
      let length: Int64? = if case .length(let count) = head.framing { count } else { nil }
      flow = Flow(direction: .upload, total: length)
    }
    ahead = []
    self.body = body
    return body
  }

  func receive(_ source: some ByteSource, into file: File) async throws(CopyError) {
    do throws(CopyError) {
      record.declined += try await copy(from: source, to: file, options: CopyOptions(measuresCPU: false)).declined
    } catch {
      record.declined += error.report.declined
      throw error
    }
  }

  /// Bytes of the request's body have gone where the handler wants them.
  func noteReceived(_ count: Int64, _ route: Route) {
    record.received.add(count, route)
    flow?.route = route
  }

  var hasUnwantedBody: Bool { head.framing != .none && body == nil }

  var hasUnreadBody: Bool {
    if head.framing == .none { return false }
    return body.map { !$0.isAtEnd } ?? true
  }

  // MARK: - The end

  /// Decides what becomes of the connection, and tells the observer.
  func conclude() async {
    verdict = await decide()
    isOver = true
    body?.end()
    record.nanoseconds = Linux.now - started
    let bytes = head.bytes
    worker.observer.exchanged(record, head.index, bytes.span, on: connection)
  }

  func decide() async -> Verdict {
    guard case .answered = stage else { return .breakOff }
    let isKept = persistence != .closes
    guard head.framing != .none else {
      // A handler may have asked for a body that is not there.
      let ahead = body?.takeRest() ?? ahead
      return isKept ? .keep(ahead) : ahead.isEmpty ? .close : .linger
    }
    guard let body, body.isAtEnd else { return .linger }
    let rest = body.takeRest()
    return isKept ? .keep(rest) : rest.isEmpty ? .close : .linger
  }
}

extension CopyError {
  /// It has not failed, but for the time it took.
  fileprivate var isOutOfTime: Bool {
    switch cause {
    case .deadline, .idle, .tooSlow: true
    default: false
    }
  }
}
