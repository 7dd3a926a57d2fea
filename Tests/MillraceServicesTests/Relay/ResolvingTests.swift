import Logging
import Millrace
import Testing

@testable import MillraceServices

@Suite("A name that is resolved again and again", .timeLimit(.minutes(8)))
struct ResolvingTests {
  private let names = Names()
  private let name = UpstreamTarget(.tcp(host: "service", port: 1))

  /// A server that says its number, and then sends back what comes.
  private func numbered(_ number: UInt8) throws -> (server: TestServer, port: UInt16) {
    let server = try TestServer { connection in
      try await connection.write([number])
      while true {
        let bytes = try await connection.read()
        if bytes.isEmpty { return try connection.finishWriting() }
        try await connection.write(bytes)
      }
    }
    return (server, try #require(server.address.port))
  }

  /// A relay to whatever the name stands for, which is asked for all the time.
  private func relay(every interval: Duration? = .milliseconds(2), _ body: (RelayRig) async throws -> Void) async throws
  {
    try await RelayRig.run(
      to: [name],
      {
        $0.resolveInterval = interval
        $0.resolver = { [names] target throws(EndpointError) in try await names.addresses(of: target) }
      }, body)
  }

  /// The next clients come to servers with these numbers, in some order.
  private func expect(_ numbers: [UInt8], from rig: RelayRig) async throws {
    var answers: [UInt8] = []
    for _ in numbers {
      let client = try await rig.connect()
      answers += try await client.read(upTo: 1)
      client.close()
    }
    #expect(answers.sorted() == numbers)
  }

  /// The line that says of the name that this is so, once there is one.
  private func changed(_ rig: RelayRig, _ what: String, _ port: UInt16) async {
    await rig.log.line {
      $0.message == "upstreams of tcp://service:1 changed" && $0[what]?.contains("\(Names.address(port))") == true
    }
  }

  /// given a name of one address; when it has another one besides; then every second client comes to that one.
  @Test("gives connections to an address that is new")
  func appears() async throws {
    let (one, other) = (try numbered(1), try numbered(2))
    names.set("service", to: [one.port])
    try await relay { rig in
      try await expect([1, 1, 1, 1], from: rig)
      names.set("service", to: [one.port, other.port])
      await changed(rig, "new", other.port)
      try await expect([1, 1, 2, 2], from: rig)
    }
    await one.server.end()
    await other.server.end()
  }

  /// given a name of two addresses, each of which has a connection; when one of them is gone; then no client comes there any
  /// more, and the connection that it has goes on, byte for byte, to its own end.
  @Test("gives none to an address that is gone, and leaves its connections alone")
  func goes() async throws {
    let (one, other) = (try numbered(1), try numbered(2))
    names.set("service", to: [one.port, other.port])
    try await relay { rig in
      var held: [UInt8: Connection] = [:]
      for _ in 0..<2 {
        let client = try await rig.connect()
        let number = try await client.read(upTo: 1).first
        held[try #require(number)] = client
      }
      names.set("service", to: [other.port])
      await changed(rig, "gone", one.port)
      try await expect([2, 2, 2, 2, 2], from: rig)

      let old = try #require(held[1])
      let bytes = noise(300_000)
      async let echo = old.readAll()
      try await old.write(bytes)
      try old.finishWriting()
      #expect(isSame(try await echo, bytes))
      old.close()
      let line = await rig.log.line { $0["upstream"] == "\(one.server.address)" && $0.message == "relayed" }
      #expect(line["ended"] == "client closed")
      try #require(held[2]).close()
    }
    await one.server.end()
    await other.server.end()
  }

  /// given a name of two addresses that nobody knows any more; when it is asked for again and again; then its addresses stay,
  /// the log says once that it is not found, and once that it is found again.
  @Test("keeps its addresses while nobody knows it, and says when that begins and ends")
  func fails() async throws {
    let (one, other) = (try numbered(1), try numbered(2))
    names.set("service", to: [one.port, other.port])
    try await relay { rig in
      await changed(rig, "new", other.port)
      names.set("service", to: nil)
      await rig.log.line { $0.level == .warning && $0.message.contains("nobody knows it") }
      // Two of these have come to an end.
      await names.untilAsked(for: "service", times: names.timesAsked(for: "service") + 3)
      try await expect([1, 1, 2, 2], from: rig)
      #expect(rig.log.lines.count { $0.level == .warning } == 1)

      names.set("service", to: [one.port, other.port])
      await rig.log.line { $0.message == "tcp://service:1 is resolved again" }
      await names.untilAsked(for: "service", times: names.timesAsked(for: "service") + 3)
      try await expect([1, 1, 2, 2], from: rig)
      #expect(rig.log.lines.count { $0.message == "tcp://service:1 is resolved again" } == 1)
      #expect(rig.log.lines.count { $0.message.hasSuffix("changed") } == 1)
    }
    await one.server.end()
    await other.server.end()
  }

  /// given a name that is resolved when nobody can be connected to and not otherwise; when it stands for another address, and a
  /// client finds nobody at the old one; then the next one comes to the new one.
  @Test("is resolved at once when its address takes no connection")
  func unreachable() async throws {
    let dead = try Nobody()
    let (server, port) = try numbered(3)
    names.set("service", to: [dead.port])
    try await relay(every: nil) { rig in
      await changed(rig, "new", dead.port)
      names.set("service", to: [port])
      await rig.expectReset()
      await changed(rig, "new", port)
      try await expect([3, 3, 3], from: rig)
    }
    await server.end()
  }
}
