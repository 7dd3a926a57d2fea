import Millrace
import MillraceServices
import Testing

@Suite(
  "A relay and IPv6", .timeLimit(.minutes(8)), .enabled("this machine has no address ::1", { hasIPv6() }))
struct IPv6Tests {
  private func loopback(_ port: UInt16) throws -> Address { try #require(Address("[::1]:\(port)")) }

  /// What its clients sent, PROXY header included, once they have finished.
  private func collector(at address: Address) throws -> (server: TestServer, received: AsyncStream<[UInt8]>) {
    let (received, add) = AsyncStream.makeStream(of: [UInt8].self)
    let server = try TestServer(at: address) { connection in
      let bytes = try await connection.readAll()
      try await connection.write(bytes.reversed())
      add.yield(bytes)
    }
    return (server, received)
  }

  /// Sends `bytes` to `address` and answers who it was; what comes back is them in reverse, behind `header` bytes.
  private func talk(to address: Address, _ bytes: [UInt8], _ header: (Address) -> [UInt8]) async throws -> Address {
    let client = try await Connection.connect(to: address)
    let local = try #require(client.localAddress)
    try await client.write(bytes)
    try client.finishWriting()
    let answer = try await client.readAll()
    #expect(isSame(answer, (header(local) + bytes).reversed()))
    client.close()
    return local
  }

  /// given a relay that listens at ::1, and an upstream that does; when a client sends bulk; then every byte is there, and the
  /// log and the PROXY header have the addresses as they are.
  @Test("goes from a client at ::1 to an upstream at ::1")
  func throughout() async throws {
    let (server, received) = try collector(at: try loopback(0))
    let bytes = noise(2 << 20)
    try await RelayRig.run(
      listen: [.tcp(host: "::1", port: 0)], to: [server.target], { $0.sendProxy = .v1 }
    ) { rig in
      let port = try #require(rig.address.port)
      #expect(try rig.address == loopback(port))
      func header(_ client: Address) -> [UInt8] { Array("PROXY TCP6 ::1 ::1 \(client.port ?? 0) \(port)\r\n".utf8) }
      let client = try await talk(to: rig.address, bytes, header)
      let all = try #require(await received.first { _ in true })
      #expect(isSame(all, header(client) + bytes))
      let line = await rig.log.connection(0)
      #expect(line["client"] == "[::1]:\(client.port ?? 0)")
      #expect(line["listener"] == "[::1]:\(port)")
      #expect(line["upstream"] == "[::1]:\(server.address.port ?? 0)")
      #expect(line["ended"] == "client closed")
    }
    await server.end()
  }

  /// given a relay that listens at every address; when clients come by IPv4 and by IPv6; then both are served, and the log and
  /// the PROXY header name the first by its IPv4 address, and not by one of IPv6 that stands for it.
  @Test("takes clients of IPv4 at every address, and names them as such")
  func everyAddress() async throws {
    let (server, _) = try collector(at: .loopback(port: 0))
    try await RelayRig.run(listen: [.tcp(host: "*", port: 0)], to: [server.target], { $0.sendProxy = .v1 }) { rig in
      let port = try #require(rig.address.port)
      let four = try await talk(to: .loopback(port: port), [1, 2, 3]) {
        Array("PROXY TCP4 127.0.0.1 127.0.0.1 \($0.port ?? 0) \(port)\r\n".utf8)
      }
      let six = try await talk(to: try loopback(port), [4, 5, 6]) {
        Array("PROXY TCP6 ::1 ::1 \($0.port ?? 0) \(port)\r\n".utf8)
      }
      for (place, client) in ["127.0.0.1:\(four.port ?? 0)", "[::1]:\(six.port ?? 0)"].enumerated() {
        let line = await rig.log.connection(place)
        #expect(line["client"] == client)
        #expect(line["listener"] == "[::]:\(port)")
      }
    }
    await server.end()
  }

  /// given a listener of IPv4 and one of every address, and one connection for each client; when a client has one by the first;
  /// then it gets none by the second, where it looks like one of IPv6, and one that comes by IPv6 does.
  @Test("counts a client of IPv4 as one, whichever listener it comes to")
  func sameClient() async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(
      listen: [.tcp(host: "127.0.0.1", port: 0), .tcp(host: "*", port: 0)], to: [server.target],
      { $0.maxConnectionsPerClient = 1 }
    ) { rig in
      let port = try #require(rig.addresses[1].port)
      let held = try await Connection.connect(to: rig.addresses[0])
      try await held.write([1])
      #expect(try await held.read() == [1])
      let error = await #expect(throws: EndpointError.self) {
        let again = try await Connection.connect(to: .loopback(port: port))
        defer { again.close() }
        _ = try await again.readAll()
      }
      #expect(error?.errno == .connectionReset)
      #expect(await rig.log.connection(0)["ended"] == "limit: max-connections-per-client")
      let six = try await Connection.connect(to: try loopback(port))
      try await six.write([6])
      #expect(try await six.read() == [6])
      for client in [held, six] { client.close() }
    }
    await server.end()
  }
}

private func hasIPv6() -> Bool {
  guard let address = Address("[::1]:0"), let listener = try? Listener.bind(to: address) else { return false }
  listener.close()
  return true
}
