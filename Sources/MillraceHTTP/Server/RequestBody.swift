import HTTPTypes
import LinuxCalls
public import Millrace
import SystemPackage

/// The body of a request: a source that ends where the body does, and fails where that never comes.
///
/// One with a length keeps the kernel route: `copy(from: body, to: file)` splices it. One that is chunked passes through memory,
/// for its framing stands between its bytes. It may be read in several copies, one after the other.
public final class RequestBody: ByteSource, @unchecked Sendable {
  private let connection: Connection
  /// What of it came with the head, and everything that follows it.
  private var ahead: [UInt8]
  private var progress: Progress
  private let most: Int64
  private let framing: BodyFraming
  private let times: HTTPTimes
  /// Whoever is kept to a rate is not slow by himself.
  private let isKeptToRate: Bool
  private let began = Linux.now
  /// Of a chunked body, what has come of it.
  private var total: Int64 = 0
  private var isOver = false

  private enum Progress {
    case counted(left: Int64)
    case chunked(ChunkedReader)
  }

  init(
    _ connection: Connection, ahead: [UInt8], _ framing: BodyFraming, atMost most: Int64, _ times: HTTPTimes,
    isKeptToRate: Bool
  ) {
    self.connection = connection
    self.framing = framing
    self.times = times
    self.isKeptToRate = isKeptToRate
    self.ahead = ahead
    self.most = most
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
    if isOver { return .reader(TooLate()) }
    switch progress {
    case .counted(let left):
      let held = Array(ahead.prefix(Int(clamping: left)))
      return connection.sourceShape.prefixed(by: held).exactly(Int(left)).observed(observer())
        .bounded(until: deadline, idle: times.idle.inNanoseconds)
    case .chunked: return .reader(ChunkedBody(body: self))
    }
  }

  /// The exchange is over: what comes next on the connection is none of this body's.
  func end() { isOver = true }

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

  /// When a body of this length has to be there.
  private var deadline: Int64 {
    guard !isKeptToRate, case .length(let count) = framing else { return .max }
    let allowance = times.allowance(for: count)
    return allowance == .max ? .max : began.addingReportingOverflow(allowance).partialValue
  }

  private func observer() -> @Sendable (CopyProgress) -> Void {
    guard case .counted(let before) = progress else { return { _ in } }
    let held = ahead.count
    return { [self] in note(delivered: Int64($0.delivered), before: before, held: held) }
  }

  private func note(delivered: Int64, before: Int64, held: Int) {
    progress = .counted(left: before - delivered)
    // What was held went first.
    let used = Int(min(Int64(held), delivered)) - (held - ahead.count)
    if used > 0 { ahead.removeFirst(used) }
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
    if isOver { return try await TooLate().read(upTo: 0) }
    let now = Linux.now
    let allowance = isKeptToRate ? Int64.max : times.allowance(for: total)
    let left = min(times.idle.inNanoseconds, allowance == .max ? .max : began &+ allowance &- now)
    do throws(EndpointError) {
      guard left > 0 else {
        throw EndpointError("read", "the request's body", reason: "the time is up", errno: .timedOut)
      }
      let bytes = try await connection.read(upTo: 64 * 1024, timeout: .nanoseconds(left))
      if bytes.isEmpty {
        throw EndpointError("read", "the request's body", reason: "the connection ended before its last chunk")
      }
      return bytes
    } catch {
      guard error.errno == .timedOut else { throw error }
      throw HTTPFailure(.requestTimeout, "the body came too slowly")
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
    guard total <= self.most else {
      throw HTTPFailure(.contentTooLarge, "the body is larger than \(self.most) bytes")
    }
    return content.isEmpty && !reader.hasEnded ? nil : content
  }
}
