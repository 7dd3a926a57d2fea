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
  private var persistence: ResponseBuffer.Persistence
  private let started: Int64
  /// Bytes behind the head, until the body takes them.
  private var ahead: [UInt8]
  private var body: RequestBody?
  private var stage = Stage.unanswered
  private var record = ExchangeRecord()
  /// The client has been asked for the body it waits to send.
  private var hasContinued = false

  private enum Stage {
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

  private var worker: HTTPWorker { connection.worker }

  /// What is being sent or taken at the moment.
  @safe @exclusivity(unchecked) private var current:
    (monitor: CopyMonitor, direction: MovingExchange.Direction, total: Int64?)?

  /// Nil where nothing of a body moves.
  var moving: MovingExchange? {
    guard let current else { return nil }
    let reading = current.monitor.reading
    let before = current.direction == .download ? record.sent.total : record.received.total
    return MovingExchange(
      number: connection.number, client: connection.address, direction: current.direction,
      target: head.text(head.index.target), bytes: before + Int64(reading?.delivered ?? 0), total: current.total,
      nanoseconds: worker.reactor.now - started, route: reading?.route,
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
        await fail(408, "the body came too slowly")
      } else if case .custom(let fault as HeadFault) = error.cause {
        await fail(fault.status, fault.description)
      } else {
        await fail(500, nil, because: "\(error)")
      }
    } catch {
      await fail(500, nil, because: "\(error)")
    }
    await conclude()
  }

  /// An answer that says that there is none; where one has begun, the end of the connection.
  private func fail(_ status: Int, _ sentence: String?, because reason: String? = nil) async {
    record.failure = record.failure ?? reason ?? sentence
    switch stage {
    case .unanswered: break
    // The client has its answer, whatever happened after it.
    case .answered, .broken: return
    case .writing:
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
    let body = RequestBody(
      connection.connection, ahead: ahead, head.framing, atMost: most, worker.times,
      isKeptToRate: !connection.limits.isEmpty)
    ahead = []
    self.body = body
    return body
  }

  func receive(_ source: some ByteSource, into file: File) async throws(CopyError) {
    let length: Int64? = if case .length(let count) = head.framing { count } else { nil }
    var options = length.map(connection.sendOptions) ?? connection.openOptions
    options.monitor = beginMoving(.upload, of: length)
    defer { current = nil }
    do throws(CopyError) {
      let report = try await copy(from: limited(source, 1), to: file, options: options)
      note(received: report)
    } catch {
      note(received: error.report)
      throw error
    }
  }

  private func note(received report: CopyReport) {
    record.received.add(report)
    record.declined += report.declined
  }

  private var hasUnwantedBody: Bool { head.framing != .none && body == nil }

  private var hasUnreadBody: Bool {
    if head.framing == .none { return false }
    return body.map { !$0.isAtEnd } ?? true
  }

  // MARK: - The response

  /// An interim response is no answer: the next one would be taken for this one's.
  private func answerable(_ response: HTTPResponse) -> HTTPResponse {
    if response.status.code >= 200 { return response }
    record.failure = "the handler answered with \(response.status.code), which no answer has"
    return HTTPResponse(status: .internalServerError)
  }

  private func writeHead(_ response: HTTPResponse, length: Int64?) -> ResponseBuffer {
    let buffer = ResponseBuffer(worker.clock)
    let closes = response.headerFields[values: .connection].contains { $0.lowercased().contains("close") }
    let isChunked = length == nil && hasBody(response.status.code)
    // HTTP/1.0 has no chunks: such a body ends with the connection. And where nobody has asked for the request's body, it will
    // not be read. One that somebody reads may be the answer's source.
    if closes || isChunked && head.minorVersion == 0 || hasUnwantedBody { persistence = .closes }
    buffer.prepare(persistence)
    record.status = response.status.code
    buffer.beginHead(response.status.code)
    for field in response.headerFields where !Self.isOurs(field.name) {
      buffer.add(text: field.name.rawName)
      buffer.add(": ")
      buffer.add(text: field.value)
      buffer.add("\r\n")
    }
    if let length, response.status.code != 204, response.status.code >= 200 {
      buffer.addLength(length)
    } else if isChunked, head.minorVersion > 0 {
      buffer.add("Transfer-Encoding: chunked\r\n")
    }
    buffer.endHead()
    return buffer
  }

  private static func isOurs(_ name: HTTPField.Name) -> Bool {
    name == .contentLength || name == .transferEncoding || name == .connection || name == .date
  }

  /// RFC 9110 §6.4.1
  private func hasBody(_ status: Int) -> Bool {
    head.index.method != .head && status >= 200 && status != 204 && status != 304
  }

  func send(_ response: HTTPResponse, _ body: [UInt8]) async throws(CopyError) {
    let response = answerable(response)
    let length = Int64(body.count)
    let isSent = hasBody(response.status.code)
    let buffer = writeHead(response, length: response.status.code == 304 && body.isEmpty ? nil : length)
    if isSent { buffer.add(body) }
    let bytes = buffer.take()
    try await attempt { () throws(CopyError) in
      let count = isSent ? body.count : 0
      try await self.transmit(Bytes(bytes), count: count, headCount: bytes.count - count)
    }
    stage = .answered
  }

  func send(
    _ response: HTTPResponse, from source: some ByteSource, length: Int64?
  ) async throws(CopyError) -> CopyReport {
    let response = answerable(response)
    let isSent = hasBody(response.status.code)
    let head = writeHead(response, length: length).take()
    guard isSent else {
      try await attempt { () throws(CopyError) in try await self.transmit(Bytes(head), count: 0) }
      stage = .answered
      return CopyReport()
    }
    guard let length else {
      try await attempt { () throws(CopyError) in try await self.transmit(Bytes(head), count: 0) }
      let body = ResponseBody(self, self.head.minorVersion > 0 ? .chunked : .untilClose)
      var report: CopyReport?
      try await attempt { () throws(CopyError) in
        report = try await copy(
          from: source, to: body, options: CopyOptions(idleTimeout: self.worker.times.idle, measuresCPU: false))
      }
      try await body.finish()
      return report ?? CopyReport()
    }
    var report: CopyReport?
    try await attempt { () throws(CopyError) in
      report = try await self.transmit(
        source.exactly(Int(length)).prefixed(by: head), count: Int(length), headCount: head.count)
    }
    stage = .answered
    return report ?? CopyReport()
  }

  func begin(_ response: HTTPResponse, length: Int64?) async throws(CopyError) -> ResponseBody {
    let response = answerable(response)
    let isSent = hasBody(response.status.code)
    let head = writeHead(response, length: length).take()
    try await attempt { () throws(CopyError) in try await self.transmit(Bytes(head), count: 0) }
    let framing: BodyFraming = length.map { .length($0) } ?? (self.head.minorVersion > 0 ? .chunked : .untilClose)
    return ResponseBody(self, isSent ? framing : .none)
  }

  /// Counts what went into a body that is written bit by bit.
  func noteSent(_ count: Int64, _ route: Route) { record.sent.add(count, route) }

  /// Part of a body that is written bit by bit could not be sent: what comes after it would be taken for the rest.
  func noteBroken() { stage = .broken }

  /// - Parameter isShort: less of it was written than was announced.
  func finishBody(isChunked: Bool, isShort: Bool) async throws(CopyError) {
    if case .broken = stage { return }
    if isShort {
      record.failure = "the body is shorter than was announced"
      stage = .broken
      return
    }
    if isChunked {
      try await attempt { () throws(CopyError) in try await self.transmit(Bytes("0\r\n\r\n"), count: 0) }
    }
    stage = .answered
  }

  /// What fails here leaves the client with a part.
  private func attempt(_ work: () async throws(CopyError) -> Void) async throws(CopyError) {
    stage = .writing
    do throws(CopyError) { try await work() } catch {
      stage = .broken
      record.failure = "\(error)"
      throw error
    }
  }

  /// Sends all that `source` has, of which `count` bytes are the body's and `headCount` go before them.
  @discardableResult
  private func transmit(
    _ source: some ByteSource, count: Int, headCount: Int = 0
  ) async throws(CopyError) -> CopyReport {
    if isOver { throw CopyError(side: .sink, cause: .closed, report: CopyReport()) }
    var options = connection.sendOptions(for: Int64(count))
    if count > 0 { options.monitor = beginMoving(.download, of: Int64(count)) }
    defer { current = nil }
    do throws(CopyError) {
      let report = try await copy(
        from: limited(source, count), to: connection.connection, options: options)
      note(report, count, headCount)
      return report
    } catch {
      note(error.report, count, headCount)
      throw error
    }
  }

  /// The source by the rates of the connection, where `count` says that there is a body in it.
  private func limited(_ source: some ByteSource, _ count: Int) -> WrappedSource {
    var shape = source.sourceShape
    if count > 0 { for limit in connection.limits { shape = shape.throttled(by: limit) } }
    return WrappedSource(source, shape)
  }

  private func beginMoving(_ direction: MovingExchange.Direction, of total: Int64?) -> CopyMonitor {
    let monitor = CopyMonitor()
    current = (monitor, direction, total)
    return monitor
  }

  private func note(_ report: CopyReport, _ count: Int, _ headCount: Int) {
    guard count > 0 else { return }
    record.sent.add(report)
    record.sent.remove(Int64(min(report.delivered, headCount)), .memory)
    record.declined += report.declined
  }

  // MARK: - Answers that are ready

  func send(prepared write: (ResponseBuffer) -> ReadyAnswer) async {
    let buffer = ResponseBuffer(worker.clock)
    if hasUnreadBody { persistence = .closes }
    buffer.prepare(persistence)
    let answer = write(buffer)
    await transmit(answer, buffer.take(), sentOfFile: 0)
  }

  /// What an answer at once has left to do: of its head `head`, and of its file all but `sentOfFile`.
  func finish(_ answer: ReadyAnswer, _ head: [UInt8], sentOfFile: Int) async {
    await transmit(answer, head, sentOfFile: sentOfFile)
    await conclude()
  }

  private func transmit(_ answer: ReadyAnswer, _ head: [UInt8], sentOfFile: Int) async {
    record.sent.add(Int64(sentOfFile), .sendfile)
    do throws(CopyError) {
      switch answer {
      case .no: return
      case .inBuffer(let status, let body):
        record.status = status
        try await attempt { () throws(CopyError) in
          try await self.transmit(Bytes(head), count: body, headCount: head.count - body)
        }
      case .section(let status, let slice):
        record.status = status
        let left = FileSlice(
          slice.measured, offset: slice.offset + Int64(sentOfFile), length: slice.length - Int64(sentOfFile))
        try await attempt { () throws(CopyError) in
          try await self.transmit(left.section.prefixed(by: head), count: Int(left.length), headCount: head.count)
        }
      case .parts(let status, let parts, let after):
        record.status = status
        try await attempt { () throws(CopyError) in
          var before = head
          for part in parts {
            let prefix = before + part.before
            try await self.transmit(
              part.slice.section.prefixed(by: prefix), count: Int(part.slice.length), headCount: prefix.count)
            before = []
          }
          try await self.transmit(Bytes(after), count: 0)
        }
      }
      stage = .answered
    } catch {
      // The stage says so, and the record why.
    }
  }

  // MARK: - The end

  /// Decides what becomes of the connection, and tells the observer.
  private func conclude() async {
    verdict = await decide()
    isOver = true
    body?.end()
    record.nanoseconds = Linux.now - started
    let bytes = head.bytes
    worker.observer.exchanged(record, head.index, bytes.span, on: connection)
  }

  private func decide() async -> Verdict {
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
    case .deadline, .idle: true
    default: false
    }
  }
}
