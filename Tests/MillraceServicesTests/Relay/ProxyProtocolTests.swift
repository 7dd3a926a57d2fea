import Millrace
@testable import MillraceServices
import Testing

@Suite("A relay and the PROXY protocol", .timeLimit(.minutes(8)))
struct ProxyProtocolTests {
  private static let client = "192.0.2.7:56324"
  private static let line = Array("PROXY TCP4 192.0.2.7 198.51.100.9 56324 443\r\n".utf8)

  /// An upstream that sends back all that came.
  private func mirror() throws -> TestServer {
    try TestServer { connection in try await connection.write(try await connection.readAll()) }
  }

  private func ask(_ rig: RelayRig, _ pieces: [[UInt8]]) async throws -> [UInt8] {
    let client = try await rig.connect()
    defer { client.close() }
    for piece in pieces { try await client.write(piece) }
    try client.finishWriting()
    return try await client.readAll()
  }

  /// given a proxy that says who the client is; when the header comes whole, in pieces, or together with the client's bytes;
  /// then the upstream gets those bytes alone, and the log names the client.
  @Test("believes a proxy of its network, however the header comes")
  func accepted() async throws {
    let server = try mirror()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.acceptProxyFrom = [try! Network("127.0.0.0/8")]
        $0.proxyTimeout = .seconds(600)
      }
    ) { rig in
      let bytes = noise(100_000)
      for pieces in [[Self.line + bytes], [Self.line, bytes], Self.line.map { [$0] } + [bytes]] {
        let answer = try await ask(rig, pieces)
        #expect(answer == bytes)
      }
      _ = await rig.log.connection(2)
      #expect(rig.log.connections.allSatisfy { $0["client"] == Self.client })
      // The proxy's own: its address counts.
      let own = try await ask(rig, [Array("PROXY UNKNOWN\r\n".utf8), [5]])
      #expect(own == [5])
      #expect(await rig.log.connection(3)["client"]?.hasPrefix("127.0.0.1:") == true)
    }
    server.stop()
  }

  @Test("takes others as they are")
  func elsewhere() async throws {
    let server = try mirror()
    try await RelayRig.run(to: [server.target], { $0.acceptProxyFrom = [try! Network("10.0.0.0/8")] }) { rig in
      let answer = try await ask(rig, [Self.line])
      #expect(answer == Self.line)
    }
    server.stop()
  }

  @Test(
    "resets a connection whose header is malformed or does not come in time",
    arguments: [
      ("GET / HTTP/1.1\r\n", Duration.seconds(60), "it does not begin as a PROXY header does"),
      ("PROXY TCP4 192.0", .milliseconds(30), "it did not come in time"),
    ])
  func refused(_ text: String, _ timeout: Duration, _ reason: String) async throws {
    let server = try mirror()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.acceptProxyFrom = [try! Network("127.0.0.1")]
        $0.proxyTimeout = timeout
      }
    ) { rig in
      let client = try await rig.connect()
      await #expect(throws: EndpointError.self) {
        try await client.write(Array(text.utf8))
        _ = try await client.readAll()
      }
      client.close()
      #expect(await rig.log.connection(0)["ended"] == "PROXY header: \(reason)")
    }
    server.stop()
  }

  @Test("tells the upstream who the client is", arguments: [ProxyVersion.v1, .v2])
  func sent(_ version: ProxyVersion) async throws {
    let server = try mirror()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.sendProxy = version
        $0.proxyTimeout = .seconds(600)
        $0.acceptProxyFrom = [try! Network("127.0.0.1")]
      }
    ) { rig in
      // Of the client that a proxy named, and of one that the relay knows itself.
      for header in [Self.line, ProxyHeader(ends: nil).bytes(.v2)] {
        let answer = try await ask(rig, [header + [1, 2, 3]])
        guard case .header(let read, let length) = ProxyHeader.parse(answer) else {
          Issue.record("\(answer)")
          continue
        }
        #expect(Array(answer[length...]) == [1, 2, 3])
        #expect(read.ends?.destination == (header == Self.line ? Address("198.51.100.9:443") : rig.address))
        #expect(read.ends?.source.host == (header == Self.line ? "192.0.2.7" : "127.0.0.1"))
      }
    }
    server.stop()
  }

  @Test("counts connections by the client that is named")
  func limits() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(
      to: [server.target],
      {
        $0.acceptProxyFrom = [try! Network("127.0.0.1")]
        $0.maxConnectionsPerClient = 1
        $0.proxyTimeout = .seconds(600)
      }
    ) { rig in
      func talk(_ name: String) async throws -> (Connection, [UInt8]) {
        let client = try await rig.connect()
        try await client.write(Array("PROXY TCP4 \(name) 10.0.0.1 1 2\r\nx".utf8))
        return (client, (try? await client.read()) ?? [])
      }
      let first = try await talk("192.0.2.1")
      let other = try await talk("192.0.2.2")
      let second = try await talk("192.0.2.1")
      #expect(first.1 == [UInt8(ascii: "x")])
      #expect(other.1 == first.1)
      #expect(second.1 == [])
      #expect(await rig.log.connection(0)["ended"] == "limit: max-connections-per-client")
      for (client, _) in [first, other, second] { client.close() }
    }
    server.stop()
  }
}
