import LinuxCalls
import SystemPackage
import Testing

@Suite("Addresses")
struct AddressTests {
  /// sockaddr_un: the family, then the path and its zero.
  private func unixAddress(_ path: String) -> RawAddress {
    RawAddress(bytes: [UInt8(SocketFamily.unix), 0] + Array(path.utf8) + [0])
  }

  @Test("a numeric host and port become an address and the host comes back", arguments: ["127.0.0.1", "::1"])
  func numeric(host: String) throws {
    let addresses = try Linux.resolve(host: host, port: 0x1F90, forListening: true)

    let address = try #require(addresses.first)
    #expect(addresses.count == 1)
    #expect(address.family == (host.contains(":") ? SocketFamily.v6 : SocketFamily.v4))
    #expect(address.bytes[2...3] == [0x1F, 0x90])
    #expect(Linux.numericHost(of: address) == host)
  }

  @Test("no host stands for every interface when listening, for loopback when connecting")
  func noHost() throws {
    let listening = try Linux.resolve(host: nil, port: 1, forListening: true).map { Linux.numericHost(of: $0) }
    let connecting = try Linux.resolve(host: nil, port: 1).map { Linux.numericHost(of: $0) }

    #expect(listening.contains("0.0.0.0"))
    #expect(connecting.contains("127.0.0.1"))
  }

  @Test("localhost is found, though loopback is all there may be")
  func localhost() throws {
    let hosts = try Linux.resolve(host: "localhost", port: 80).map { Linux.numericHost(of: $0) }

    #expect(hosts.contains("127.0.0.1") || hosts.contains("::1"))
  }

  @Test("a name that cannot be has no address, and the error says so in a sentence")
  func impossibleName() {
    // A label has at most 63 bytes (RFC 1035 §2.3.4), so no server is asked.
    let error = #expect(throws: ResolveError.self) {
      try Linux.resolve(host: String(repeating: "a", count: 64) + ".invalid", port: 80)
    }
    #expect(error?.code != 0)
    #expect(error?.sentence.isEmpty == false)
  }

  @Test("an IPv4 address that was bound is the one that is told")
  func v4RoundTrip() throws {
    let socket = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(socket) }
    let asked = try #require(try Linux.resolve(host: "127.0.0.1", port: 0).first)
    try Linux.bind(socket, to: asked)

    let given = try Linux.localAddress(of: socket)

    #expect(given.bytes.count == asked.bytes.count)
    #expect(given.family == SocketFamily.v4)
    #expect(given.bytes[2...3] != [0, 0])
    #expect(given.bytes[4...] == asked.bytes[4...])
  }

  @Test("a Unix address comes back as it was bound, a connection is done at once, and nobody there is refused")
  func unixRoundTrip() throws {
    let path = temporaryPath()
    let address = unixAddress(path)
    let listener = try Linux.socket(SocketFamily.unix, SocketType.stream)
    let client = try Linux.socket(SocketFamily.unix, SocketType.stream)
    defer {
      release(listener, client)
      try? Linux.unlink(path)
    }
    try Linux.bind(listener, to: address)

    #expect(try Linux.localAddress(of: listener) == address)
    #expect(throws: Errno.connectionRefused) { try Linux.connect(client, to: address) }
    try Linux.listen(listener, backlog: 1)
    #expect(try Linux.connect(client, to: address))
    #expect(try Linux.remoteAddress(of: client) == address)
    let server = try Linux.accept(listener)
    defer { release(server) }
    // The client was never bound: its address is the family alone.
    #expect(try Linux.remoteAddress(of: server).bytes == [UInt8(SocketFamily.unix), 0])
  }

  @Test("an address without a family has none")
  func noFamily() {
    #expect(RawAddress(bytes: []).family == 0)
    #expect(Linux.numericHost(of: RawAddress(bytes: [])) == nil)
    #expect(RawAddress(bytes: [2]).family == 0)
    #expect(RawAddress(bytes: [2, 0]).family == SocketFamily.v4)
  }
}
