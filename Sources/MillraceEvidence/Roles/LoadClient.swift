import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// One connection of a load. Confined to the load's reactor.
final class LoadClient: @unchecked Sendable {
  private let spec: Load.Spec
  private var connection: Connection?
  private let message: [UInt8]
  /// Bytes of the pattern that were sent on this connection.
  private var position = 0
  private var round: UInt64 = 0

  init(_ spec: Load.Spec) async throws {
    self.spec = spec
    switch spec.kind {
    case .echo(let size), .short(let size): message = Pattern.prefix(size)
    default: message = []
    }
    switch spec.kind {
    case .short: break
    default: connection = try await Connection.connect(to: .loopback(port: spec.port), timeout: .seconds(spec.patience))
    }
    switch spec.kind {
    case .idle: try await echo([UInt8(ascii: "i")])
    case .getOnce(let path, let size): try await get(size, path)
    default: break
    }
  }

  func work(_ extent: Load.Extent, _ pace: Pace?, _ recorder: Recorder) async throws {
    if case .send(let unit, true) = spec.kind { return try await stream(unit, extent, recorder) }
    if let pace, case .until(let end) = extent { return try await keep(pace, until: end, recorder) }
    var operation = 0
    while isWanted(operation, extent) {
      let began = Linux.now
      let bytes = try await once()
      recorder.note(bytes: bytes, nanoseconds: Linux.now - began)
      operation += 1
    }
  }

  /// All operations whose time is before the end, also those that are late: a server that stalls has to answer them, too. What
  /// is not begun when an answer's patience is over is owed, and counts as long as it has waited by then.
  private func keep(_ pace: Pace, until end: Int64, _ recorder: Recorder) async throws {
    let last = end + Int64(spec.patience * 1e9)
    var operation = 0
    while pace.time(of: operation) < end {
      let due = pace.time(of: operation)
      if Linux.now > last {
        recorder.owe(nanoseconds: Linux.now - due)
      } else {
        try await pace.wait(for: operation)
        let bytes = try await once()
        recorder.note(bytes: bytes, nanoseconds: Linux.now - due)
      }
      operation += 1
    }
  }

  private func isWanted(_ operation: Int, _ extent: Load.Extent) -> Bool {
    switch extent {
    case .until(let end): Linux.now < end
    case .count(let count): operation < count
    }
  }

  /// One operation; answers the bytes of content.
  private func once() async throws -> Int {
    switch spec.kind {
    case .echo: return try await echo(next())
    case .send(let unit, _):
      try await send(unit)
      try await readAnswers(1)
      return unit
    case .fetch(let size):
      try await open().write([1])
      try await readPattern(upTo: size)
      return size
    case .short:
      connection = try await Connection.connect(to: .loopback(port: spec.port), timeout: .seconds(spec.patience))
      let bytes = try await echo(next())
      // Without the minute that an orderly end would keep the port for (TIME_WAIT).
      connection?.reset()
      return bytes
    case .store(let size):
      position = 0
      try await send(size)
      try await readAnswers(1)
      return size
    case .get(let size):
      try await get(size)
      return size
    case .download(let size):
      try await get(size, "/bulk")
      return size
    case .idle, .getOnce, .feed: return 0
    }
  }

  private func open() throws -> Connection {
    guard let connection else { throw RoleFailure("the load has no connection") }
    return connection
  }

  /// A message that no other one of this connection is equal to.
  private func next() -> [UInt8] {
    round += 1
    var message = message
    for place in 0..<min(8, message.count) { message[place] = UInt8(truncatingIfNeeded: round >> (8 * UInt64(place))) }
    return message
  }

  @discardableResult
  private func echo(_ bytes: [UInt8]) async throws -> Int {
    let connection = try open()
    try await connection.write(bytes)
    var answer = try await connection.read(upTo: bytes.count, timeout: .seconds(spec.patience))
    while answer.count < bytes.count {
      let more = try await connection.read(upTo: bytes.count - answer.count, timeout: .seconds(spec.patience))
      if more.isEmpty {
        throw RoleFailure("a connection ended after \(answer.count) of \(bytes.count) bytes of an answer")
      }
      answer += more
    }
    guard answer == bytes else { throw RoleFailure("an answer differs from what was sent") }
    return bytes.count
  }

  private func send(_ count: Int) async throws {
    let connection = try open()
    var left = count
    while left > 0 {
      let place = position % Pattern.period
      let piece = min(left, Pattern.period - place)
      try await connection.write(piece == Pattern.period ? Pattern.bytes : Array(Pattern.bytes[place..<place + piece]))
      position += piece
      left -= piece
    }
  }

  private func readAnswers(_ count: Int) async throws {
    var left = count
    while left > 0 {
      let bytes = try await open().read(upTo: left, timeout: .seconds(spec.patience))
      if bytes.isEmpty { throw RoleFailure("a connection ended before the answer") }
      left -= bytes.count
    }
  }

  /// A request, and the whole of its answer.
  private func get(_ size: Int, _ target: String = "/file") async throws {
    try await open().write(Array("GET \(target) HTTP/1.1\r\nHost: bench\r\n\r\n".utf8))
    var bytes: [UInt8] = []
    var head: ResponseHead?
    while head == nil {
      let more = try await open().read(upTo: 1024 + min(size, 256 * 1024), timeout: .seconds(spec.patience))
      if more.isEmpty { throw RoleFailure("a connection ended before the head of an answer") }
      bytes = bytes.isEmpty ? more : bytes + more
      head = try ResponseHead(in: bytes)
    }
    guard let head else { return }
    guard head.status == 200, head.contentLength == size else {
      throw RoleFailure(
        "an answer is of status \(head.status) with \(head.contentLength) bytes, and not 200 with \(size)")
    }
    let content = bytes[head.count...]
    guard content.count <= size else { throw RoleFailure("more came than the answer has") }
    guard Pattern.isRight(content, at: 0) else { throw RoleFailure("a file's bytes are not its own") }
    try await readPattern(from: content.count, upTo: size)
  }

  private func readPattern(from start: Int = 0, upTo size: Int) async throws {
    var received = start
    while received < size {
      let bytes = try await open().read(upTo: min(size - received, 256 * 1024), timeout: .seconds(spec.patience))
      if bytes.isEmpty { throw RoleFailure("a connection ended after \(received) of \(size) bytes of a file") }
      guard Pattern.isRight(bytes, at: received) else { throw RoleFailure("a file's bytes are not its own") }
      received += bytes.count
    }
  }

  /// As fast as it goes, and the answers beside it.
  private func stream(_ unit: Int, _ extent: Load.Extent, _ recorder: Recorder) async throws {
    let sent = Sent()
    guard let reactor = Reactor.current else { throw RoleFailure("the load is not on its reactor") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: reactor) {
        while self.isWanted(sent.units, extent) {
          sent.units += 1
          try await self.send(unit)
        }
        sent.isOver = true
      }
      group.addTask(executorPreference: reactor) {
        var answered = 0
        while true {
          if answered == sent.units {
            if sent.isOver { return }
            // The next one is about to be begun.
            await Task.yield()
            continue
          }
          try await self.readAnswers(1)
          answered += 1
          recorder.note(bytes: unit, nanoseconds: nil)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Confined to the reactor.
  private final class Sent: @unchecked Sendable {
    var units = 0
    var isOver = false
  }
}
