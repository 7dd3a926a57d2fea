import HTTPTypes
import LinuxCalls
public import Millrace
import SystemPackage

/// The body of a request: a source that ends where the body does, and fails where that never comes.
///
/// One with a length keeps the kernel route: `copy(from: body, to: file)` splices it. One that is chunked passes through memory,
/// for its framing stands between its bytes. It may be read in several copies, one after the other, and goes on where the last one
/// stopped: behind what an error has given back. A wrapper around it is for one copy.
public final class RequestBody: ByteSource, @unchecked Sendable {
  private let connection: Connection
  /// Until it is over: what comes next on the connection is none of this body's.
  private var exchange: Exchange?
  /// What of it came with the head, and everything that follows it.
  private var ahead: [UInt8]
  private var progress: Progress
  private let most: Int64
  private let idle: Int64
  private let pace: MinimumPace?
  private let limits: [RateLimit]
  /// Of a chunked body, what has come of it.
  private var total: Int64 = 0
  /// The client has broken off in the middle of it.
  private(set) var isBroken = false

  private enum Progress {
    case counted(left: Int64)
    case chunked(ChunkedReader)
  }

  init(_ exchange: Exchange, ahead: [UInt8], _ framing: BodyFraming, atMost most: Int64) {
    self.exchange = exchange
    self.ahead = ahead
    self.most = most
    connection = exchange.connection.connection
    limits = exchange.connection.limits
    idle = exchange.worker.times.idle.inNanoseconds
    pace = exchange.worker.times.pace(isTaking: false)
    switch framing {
    case .length(let count): progress = .counted(left: count)
    case .chunked: progress = .chunked(ChunkedReader())
    case .none, .untilClose: progress = .counted(left: 0)
    }
  }

  /// All of it has been taken.
  public var isAtEnd: Bool {
    switch progress {
    case .counted(let left): left == 0
    case .chunked(let reader): reader.hasEnded
    }
  }

  /// What is left of it: of a length the connection itself, of chunks a reader.
  public var sourceShape: SourceShape {
    if exchange == nil { return .reader(TooLate()) }
    var shape: SourceShape
    switch progress {
    case .counted(let left):
      let held = Array(ahead.prefix(Int(clamping: left)))
      shape = connection.sourceShape.prefixed(by: held).exactly(Int(clamping: left)).bounded(idle: idle, pace: pace)
      shape = shape.observed { [self] in
        exchange?.noteReceived(note(taken: Int64($0.delivered), of: left, held.count), $0.route)
      } settled: { [self] taken, sourceFailed in
        note(taken: Int64(taken), of: left, held.count)
        if sourceFailed { isBroken = true }
      }
    case .chunked: shape = .reader(ChunkedBody(body: self))
    }
    for limit in limits { shape = shape.throttled(by: limit) }
    return shape
  }

  /// The exchange is over.
  func end() { exchange = nil }

  private struct TooLate: ByteReader {
    func read(upTo most: Int) async throws -> [UInt8] {
      throw EndpointError(
        "read", "the request's body", reason: "its request has been answered", errno: .badFileDescriptor)
    }
  }

  /// Bytes that came ahead and belong to whatever follows the body.
  func takeRest() -> [UInt8] {
    defer { ahead = [] }
    return ahead
  }

  /// Of `left` bytes so many have gone; `held` of them were in memory, and went first. Answers how many that are since the last
  /// time.
  @discardableResult
  private func note(taken: Int64, of left: Int64, _ held: Int) -> Int64 {
    // A wrapper that is used again tells of bytes that went before: that moves nothing back.
    guard case .counted(let before) = progress, left - taken <= before else { return 0 }
    progress = .counted(left: left - taken)
    let usedBefore = Int(min(Int64(held), left - before))
    ahead.removeFirst(Int(min(Int64(held), taken)) - usedBefore)
    return before - (left - taken)
  }

  // MARK: - Chunks

  private struct ChunkedBody: ByteReader {
    let body: RequestBody
    func read(upTo most: Int) async throws -> [UInt8] { try await body.readChunks(upTo: most) }
  }

  private func readChunks(upTo most: Int) async throws -> [UInt8] {
    while true {
      if let bytes = try takeChunks(upTo: most) { return bytes }
      ahead = try await receive()
    }
  }

  /// The next bytes, as long as they come fast enough: a copy does not see how long a reader of somebody's waits.
  private func receive() async throws -> [UInt8] {
    if exchange == nil { return try await TooLate().read(upTo: 0) }
    let (end, isTooFar) = Linux.now.addingReportingOverflow(idle)
    let idleEnd = isTooFar ? Int64.max : end
    while true {
      let now = Linux.now
      if now >= idleEnd || pace?.judge(at: now) == .tooSlow {
        throw HTTPFailure(.requestTimeout, "the body came too slowly")
      }
      let until = min(idleEnd, pace?.nextLook(at: now) ?? .max)
      pace?.beginWait(at: now)
      defer { pace?.endWait(at: Linux.now) }
      do throws(EndpointError) {
        let bytes = try await connection.read(upTo: 64 * 1024, timeout: .nanoseconds(until - now))
        if bytes.isEmpty {
          throw EndpointError("read", "the request's body", reason: "the connection ended before its last chunk")
        }
        pace?.note(bytes.count)
        return bytes
      } catch {
        if error.errno == .timedOut { continue }
        isBroken = true
        throw error
      }
    }
  }

  /// Content that has come; empty at the end, nil where more has to come first.
  private func takeChunks(upTo most: Int) throws -> [UInt8]? {
    guard case .chunked(var reader) = progress else { return [] }
    if reader.hasEnded { return [] }
    var content: [UInt8] = []
    var start = 0
    defer {
      progress = .chunked(reader)
      ahead.removeFirst(start)
    }
    loop: while start < ahead.count, content.count < most {
      // No more content than is wanted; framing is shorter than what there is of it.
      let end = start + min(ahead.count - start, most - content.count)
      var used = start
      let event = try reader.read(ahead.span.extracting(first: end), from: &used)
      start = used
      switch event {
      case .content(let place): content += ahead[place]
      case .ended: break loop
      case .needsMore: break
      }
    }
    total += Int64(content.count)
    exchange?.noteReceived(Int64(content.count), .buffered)
    guard total <= self.most else {
      throw HTTPFailure(.contentTooLarge, "the body is larger than \(self.most) bytes")
    }
    return content.isEmpty && !reader.hasEnded ? nil : content
  }
}
