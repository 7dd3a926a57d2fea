import HTTPTypes
import LinuxCalls
import Millrace
import Reactors

// The answer, on its way to the client.
extension Exchange {
  /// An interim response is no answer: the next one would be taken for this one's.
  func answerable(_ response: HTTPResponse) -> HTTPResponse {
    if response.status.code >= 200 { return response }
    record.failure = "the handler answered with \(response.status.code), which no answer has"
    return HTTPResponse(status: .internalServerError)
  }

  func writeHead(_ response: HTTPResponse, length: Int64?) -> ResponseBuffer {
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

  static func isOurs(_ name: HTTPField.Name) -> Bool {
    name == .contentLength || name == .transferEncoding || name == .connection || name == .date
  }

  /// RFC 9110 §6.4.1
  func hasBody(_ status: Int) -> Bool {
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
    if isSent { flow = Flow(direction: .download, total: length) }
    return ResponseBody(self, isSent ? framing : .none)
  }

  /// Counts what went into a body that is written bit by bit.
  func noteSent(_ count: Int64, _ route: Route) {
    record.sent.add(count, route)
    flow?.route = route
  }

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
  func attempt(_ work: () async throws(CopyError) -> Void) async throws(CopyError) {
    stage = .writing
    do throws(CopyError) { try await work() } catch {
      stage = .broken
      record.failure = "\(error)"
      throw error
    }
  }

  /// The client, as a sink.
  func sinkShape(isBody: Bool) -> SinkShape { connection.sinkShape(pace, isBody: isBody) }

  func client(isBody: Bool) -> WrappedSink { WrappedSink(connection.connection, sinkShape(isBody: isBody)) }

  /// Sends all that `source` has, of which `count` bytes are the body's and `headCount` go before them. `total` are those of the
  /// whole body, where this is only part of it.
  @discardableResult
  func transmit(
    _ source: some ByteSource, count: Int, headCount: Int = 0, of total: Int64? = nil
  ) async throws(CopyError) -> CopyReport {
    if isOver { throw CopyError(side: .sink, cause: .closed, report: CopyReport()) }
    var options = CopyOptions(measuresCPU: false)
    if count > 0 {
      let monitor = CopyMonitor()
      options.monitor = monitor
      flow = Flow(direction: .download, total: total ?? Int64(count), monitor: (monitor, headCount))
    }
    defer { if count > 0 { flow = nil } }
    do throws(CopyError) {
      let report = try await copy(from: source, to: client(isBody: count > 0), options: options)
      note(report, count, headCount)
      return report
    } catch {
      note(error.report, count, headCount)
      throw error
    }
  }

  func note(_ report: CopyReport, _ count: Int, _ headCount: Int) {
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

  func transmit(_ answer: ReadyAnswer, _ head: [UInt8], sentOfFile: Int) async {
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
          try await self.transmit(
            left.section.prefixed(by: head), count: Int(left.length), headCount: head.count, of: slice.length)
        }
      case .parts(let status, let parts, let after):
        record.status = status
        try await attempt { () throws(CopyError) in
          var before = head
          let total = parts.reduce(Int64(after.count)) { $0 + Int64($1.before.count) + $1.slice.length }
          for part in parts {
            let count = part.before.count + Int(part.slice.length)
            try await self.transmit(
              part.slice.section.prefixed(by: before + part.before), count: count, headCount: before.count, of: total)
            before = []
          }
          try await self.transmit(Bytes(after), count: after.count, of: total)
        }
      }
      stage = .answered
    } catch {
      // The stage says so, and the record why.
    }
  }
}
