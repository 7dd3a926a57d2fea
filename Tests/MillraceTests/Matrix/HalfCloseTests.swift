import Millrace
import Testing

/// A relay of two copies between a client and a server, both of them the test's.
private struct Relay: Sendable {
  let client: PlainDescriptor
  let server: PlainDescriptor
  let reactors: MatrixReactor
  let upstream: Task<CopyReport, any Error>
  let downstream: Task<CopyReport, any Error>

  init() throws {
    let (front, client) = try PlainPair.tcp()
    let (back, server) = try PlainPair.unix()
    (self.client, self.server) = (client, server)
    let reactors = try MatrixReactor()
    self.reactors = reactors
    let both = reactors.group.all[0].task {
      (
        try Connection(taking: FileDescriptor(rawValue: front)), try Connection(taking: FileDescriptor(rawValue: back))
      )
    }
    var options = CopyOptions()
    options.passesEnd = true
    let passing = options
    upstream = reactors.group.all[0].task {
      let (front, back) = try await both.value
      return try await copy(from: front, to: back, options: passing)
    }
    downstream = reactors.group.all[0].task {
      let (front, back) = try await both.value
      return try await copy(from: back, to: front, options: passing)
    }
  }

  func end() async throws -> (up: CopyReport, down: CopyReport) {
    let reports = (up: try await upstream.value, down: try await downstream.value)
    try await reactors.expectNothingLeased()
    return reports
  }
}

@Suite("Traffic both ways, with half-close")
struct HalfCloseTests {
  private static let request = Pattern.bytes(3000)
  private static let answer = Pattern.bytes(3_000_001, from: 64)

  /// given a relay; when the client has said all, and closes its half; then the server sees that end at once, and its
  /// answer, begun long after, arrives whole, with its own end behind it.
  @Test("the client's end goes first, and the whole answer still comes")
  func clientFirst() async throws {
    let relay = try Relay()
    let (client, server) = (relay.client, relay.server)
    let serving = startThread {
      let request = try server.read()
      try server.write(Self.answer)
      server.finishWriting()
      return request
    }
    let asking = startThread {
      try client.write(Self.request)
      client.finishWriting()
      return try client.read()
    }
    #expect(Pattern.difference(try await asking.value, Self.answer) == nil)
    #expect(Pattern.difference(try await serving.value, Self.request) == nil)
    let reports = try await relay.end()
    #expect(reports.up.delivered == Self.request.count)
    #expect(reports.down.delivered == Self.answer.count)
    #expect(reports.up.end == .sourceEnded)
  }

  /// given a relay; when the server closes its half first; then the client sees it, and what it sends afterwards, for
  /// long, still reaches the server.
  @Test("the server's end goes first, and the client still sends for long")
  func serverFirst() async throws {
    let relay = try Relay()
    let (client, server) = (relay.client, relay.server)
    let serving = startThread {
      try server.write(Self.request)
      server.finishWriting()
      return try server.read()
    }
    let asking = startThread {
      let greeting = try client.read()
      try client.write(Self.answer)
      client.finishWriting()
      return greeting
    }
    #expect(Pattern.difference(try await asking.value, Self.request) == nil)
    #expect(Pattern.difference(try await serving.value, Self.answer) == nil)
    _ = try await relay.end()
  }

  /// given a relay; when both sides send bulk at the same time; then neither waits for the other, and both arrive.
  @Test("both ways at once neither holds up the other")
  func bothAtOnce() async throws {
    let relay = try Relay()
    let results = [relay.client, relay.server].map { side in
      let writing = startThread {
        try side.write(Self.answer)
        side.finishWriting()
      }
      let reading = startThread { try side.read() }
      return (writing, reading)
    }
    for (writing, reading) in results {
      try await writing.value
      #expect(Pattern.difference(try await reading.value, Self.answer) == nil)
    }
    let reports = try await relay.end()
    #expect(reports.up.delivered == Self.answer.count)
    #expect(reports.down.delivered == Self.answer.count)
  }
}
